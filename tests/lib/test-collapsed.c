/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pprof-bytes.h"
#include "pprof/collapsed-read.h"

static int
read_text (const char *text, ProfProfile **ret, ProfError *reterr)
{
  int fd = open_bytes (text, strlen (text));
  int r = prof_collapsed_read (fd, ret, reterr);
  close (fd);
  return r;
}

static void
assert_writes (const ProfProfile *profile, unsigned value_type, const char *expected)
{
  int fd = open_bytes ("", 0);
  size_t n_bytes;
  assert_int_equal (prof_collapsed_write (profile, value_type, fd, NULL), 0);
  char *text = (char *)take_bytes (fd, &n_bytes);
  text[n_bytes] = '\0';
  assert_string_equal (text, expected);
  free (text);
  close (fd);
}

static uint32_t
add_function (ProfProfile *profile, const char *name, const char *system_name)
{
  ProfFunction function = {
    .name = (uint32_t)prof_profile_add_string (profile, name),
    .system_name = (uint32_t)prof_profile_add_string (profile, system_name),
  };
  int row = prof_profile_add_function (profile, &function);
  assert_true (row > 0);
  return (uint32_t)row;
}

static uint32_t
add_location (ProfProfile *profile, uint64_t address, uint32_t mapping, uint32_t f, uint32_t g)
{
  ProfLocation location = { .address = address, .mapping = mapping };
  ProfLine lines[] = { { .function = f }, { .function = g } };
  int row = prof_profile_add_location (profile, &location, lines, (size_t)(f != 0) + (g != 0));
  assert_true (row > 0);
  return (uint32_t)row;
}

static void
test_lines_become_samples (void **state)
{
  (void)state;
  ProfProfile *profile;
  size_t n_samples, n_values, n_locations;
  assert_int_equal (read_text ("main;work;leaf 42\nmain 1\n", &profile, NULL), 0);
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n_values);
  const uint32_t *stacks = prof_profile_get_stacks (profile, &n_locations);
  const ProfLocation *locations = prof_profile_get_locations (profile, &n_locations);
  const ProfLine *lines = prof_profile_get_lines (profile, &n_locations);
  const ProfFunction *functions = prof_profile_get_functions (profile, &n_locations);
  assert_int_equal (n_samples, 2);
  assert_int_equal (n_values, 2);
  assert_int_equal (values[0], 42);
  assert_int_equal (values[1], 1);
  assert_int_equal (samples[0].n_locations, 3);
  assert_int_equal (samples[1].n_locations, 1);
  uint32_t leaf = stacks[samples[0].first_location];
  uint32_t function = lines[locations[leaf].first_line].function;
  assert_string_equal (prof_profile_get_string (profile, functions[function].name), "leaf");
  assert_int_equal (stacks[samples[0].first_location + 2], stacks[samples[1].first_location]);
  prof_profile_unref (profile);
}

static void
test_names_may_have_blanks_and_lines_may_lack_an_end (void **state)
{
  (void)state;
  ProfProfile *profile;
  assert_int_equal (read_text ("a b;operator new(unsigned long)  7\r\n\n \nx;;y -3", &profile,
                               NULL),
                    0);
  assert_writes (profile, 0, "a b;operator new(unsigned long) 7\nx;[unknown];y -3\n");
  prof_profile_unref (profile);
}

static void
test_an_empty_file_is_an_empty_profile (void **state)
{
  (void)state;
  ProfProfile *profile;
  assert_int_equal (read_text ("", &profile, NULL), 0);
  assert_writes (profile, 0, "");
  prof_profile_unref (profile);
}

static void
test_equal_stacks_are_summed_and_zeros_left_out (void **state)
{
  (void)state;
  ProfProfile *profile;
  assert_int_equal (read_text ("a 2\na;b 1\na 3\na;b 2\nc 3\nc -3\nd 0\n", &profile, NULL), 0);
  assert_writes (profile, 0, "a 5\na;b 3\n");
  prof_profile_unref (profile);
}

static void
test_sums_stay_in_range (void **state)
{
  (void)state;
  ProfProfile *profile;
  const char *text = "a 9223372036854775807\na 1\nb -9223372036854775808\nb -1\n";
  assert_int_equal (read_text (text, &profile, NULL), 0);
  assert_writes (profile, 0, "a 9223372036854775807\nb -9223372036854775808\n");
  prof_profile_unref (profile);
}

static void
test_inlined_and_nameless_frames_are_written (void **state)
{
  (void)state;
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  uint32_t filename = (uint32_t)prof_profile_add_string (profile, "/usr/lib/libx.so");
  ProfMapping mapping = { .start = 0x10000, .offset = 0x1000, .filename = filename };
  assert_int_equal (prof_profile_add_mapping (profile, &mapping), 1);
  uint32_t inlined = add_function (profile, "in;lined\n", "");
  uint32_t caller = add_function (profile, "", "_caller");
  uint32_t nameless = add_function (profile, "", "");
  uint32_t stack[] = {
    add_location (profile, 0x98, 0, nameless, 0),
    add_location (profile, 0x99, 0, 0, 0),
    add_location (profile, 0x10020, 1, 0, 0),
    add_location (profile, 0x10040, 1, inlined, caller),
  };
  prof_profile_add_sample (profile, stack, 4, (int64_t[]){ 1, 10 });
  prof_profile_add_sample (profile, NULL, 0, (int64_t[]){ 0, 20 });
  assert_writes (profile, 0, "_caller;in:lined?;libx.so+0x1020;0x99;0x98 1\n");
  assert_writes (profile, 1, "_caller;in:lined?;libx.so+0x1020;0x99;0x98 10\n[no stack] 20\n");
  prof_profile_unref (profile);
}

static void
test_too_many_inlined_calls_are_refused (void **state)
{
  (void)state;
  enum { N_LINES = 10000, N_FRAMES = 1000 };
  static ProfLine lines[N_LINES];
  uint32_t stack[N_FRAMES];
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  uint32_t function = add_function (profile, "f", "");
  for (size_t i = 0; i < N_LINES; i++)
    lines[i].function = function;
  assert_int_equal (prof_profile_add_location (profile, &(ProfLocation){ 0 }, lines, N_LINES), 1);
  for (size_t i = 0; i < N_FRAMES; i++)
    stack[i] = 1;
  prof_profile_add_sample (profile, stack, N_FRAMES, (int64_t[]){ 1 });
  assert_int_equal (prof_collapsed_write (profile, 0, -1, &error), -EFBIG);
  assert_non_null (strstr (error.message, "more inlined calls than any real one"));
  prof_profile_unref (profile);
}

static void
test_a_wrong_sample_type_is_told (void **state)
{
  (void)state;
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (read_text ("", &profile, NULL), 0);
  assert_int_equal (prof_collapsed_write (profile, 1, 0, &error), -EINVAL);
  assert_string_equal (error.message,
                       "Can't write collapsed stacks of sample type 1: the profile has 1.");
  prof_profile_unref (profile);
}

static void
test_wrong_lines_are_named (void **state)
{
  (void)state;
  static const char *const bad[] = {
    "a;b",
    "a;b x",
    "42",
    " 42",
    "a 1.5",
    "a -",
    "a --1",
    "a 9223372036854775808",
    "a -9223372036854775809",
    "a +1",
    "a 0x10",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[64];
    ProfError error = PROF_ERROR_INIT;
    ProfProfile *profile;
    snprintf (text, sizeof text, "good 1\n\n%s\n", bad[i]);
    assert_int_equal (read_text (text, &profile, &error), -EBADMSG);
    assert_non_null (strstr (error.message, "line 3 "));
    assert_int_equal (error.code, -EBADMSG);
  }
}

static void
assert_too_big (const char *text, const ProfPprofLimits *limits, const char *expected)
{
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  int fd = open_bytes (text, strlen (text));
  assert_int_equal (prof_collapsed_read_limited (fd, limits, &profile, &error), -EFBIG);
  assert_non_null (strstr (error.message, expected));
  close (fd);
}

static void
test_bounds_are_kept (void **state)
{
  (void)state;
  ProfPprofLimits limits = PROF_PPROF_LIMITS_INIT;
  limits.frames_per_sample = 2;
  assert_too_big ("a;b 1\na;b;c 1\n", &limits, "line 2 has more than 2 frames");
  limits = (ProfPprofLimits)PROF_PPROF_LIMITS_INIT;
  limits.samples = 1;
  assert_too_big ("a 1\nb 1\n", &limits, "more than 1 lines");
  limits = (ProfPprofLimits)PROF_PPROF_LIMITS_INIT;
  limits.frames = 3;
  assert_too_big ("a;b 1\na;b 1\n", &limits, "more than 3 frames");
  limits = (ProfPprofLimits)PROF_PPROF_LIMITS_INIT;
  limits.field_bytes = 8;
  assert_too_big ("0123456789abcdef", &limits, "line 1 is longer than 8 bytes");
  limits = (ProfPprofLimits)PROF_PPROF_LIMITS_INIT;
  limits.raw_bytes = 8;
  assert_too_big ("a 1\nb 1\nc 1\n", &limits, "bigger than any real profile");
}

/* The pieces that are read end anywhere in a line. */
static void
test_long_lines_are_put_together (void **state)
{
  (void)state;
  enum { N_LINES = 300, N_NAME = 1000 };
  char *text = malloc (N_LINES * (N_NAME + 10) + 1), *end = text;
  ProfProfile *profile;
  size_t n_samples;
  assert_non_null (text);
  for (int i = 0; i < N_LINES; i++) {
    memset (end, 'a' + i % 26, N_NAME);
    end += N_NAME;
    end += sprintf (end, "%d 1\n", i);
  }
  assert_int_equal (read_text (text, &profile, NULL), 0);
  prof_profile_get_samples (profile, &n_samples);
  assert_int_equal (n_samples, N_LINES);
  assert_writes (profile, 0, text);
  prof_profile_unref (profile);
  free (text);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_lines_become_samples),
    cmocka_unit_test (test_names_may_have_blanks_and_lines_may_lack_an_end),
    cmocka_unit_test (test_an_empty_file_is_an_empty_profile),
    cmocka_unit_test (test_equal_stacks_are_summed_and_zeros_left_out),
    cmocka_unit_test (test_sums_stay_in_range),
    cmocka_unit_test (test_inlined_and_nameless_frames_are_written),
    cmocka_unit_test (test_too_many_inlined_calls_are_refused),
    cmocka_unit_test (test_a_wrong_sample_type_is_told),
    cmocka_unit_test (test_wrong_lines_are_named),
    cmocka_unit_test (test_bounds_are_kept),
    cmocka_unit_test (test_long_lines_are_put_together),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
