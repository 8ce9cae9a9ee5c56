/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/gunzip.h"
#include "base/prng.h"
#include "pprof-bytes.h"
#include "pprof-fields.h"
#include "pprof-fixture.h"
#include "profile-equal.h"

static const uint8_t raw_profile[] = {
  /* sample types */
  0x0a, 4, 0x08, 1, 0x10, 2, 0x0a, 4, 0x08, 3, 0x10, 4,
  /* sample: locations 2 1 2, values 300 -1, labels */
  0x12, 33, 0x0a, 3, 2, 1, 2, 0x12, 12, 0xac, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0x01, 0x1a, 4, 0x08, 10, 0x10, 11, 0x1a, 6, 0x08, 10, 0x18, 6, 0x20, 12,
  /* mapping */
  0x1a, 23, 0x08, 1, 0x10, 0x80, 0x20, 0x18, 0x80, 0x40, 0x20, 0x80, 0x01, 0x28, 5, 0x30, 6, 0x38,
  1, 0x40, 1, 0x48, 1, 0x50, 1,
  /* locations with their lines */
  0x22, 23, 0x08, 1, 0x10, 1, 0x18, 0xb4, 0x24, 0x22, 6, 0x08, 1, 0x10, 5, 0x18, 7, 0x22, 4, 0x08,
  1, 0x10, 9, 0x28, 1, 0x22, 5, 0x08, 2, 0x18, 0x80, 0x26,
  /* function */
  0x2a, 10, 0x08, 1, 0x10, 7, 0x18, 8, 0x20, 9, 0x28, 3,
  /* strings */
  0x32, 0, 0x32, 1, 'a', 0x32, 1, 'b', 0x32, 1, 'c', 0x32, 1, 'd', 0x32, 1, 'm', 0x32, 2, 'i', 'd',
  0x32, 1, 'f', 0x32, 2, '_', 'f', 0x32, 3, 'f', '.', 'c', 0x32, 1, 'k', 0x32, 1, 'v', 0x32, 1, 'B',
  0x32, 1, 'x', 0x32, 4, 'd', 'r', 'o', 'p', 0x32, 4, 'k', 'e', 'e', 'p', 0x32, 3, 'u', 'r', 'l',
  /* header */
  0x38, 14, 0x40, 15, 0x48, 77, 0x50, 88, 0x5a, 4, 0x08, 3, 0x10, 4, 0x60, 0xe8, 0x07, 0x6a, 1, 13,
  0x70, 1, 0x78, 16
};

static size_t
gunzip (const uint8_t *bytes, size_t n_bytes, uint8_t *raw, size_t size)
{
  ProfGunzip stream;
  int fd = open_bytes (bytes, n_bytes);
  assert_int_equal (prof_gunzip_init (&stream, fd), 0);
  ssize_t n = prof_gunzip_read (&stream, raw, size);
  assert_true (n >= 0);
  prof_gunzip_finish (&stream);
  close (fd);
  return (size_t)n;
}

static void
test_all_fields_are_written (void **state)
{
  (void)state;
  ProfProfile *profile = make_full_profile ();
  uint8_t raw[1000];
  size_t n_bytes;
  cleanup (prof_free) uint8_t *bytes = write_bytes (profile, &n_bytes);
  size_t n_raw = gunzip (bytes, n_bytes, raw, sizeof raw);
  assert_memory_equal (raw, raw_profile, n_raw < sizeof raw_profile ? n_raw : sizeof raw_profile);
  assert_int_equal (n_raw, sizeof raw_profile);
  prof_profile_unref (profile);
}

/* Reads what is written of a profile and compares. */
static void
assert_comes_back (ProfProfile *profile)
{
  size_t n_bytes, n_again;
  uint8_t *bytes = write_bytes (profile, &n_bytes);
  ProfProfile *read = read_bytes (bytes, n_bytes);
  const char *difference = find_difference (profile, read);
  if (difference != NULL)
    fail_msg ("%s differ", difference);
  uint8_t *again = write_bytes (read, &n_again);
  assert_int_equal (n_bytes, n_again);
  assert_memory_equal (bytes, again, n_bytes);
  free (bytes);
  free (again);
  prof_profile_unref (read);
  prof_profile_unref (profile);
}

static void
test_profiles_come_back (void **state)
{
  (void)state;
  ProfProfile *empty;
  assert_int_equal (prof_profile_new (&empty), 0);
  assert_comes_back (empty);
  assert_comes_back (make_full_profile ());
}

/* Rows that a builder would make one of, ids that are not rows, fields that nobody knows. */
static void
test_what_was_read_comes_back (void **state)
{
  (void)state;
  assert_comes_back (
      read_bytes (BYTES (STRINGS, MESSAGE (6, 'a'), SAMPLE_TYPE, SAMPLE (9, 1), SAMPLE (9, 1),
                         LOCATION (9), LOCATION (2), FUNCTION (7), FUNCTION (6), MAPPING (3),
                         MAPPING (1), MESSAGE (13, 1, 1, 2), 0xc2, 0x3e, 1, 'x', 0xc2, 0x3e, 0)));
  assert_comes_back (read_bytes (
      BYTES (MESSAGE (11, NUMBER (3, 1)), SAMPLE_TYPE, MESSAGE (1, NUMBER (3, 2), NUMBER (4, 3)),
             MESSAGE (2, MESSAGE (2, 1, 1), NUMBER (4, 3), EMPTY (3)),
             MESSAGE (2, MESSAGE (2, 1, 1), EMPTY (3),
                      MESSAGE (3, MESSAGE (5, 'x'), NUMBER (1, 1))),
             MESSAGE (3, NUMBER (1, 1), NUMBER (11, 4)),
             MESSAGE (4, NUMBER (1, 1), MESSAGE (4, NUMBER (1, 1), EMPTY (4)), NUMBER (6, 5)),
             MESSAGE (5, NUMBER (1, 1), NUMBER (6, 6)), STRINGS, 0x82, 0x01, 2, 0xaa, 0xbb)));
}

/* More than one buffer of the writer and of zlib. */
static void
test_a_big_profile_comes_back (void **state)
{
  (void)state;
  enum { N_SAMPLES = 20000, N_LOCATIONS = 5000 };
  ProfProfile *profile;
  ProfPrng prng = { 5 };
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  for (uint64_t i = 1; i <= N_LOCATIONS; i++)
    assert_int_equal (prof_profile_add_location (profile, &(ProfLocation){ .address = i << 12 },
                                                 NULL, 0),
                      i);
  for (uint32_t i = 0; i < N_SAMPLES; i++) {
    uint32_t stack[30];
    size_t n = prof_prng_next (&prng) % 31;
    int64_t value = (int64_t)prof_prng_next (&prng);
    for (size_t j = 0; j < n; j++)
      stack[j] = 1 + (uint32_t)(prof_prng_next (&prng) % N_LOCATIONS);
    assert_int_equal (prof_profile_add_sample (profile, stack, n, &value), i);
    prof_profile_add_number_label (profile, i, "end_timestamp_ns", value, "nanoseconds");
  }
  assert_comes_back (profile);
}

static void
test_a_failure_is_told (void **state)
{
  (void)state;
  ProfProfile *profile = make_full_profile ();
  ProfError error = PROF_ERROR_INIT;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  assert_int_equal (prof_pprof_write (profile, fd, &error), -ENOSPC);
  assert_string_equal (error.message, "Can't write the profile: No space left on device.");
  close (fd);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_all_fields_are_written),
    cmocka_unit_test (test_profiles_come_back),
    cmocka_unit_test (test_what_was_read_comes_back),
    cmocka_unit_test (test_a_big_profile_comes_back),
    cmocka_unit_test (test_a_failure_is_told),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
