/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "pprof-bytes.h"
#include "pprof/gunzip.h"

/* Every field of the format is used once. */
static ProfProfile *
make_profile (void)
{
  ProfProfile *p;
  assert_int_equal (prof_profile_new (&p), 0);
  assert_int_equal (prof_profile_add_value_type (p, "a", "b"), 0);
  assert_int_equal (prof_profile_add_value_type (p, "c", "d"), 1);
  ProfMapping mapping = { .start = 0x1000,
                          .limit = 0x2000,
                          .offset = 0x80,
                          .filename = (uint32_t)prof_profile_add_string (p, "m"),
                          .build_id = (uint32_t)prof_profile_add_string (p, "id"),
                          .has_functions = true,
                          .has_filenames = true,
                          .has_line_numbers = true,
                          .has_inline_frames = true };
  assert_int_equal (prof_profile_add_mapping (p, &mapping), 1);
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (p, "f"),
                            .system_name = (uint32_t)prof_profile_add_string (p, "_f"),
                            .filename = (uint32_t)prof_profile_add_string (p, "f.c"),
                            .start_line = 3 };
  assert_int_equal (prof_profile_add_function (p, &function), 1);
  ProfLocation location = { .address = 0x1234, .mapping = 1, .is_folded = true };
  ProfLine lines[] = { { .function = 1, .line = 5, .column = 7 }, { .function = 1, .line = 9 } };
  assert_int_equal (prof_profile_add_location (p, &location, lines, 2), 1);
  assert_int_equal (prof_profile_add_location (p, &(ProfLocation){ .address = 0x1300 }, NULL, 0),
                    2);
  assert_int_equal (prof_profile_add_sample (p, (uint32_t[]){ 2, 1, 2 }, 3, (int64_t[]){ 300, -1 }),
                    0);
  assert_int_equal (prof_profile_add_label (p, 0, "k", "v"), 0);
  assert_int_equal (prof_profile_add_number_label (p, 0, "k", 6, "B"), 0);
  assert_int_equal (prof_profile_set_period (p, "c", "d", 1000), 0);
  prof_profile_set_time (p, 77, 88);
  assert_int_equal (prof_profile_set_default_sample_type (p, "a"), 0);
  assert_int_equal (prof_profile_add_comment (p, "x"), 0);
  assert_int_equal (prof_profile_set_frame_filters (p, "drop", "keep"), 0);
  assert_int_equal (prof_profile_set_doc_url (p, "url"), 0);
  return p;
}

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
  ProfProfile *profile = make_profile ();
  uint8_t raw[1000];
  size_t n_bytes;
  cleanup (prof_free) uint8_t *bytes = write_bytes (profile, &n_bytes);
  size_t n_raw = gunzip (bytes, n_bytes, raw, sizeof raw);
  assert_memory_equal (raw, raw_profile, n_raw < sizeof raw_profile ? n_raw : sizeof raw_profile);
  assert_int_equal (n_raw, sizeof raw_profile);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_all_fields_are_written),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
