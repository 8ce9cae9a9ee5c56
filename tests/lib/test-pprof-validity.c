/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "pprof-bytes.h"
#include "pprof-fields.h"
#include "pprof/pprof-read.h"

static int
try_read (const void *bytes,
          size_t n_bytes,
          const ProfPprofLimits *limits,
          ProfProfile **ret,
          ProfError *reterr)
{
  int fd = open_bytes (bytes, n_bytes);
  int r = prof_pprof_read_limited (fd, "it", limits, ret, reterr);
  close (fd);
  return r;
}

/* Nothing of a table is at fault: it may as well be anything else. */
#define NO_PPROF "it is not in pprof's format, or damaged: "

static void
assert_fails (const uint8_t *bytes,
              size_t n_bytes,
              const ProfPprofLimits *limits,
              int code,
              const char *fault)
{
  char expected[512];
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  snprintf (expected, sizeof expected, "Can't read it: %s.", fault);
  int r = try_read (bytes, n_bytes, limits, &profile, &error);
  assert_string_equal (error.message, expected);
  assert_int_equal (r, code);
  assert_int_equal (error.code, code);
  assert_null (profile);
}

static void
assert_refused (const char *fault, const uint8_t *bytes, size_t n_bytes)
{
  assert_fails (bytes, n_bytes, &(ProfPprofLimits)PROF_PPROF_LIMITS_INIT, -EBADMSG, fault);
}

static void
test_what_is_no_profile (void **state)
{
  (void)state;
  assert_refused ("it is empty", (const uint8_t *)"", 0);
  assert_refused ("it is not in pprof's format, or damaged at byte 2",
                  (const uint8_t *)"hello world", 11);
  assert_refused ("it is not in pprof's format, or damaged at byte 0", BYTES (0, 0));
  assert_refused ("it has no string table", BYTES (NUMBER (9, 1)));
  assert_refused ("string 0 is not empty", BYTES (MESSAGE (6, 'a')));
}

static void
test_samples (void **state)
{
  (void)state;
  assert_refused ("it has samples, but no sample type", BYTES (STRINGS, EMPTY (2)));
  assert_refused ("it has samples, but no sample type",
                  BYTES (STRINGS, LOCATION (1), SAMPLE (1, 1)));
  assert_refused ("sample 0 has 1 values for 2 sample types",
                  BYTES (STRINGS, SAMPLE_TYPE, SAMPLE_TYPE, LOCATION (1), SAMPLE (1, 1)));
  assert_refused ("sample 0 has 0 values for 1 sample types",
                  BYTES (STRINGS, SAMPLE_TYPE, EMPTY (2)));
  assert_refused ("sample 1 has 2 values where sample 0 has 1",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1), SAMPLE (1, 1),
                         MESSAGE (2, MESSAGE (2, 1, 1))));
  assert_refused ("sample 2 names location 99, which does not exist",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1), SAMPLE (1, 1),
                         MESSAGE (2, NUMBER (2, 1)), SAMPLE (99, 1)));
  assert_refused ("sample 0 names location 2, which does not exist",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1), LOCATION (3), SAMPLE (2, 1)));
  assert_refused ("sample 0 names location 18446744073709551615, which does not exist",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1),
                         MESSAGE (2, 1 << 3, MAX_VARINT, NUMBER (2, 1))));
  assert_refused ("sample 0 names location 0, which means none",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1), SAMPLE (0, 1)));
  assert_refused ("sample 0 names location 0, which means none",
                  BYTES (STRINGS, SAMPLE_TYPE, LOCATION (1),
                         MESSAGE (2, MESSAGE (1, 1, 0), NUMBER (2, 1))));
}

static void
test_ids (void **state)
{
  (void)state;
  assert_refused ("location 0 has the ID 0, which means none", BYTES (STRINGS, EMPTY (4)));
  assert_refused ("function 1 has the ID 0, which means none",
                  BYTES (STRINGS, FUNCTION (1), FUNCTION (0)));
  assert_refused ("mapping 0 has the ID 0, which means none", BYTES (STRINGS, EMPTY (3)));
  assert_refused ("location 1 has the ID 5 that another one has already",
                  BYTES (STRINGS, LOCATION (5), LOCATION (5)));
  assert_refused ("function 2 has the ID 1 that another one has already",
                  BYTES (STRINGS, FUNCTION (1), FUNCTION (2), FUNCTION (1)));
  assert_refused ("mapping 1 has the ID 18446744073709551615 that another one has already",
                  BYTES (STRINGS, MESSAGE (3, 1 << 3, MAX_VARINT),
                         MESSAGE (3, 1 << 3, MAX_VARINT)));
  assert_refused ("location 1 names function 2, which does not exist",
                  BYTES (STRINGS, FUNCTION (1), LOCATION (1),
                         MESSAGE (4, NUMBER (1, 2), MESSAGE (4, NUMBER (1, 1)),
                                  MESSAGE (4, NUMBER (1, 2)))));
  assert_refused ("location 0 names function 0, which does not exist",
                  BYTES (STRINGS, FUNCTION (1), MESSAGE (4, NUMBER (1, 1), EMPTY (4))));
}

static void
test_strings (void **state)
{
  (void)state;
  assert_refused ("sample type 1 names string 3, which does not exist",
                  BYTES (STRINGS, SAMPLE_TYPE, MESSAGE (1, NUMBER (1, 3))));
  assert_refused ("period type 0 names string 4, which does not exist",
                  BYTES (STRINGS, MESSAGE (11, NUMBER (2, 4))));
  assert_refused ("mapping 0 names string 5, which does not exist",
                  BYTES (STRINGS, MESSAGE (3, NUMBER (1, 1), NUMBER (5, 5))));
  assert_refused ("mapping 0 names string 6, which does not exist",
                  BYTES (STRINGS, MESSAGE (3, NUMBER (1, 1), NUMBER (6, 6))));
  for (uint8_t field = 2; field <= 4; field++)
    assert_refused ("function 1 names string 7, which does not exist",
                    BYTES (STRINGS, FUNCTION (1), MESSAGE (5, NUMBER (1, 2), NUMBER (field, 7))));
  for (uint8_t field = 1; field <= 4; field++)
    if (field != 3)
      assert_refused ("sample 0 names string 8, which does not exist",
                      BYTES (STRINGS, SAMPLE_TYPE,
                             MESSAGE (2, NUMBER (2, 1), EMPTY (3),
                                      MESSAGE (3, NUMBER (field, 8)))));
  assert_refused ("comment 1 names string 9, which does not exist",
                  BYTES (STRINGS, MESSAGE (13, 1, 9)));
  static const uint8_t header_fields[] = { 7, 8, 14, 15 };
  for (size_t i = 0; i < sizeof header_fields; i++)
    assert_refused (NO_PPROF "it names string 10, which does not exist",
                    BYTES (STRINGS, NUMBER (header_fields[i], 10)));
  assert_refused ("function 0 names string -1, which does not exist",
                  BYTES (STRINGS, MESSAGE (5, NUMBER (1, 1), 2 << 3, MAX_VARINT)));
}

static void
test_concatenated_profiles (void **state)
{
  (void)state;
  assert_refused ("it has two times, so it is concatenated profiles: merge the profiles instead of "
                  "appending one file to another",
                  BYTES (STRINGS, NUMBER (9, 1), STRINGS, NUMBER (9, 2)));
}

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, GROUP_START = 3, GROUP_END = 4, FIXED32 = 5 };

/* Every known field with a type that is not its own. */
static void
test_wire_types_of_the_profile (void **state)
{
  (void)state;
  char fault[100];
  for (uint8_t field = 1; field <= 15; field++) {
    bool is_message = field <= 6 || field == 11;
    snprintf (fault, sizeof fault, NO_PPROF "it has wire type 5 instead of %d in field %d",
              is_message || field == 13 ? LENGTH : VARINT, field);
    assert_refused (fault, BYTES (STRINGS, (uint8_t)(field << 3 | FIXED32), 1, 2, 3, 4));
    if (field == 13)
      continue;
    snprintf (fault, sizeof fault, NO_PPROF "it has wire type %d instead of %d in field %d",
              is_message ? VARINT : LENGTH, is_message ? LENGTH : VARINT, field);
    assert_refused (fault,
                    BYTES (STRINGS, (uint8_t)(field << 3 | (is_message ? VARINT : LENGTH)), 0));
  }
  assert_refused (NO_PPROF "it has wire type 0 instead of 2 in field 1000",
                  BYTES (STRINGS, 0xc0, 0x3e, 1));
}

static void
assert_wrong_in_row (uint8_t table, const char *name, uint8_t n_fields, uint8_t message_field)
{
  char fault[100];
  for (uint8_t field = 1; field <= n_fields; field++) {
    snprintf (fault, sizeof fault, "%s 0 has wire type 1 instead of %d in field %d", name,
              field == message_field ? LENGTH : VARINT, field);
    assert_refused (fault, BYTES (STRINGS, MESSAGE (table, (uint8_t)(field << 3 | FIXED64), 1, 2, 3,
                                                    4, 5, 6, 7, 8)));
  }
}

static void
test_wire_types_of_rows (void **state)
{
  (void)state;
  assert_wrong_in_row (1, "sample type", 2, 0);
  assert_wrong_in_row (3, "mapping", 10, 0);
  assert_wrong_in_row (4, "location", 5, 4);
  assert_wrong_in_row (5, "function", 5, 0);
  assert_wrong_in_row (11, "period type", 2, 0);
  for (uint8_t field = 1; field <= 3; field++) {
    char fault[100];
    snprintf (fault, sizeof fault, "sample 0 has wire type 5 instead of 2 in field %d", field);
    assert_refused (fault,
                    BYTES (STRINGS, MESSAGE (2, (uint8_t)(field << 3 | FIXED32), 1, 2, 3, 4)));
  }
  assert_refused ("sample 0 has wire type 2 instead of 0 in field 1",
                  BYTES (STRINGS, MESSAGE (2, MESSAGE (3, EMPTY (1)))));
  assert_refused ("location 0 has wire type 2 instead of 0 in field 3",
                  BYTES (STRINGS, MESSAGE (4, MESSAGE (4, EMPTY (3)))));
}

#define ELEVEN_BYTES 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01

static void
test_damaged_encodings (void **state)
{
  (void)state;
  assert_refused ("it is not in pprof's format, or damaged at byte 8",
                  BYTES (STRINGS, 12 << 3, ELEVEN_BYTES));
  assert_refused ("it ends in the middle of the field at byte 8",
                  BYTES (STRINGS, 12 << 3, 0xff, 0xff));
  assert_refused ("it ends in the middle of the field at byte 8", BYTES (STRINGS, 0x80));
  assert_refused ("it ends in the middle of the field at byte 8",
                  BYTES (STRINGS, 2 << 3 | LENGTH, 5, 1 << 3, 1));
  assert_refused ("it is not in pprof's format, or damaged at byte 8",
                  BYTES (STRINGS, 15 << 3 | GROUP_START, 0));
  assert_refused ("it is not in pprof's format, or damaged at byte 8",
                  BYTES (STRINGS, 14 << 3 | 6));
  assert_refused ("it is not in pprof's format, or damaged at byte 8",
                  BYTES (STRINGS, 14 << 3 | 7));
  assert_refused ("sample 0 ends in the middle of a field",
                  BYTES (STRINGS, MESSAGE (2, 1 << 3 | LENGTH, 5, 1)));
  assert_refused ("sample 0 ends in the middle of a field", BYTES (STRINGS, MESSAGE (2, 1 << 3)));
  assert_refused ("sample 0 has a number of more than ten bytes",
                  BYTES (STRINGS, MESSAGE (2, 1 << 3, ELEVEN_BYTES)));
  assert_refused ("sample 0 has damaged location IDs",
                  BYTES (STRINGS, MESSAGE (2, MESSAGE (1, 1, 0x80))));
  assert_refused ("sample 0 has damaged location IDs",
                  BYTES (STRINGS, MESSAGE (2, MESSAGE (1, ELEVEN_BYTES))));
  assert_refused ("sample 0 has damaged values", BYTES (STRINGS, MESSAGE (2, MESSAGE (2, 0xff))));
  assert_refused (NO_PPROF "it has damaged comments", BYTES (STRINGS, MESSAGE (13, 0x80)));
  assert_refused ("function 0 has a field of an unknown wire type",
                  BYTES (STRINGS, MESSAGE (5, 9 << 3 | GROUP_START, 9 << 3 | GROUP_END)));
  assert_refused ("mapping 0 has a field with an impossible number",
                  BYTES (STRINGS, MESSAGE (3, 0, 1)));
  assert_refused ("location 0 ends in the middle of a field",
                  BYTES (STRINGS, MESSAGE (4, NUMBER (1, 1), MESSAGE (4, 1 << 3 | LENGTH, 99))));
}

/* ---- bounds ---- */

static void
assert_too_big (const char *fault,
                const uint8_t *bytes,
                size_t n_bytes,
                const ProfPprofLimits *limits)
{
  assert_fails (bytes, n_bytes, limits, -EFBIG, fault);
}

/* The limits but for one, which is as high as `file` needs, and then one lower. */
#define assert_bound(field, enough, fault, ...)                                                    \
  do {                                                                                             \
    ProfPprofLimits limits = PROF_PPROF_LIMITS_INIT;                                               \
    ProfProfile *profile = NULL;                                                                   \
    limits.field = (enough);                                                                       \
    assert_int_equal (try_read (BYTES (__VA_ARGS__), &limits, &profile, NULL), 0);                 \
    prof_profile_unref (profile);                                                                  \
    limits.field = (enough)-1;                                                                     \
    assert_too_big ((fault), BYTES (__VA_ARGS__), &limits);                                        \
  } while (0)

static void
test_tables_are_bounded (void **state)
{
  (void)state;
  assert_bound (value_types, 2, "it has more than 1 sample types", STRINGS, SAMPLE_TYPE,
                SAMPLE_TYPE);
  assert_bound (samples, 2, "it has more than 1 samples", STRINGS, SAMPLE_TYPE, LOCATION (1),
                SAMPLE (1, 1), SAMPLE (1, 1));
  assert_bound (frames_per_sample, 2, "sample 0 has 2 frames, and at most 1 are read", STRINGS,
                SAMPLE_TYPE, LOCATION (1), MESSAGE (2, MESSAGE (1, 1, 1), NUMBER (2, 1)));
  assert_bound (frames, 2, "it has more than 1 frames", STRINGS, SAMPLE_TYPE, LOCATION (1),
                SAMPLE (1, 1), SAMPLE (1, 1));
  assert_bound (values, 2, "it has more than 1 values", STRINGS, SAMPLE_TYPE, LOCATION (1),
                SAMPLE (1, 1), SAMPLE (1, 1));
  assert_bound (labels, 2, "it has more than 1 labels", STRINGS, SAMPLE_TYPE,
                MESSAGE (2, NUMBER (2, 1), EMPTY (3), EMPTY (3)));
  assert_bound (locations, 2, "it has more than 1 locations", STRINGS, LOCATION (1), LOCATION (2));
  assert_bound (lines, 2, "it has more than 1 lines", STRINGS, FUNCTION (1),
                MESSAGE (4, NUMBER (1, 1), MESSAGE (4, NUMBER (1, 1)), MESSAGE (4, NUMBER (1, 1))));
  assert_bound (functions, 2, "it has more than 1 functions", STRINGS, FUNCTION (1), FUNCTION (2));
  assert_bound (mappings, 2, "it has more than 1 mappings", STRINGS, MAPPING (1), MAPPING (2));
  assert_bound (strings, 3, "it has more than 2 strings", STRINGS);
  assert_bound (comments, 2, "it has more than 1 comments", STRINGS, MESSAGE (13, 1, 1));
  assert_bound (unknown_fields, 2, "it has more than 1 unknown fields", STRINGS,
                MESSAGE (1, NUMBER (9, 1), NUMBER (9, 1)));
  assert_bound (raw_bytes, 8, "it is bigger than any real profile when decompressed", STRINGS);
}

static void
test_lengths_are_bounded (void **state)
{
  (void)state;
  assert_too_big ("field 2 at byte 8 has 18446744073709551615 bytes, and at most 67108864 are read",
                  BYTES (STRINGS, 2 << 3 | LENGTH, MAX_VARINT),
                  &(ProfPprofLimits)PROF_PPROF_LIMITS_INIT);
  assert_refused ("it ends in the middle of the field at byte 8",
                  BYTES (STRINGS, 2 << 3 | LENGTH, 0xff, 0xff, 0xff, 0x1f));
}

/* A string of many times the window that the reader starts with. */
static void
test_long_fields_are_read (void **state)
{
  (void)state;
  enum { N = 3000000 };
  static const uint8_t head[] = { EMPTY (6), 6 << 3 | LENGTH, 0xc0, 0x8d, 0xb7, 0x01 };
  cleanup (prof_free) uint8_t *bytes = malloc (sizeof head + N);
  assert_non_null (bytes);
  memcpy (bytes, head, sizeof head);
  for (size_t i = 0; i < N; i++)
    bytes[sizeof head + i] = (uint8_t)(i % 251);
  ProfProfile *profile = read_bytes (bytes, sizeof head + N);
  assert_int_equal (prof_profile_get_string_size (profile, 1), N);
  assert_memory_equal (prof_profile_get_string (profile, 1), bytes + sizeof head, N);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_what_is_no_profile),
    cmocka_unit_test (test_samples),
    cmocka_unit_test (test_ids),
    cmocka_unit_test (test_strings),
    cmocka_unit_test (test_concatenated_profiles),
    cmocka_unit_test (test_wire_types_of_the_profile),
    cmocka_unit_test (test_wire_types_of_rows),
    cmocka_unit_test (test_damaged_encodings),
    cmocka_unit_test (test_tables_are_bounded),
    cmocka_unit_test (test_lengths_are_bounded),
    cmocka_unit_test (test_long_fields_are_read),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
