/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <string.h>

#include "otlp-fixture.h"
#include "otlp/otlp-read.h"
#include "pprof-fields.h"

/* Dumps that are damaged, hostile, of another layout or something else. */

/* Contents of a dictionary, and requests with one profile, byte by byte. */
#define DICTIONARY(...) MESSAGE (2, __VA_ARGS__)
#define PROFILE(...) MESSAGE (1, MESSAGE (2, MESSAGE (2, __VA_ARGS__)))
#define LOCATION_1 EMPTY (2), NUMBER_ROW (2, 2, 5)
#define NUMBER_ROW(table, field, value) MESSAGE (table, NUMBER (field, value))
#define STACK_1 EMPTY (7), MESSAGE (7, MESSAGE (1, 1))
#define TABLES EMPTY (1), LOCATION_1, EMPTY (3), EMPTY (4), EMPTY (5), EMPTY (6), STACK_1
#define ATTRIBUTES EMPTY (6), EMPTY (6), EMPTY (6)

static void
assert_fails (
    const void *bytes, size_t n, const ProfOtlpLimits *limits, int code, const char *fault)
{
  char expected[512];
  ProfProfile **profiles = NULL;
  size_t n_profiles = 0;
  ProfError error = PROF_ERROR_INIT;
  snprintf (expected, sizeof expected, "Can't read the OTLP dump: %s.", fault);
  int fd = open_bytes (bytes, n);
  int r = prof_otlp_read_limited (fd, limits, &profiles, &n_profiles, &error);
  close (fd);
  assert_string_equal (error.message, expected);
  assert_int_equal (r, code);
  assert_null (profiles);
}

static void
assert_refused (const char *fault, const void *bytes, size_t n)
{
  assert_fails (bytes, n, &(ProfOtlpLimits)PROF_OTLP_LIMITS_INIT, -EBADMSG, fault);
}

static void
test_what_is_no_dump (void **state)
{
  (void)state;
  static const char json[] = "{ \"resourceProfiles\": [] }", other[] = "{\"a\": 1}";
  assert_refused ("it is empty", "", 0);
  assert_refused ("it is no dump of OTLP profiles", "hello", 5);
  assert_refused ("it is no dump of OTLP profiles", other, sizeof other);
  assert_refused ("it is OTLP in JSON, and only protobuf is read: set the format of the "
                  "collector's "
                  "file exporter to proto",
                  json, sizeof json);
  assert_true (prof_otlp_is_dump (json, sizeof json));
  assert_false (prof_otlp_is_dump (other, sizeof other));
  assert_false (prof_otlp_is_dump ("", 0));
  assert_false (prof_otlp_is_dump ("\x1f\x8b", 2));
  assert_false (prof_otlp_is_dump (BYTES (SAMPLE_TYPE, STRINGS)));
  assert_false (prof_otlp_is_dump (BYTES (MESSAGE (2, MESSAGE (1, 1)))));
  assert_false (prof_otlp_is_dump (BYTES (0, 0, 0, 0)));
}

static void
test_what_is_around_profiles (void **state)
{
  (void)state;
  static const ProfOtlpLimits limits = PROF_OTLP_LIMITS_INIT;
  assert_refused ("it has no dictionary: it is profiles of OTLP 1.6 or older, or traces, metrics "
                  "or "
                  "logs",
                  BYTES (PROFILE (NUMBER (6, 1))));
  assert_refused ("it has 2 dictionaries, so it is requests one after the other: each needs its "
                  "length in four bytes before it",
                  BYTES (DICTIONARY (TABLES), DICTIONARY (TABLES)));
  assert_refused ("string 0 of its dictionary is not empty", BYTES (DICTIONARY (MESSAGE (5, 'a'))));
  assert_refused ("the message at byte 6 goes on behind the end of the dump",
                  BYTES (0, 0, 0, 2, EMPTY (2), 0, 0, 0, 9));
  assert_refused ("request at byte 0 ends in the middle of a field", BYTES (2 << 3 | 2, 9));
  assert_refused ("dictionary at byte 2 ends in the middle of a field",
                  BYTES (DICTIONARY (1 << 3 | 2)));
  assert_refused ("dictionary at byte 2 has wire type 0 instead of 2 in field 7",
                  BYTES (DICTIONARY (NUMBER (7, 1))));
  assert_fails (BYTES (DICTIONARY (TABLES)), &limits, -ENODATA, "it has no profile");
}

static void
test_indices (void **state)
{
  (void)state;
  assert_refused ("sample 0 at byte 8 names stack 2, which does not exist",
                  BYTES (PROFILE (MESSAGE (2, NUMBER (1, 2), MESSAGE (4, 1))),
                         DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 names attribute 1, which does not exist",
                  BYTES (PROFILE (MESSAGE (2, MESSAGE (2, 1), MESSAGE (4, 1))),
                         DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 names link 1, which does not exist",
                  BYTES (PROFILE (MESSAGE (2, NUMBER (3, 1), MESSAGE (4, 1))),
                         DICTIONARY (TABLES)));
  assert_refused ("profile 0 at byte 6 names string 9, which does not exist",
                  BYTES (PROFILE (MESSAGE (1, NUMBER (1, 9))), DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 has the index -1, which no table has",
                  BYTES (PROFILE (MESSAGE (2, 1 << 3, MAX_VARINT)), DICTIONARY (TABLES)));
#define ONE_SAMPLE PROFILE (MESSAGE (2, NUMBER (1, 1), MESSAGE (4, 1)))
  assert_refused ("stack 1 at byte 19 names location 3, which does not exist",
                  BYTES (ONE_SAMPLE, DICTIONARY (EMPTY (7), MESSAGE (7, MESSAGE (1, 3)))));
  assert_refused ("location 1 at byte 19 names mapping 4, which does not exist",
                  BYTES (ONE_SAMPLE, DICTIONARY (EMPTY (2), NUMBER_ROW (2, 1, 4), STACK_1)));
  assert_refused ("location 1 at byte 19 names function 4, which does not exist",
                  BYTES (ONE_SAMPLE,
                         DICTIONARY (EMPTY (2), MESSAGE (2, MESSAGE (3, NUMBER (1, 4))), STACK_1)));
  assert_refused ("function 1 at byte 27 names string 4, which does not exist",
                  BYTES (ONE_SAMPLE, DICTIONARY (EMPTY (2), MESSAGE (2, MESSAGE (3, NUMBER (1, 1))),
                                                 EMPTY (3), NUMBER_ROW (3, 1, 4), STACK_1)));
}

static void
test_samples (void **state)
{
  (void)state;
  assert_refused ("sample 0 at byte 8 has neither a value nor a time",
                  BYTES (PROFILE (MESSAGE (2, NUMBER (1, 1))), DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 has damaged times",
                  BYTES (PROFILE (MESSAGE (2, NUMBER (1, 1), MESSAGE (4, 1), MESSAGE (5, 1, 2))),
                         DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 has 2 values for 1 times",
                  BYTES (PROFILE (
                             MESSAGE (2, MESSAGE (4, 1, 2), MESSAGE (5, 1, 2, 3, 4, 5, 6, 7, 8))),
                         DICTIONARY (TABLES)));
  assert_refused ("sample 0 at byte 8 has damaged values",
                  BYTES (PROFILE (MESSAGE (2, MESSAGE (4, 0x80))), DICTIONARY (TABLES)));
}

static ProfOtlpLayout
read_layout (const void *bytes, size_t n, int64_t *ret_value)
{
  ProfProfile **profiles;
  size_t n_profiles;
  ProfError error = PROF_ERROR_INIT;
  int fd = open_bytes (bytes, n);
  prof_otlp_read (fd, &profiles, &n_profiles, &error);
  assert_string_equal (error.message, "");
  close (fd);
  *ret_value = profiles[0]->values.items[0];
  size_t n_labels = profiles[0]->samples.items[0].n_labels;
  prof_profiles_free (profiles, n_profiles);
  return n_labels == 1 ? PROF_OTLP_LAYOUT_1_10 : PROF_OTLP_LAYOUT_1_9;
}

/* In 1.10 the second field of a sample is its attributes, before it was its values. */
static void
test_layouts (void **state)
{
  (void)state;
  int64_t value;
#define LAYOUT(...)                                                                                \
  read_layout (BYTES (PROFILE (__VA_ARGS__),                                                       \
                      DICTIONARY (ATTRIBUTES, STACK_1, EMPTY (2), EMPTY (2))),                     \
               &value)
#define TIME MESSAGE (5, 1, 2, 3, 4, 5, 6, 7, 8)
  assert_int_equal (LAYOUT (MESSAGE (2, MESSAGE (2, 2), MESSAGE (4, 7))), PROF_OTLP_LAYOUT_1_10);
  assert_int_equal (value, 7);
  assert_int_equal (LAYOUT (MESSAGE (2, NUMBER (1, 1), MESSAGE (2, 2))), PROF_OTLP_LAYOUT_1_9);
  assert_int_equal (value, 2);
  /* A sample says what the others may be as well. */
  LAYOUT (MESSAGE (2, MESSAGE (2, 2), TIME), MESSAGE (2, MESSAGE (2, 1), NUMBER (4, 0)));
  assert_int_equal (value, 2);
  LAYOUT (MESSAGE (2, MESSAGE (2, 2), TIME), MESSAGE (2, MESSAGE (2, 1), MESSAGE (4, 5)));
  assert_int_equal (value, 1);
  /* Attributes exist. */
  LAYOUT (MESSAGE (2, MESSAGE (2, 3), TIME));
  assert_int_equal (value, 3);
  assert_refused ("its samples have the layouts of different releases of OTLP",
                  BYTES (PROFILE (MESSAGE (2, MESSAGE (2, 2)), MESSAGE (2, MESSAGE (4, 2))),
                         DICTIONARY (TABLES)));
  assert_refused ("its samples have the layout of OTLP 1.7 or older, and 1.8 to 1.11 are read: let "
                  "a "
                  "collector of v0.136 or newer write it",
                  BYTES (PROFILE (MESSAGE (2, NUMBER (1, 1), NUMBER (2, 3), MESSAGE (3, 1))),
                         DICTIONARY (TABLES)));
}

static void
assert_too_big (const char *fault, const ProfOtlpLimits *limits)
{
  size_t n;
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.max_bytes = 0;
  options.has_timestamps = true;
  ProfProfile *profile = make_otlp_profile ();
  uint8_t *bytes = encode_otlp (profile, &options, &n);
  assert_fails (bytes, n, limits, -EFBIG, fault);
  free (bytes);
  prof_profile_unref (profile);
}

static void
test_limits (void **state)
{
  (void)state;
  ProfOtlpLimits limits = PROF_OTLP_LIMITS_INIT;
#define ASSERT_LIMIT(field, max, fault)                                                            \
  do {                                                                                             \
    ProfOtlpLimits less = limits;                                                                  \
    less.field = (max);                                                                            \
    assert_too_big (fault, &less);                                                                 \
  } while (0)
  ASSERT_LIMIT (raw_bytes, 100, "it is bigger than any real profile when decompressed");
  ASSERT_LIMIT (table_rows, 2, "its location table has more than 2 rows");
  ASSERT_LIMIT (row_bytes, 500, "its profiles use their dictionaries too often");
  ASSERT_LIMIT (profiles, 2, "it has more than 2 profiles");
  ASSERT_LIMIT (samples, 10, "it has more than 10 samples");
  ASSERT_LIMIT (values, 30, "it has more than 30 values");
  ASSERT_LIMIT (labels, 30, "it has more than 30 attributes of samples");
  ASSERT_LIMIT (lines, 1, "it has more than 1 lines");
  ASSERT_LIMIT (frames, 3, "it has more than 3 frames");
  ASSERT_LIMIT (frames_per_stack, 2, "stack 3 has 3 frames, and at most 2 are read");
}

/* However it is cut or changed, it is read or refused with a sentence. */
static void
test_each_byte_cut_or_changed (void **state)
{
  (void)state;
  size_t n;
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.max_bytes = 0;
  ProfProfile *profile = make_otlp_profile (), **profiles;
  uint8_t *bytes = encode_otlp (profile, &options, &n);
  for (size_t i = 0; i < 2 * n; i++) {
    ProfError error = PROF_ERROR_INIT;
    size_t n_profiles;
    bytes[i / 2] ^= 0x81;
    int fd = open_bytes (bytes, i % 2 == 0 ? n : i / 2);
    int r = prof_otlp_read (fd, &profiles, &n_profiles, &error);
    bytes[i / 2] ^= 0x81;
    close (fd);
    if (r == 0)
      prof_profiles_free (profiles, n_profiles);
    else
      assert_true (error.code == r && error.message[0] != '\0');
    assert_true (r == 0 || r == -EBADMSG || r == -EFBIG || r == -ENODATA);
  }
  free (bytes);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_what_is_no_dump),
    cmocka_unit_test (test_what_is_around_profiles),
    cmocka_unit_test (test_indices),
    cmocka_unit_test (test_samples),
    cmocka_unit_test (test_layouts),
    cmocka_unit_test (test_limits),
    cmocka_unit_test (test_each_byte_cut_or_changed),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
