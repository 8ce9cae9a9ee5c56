/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include <errno.h>

#include "profile-fixture.h"

#define assert_filtered(profile, expected, ...)                                                    \
  do {                                                                                             \
    ProfFilter filter_ = PROF_FILTER_INIT;                                                         \
    ProfFilter fields_ = { __VA_ARGS__ };                                                          \
    fields_.size = filter_.size;                                                                   \
    ProfProfile *filtered_ = NULL;                                                                 \
    assert_int_equal (prof_profile_filter (profile, &fields_, &filtered_, NULL), 0);               \
    assert_samples (filtered_, expected);                                                          \
    prof_profile_unref (filtered_);                                                                \
    assert_int_equal (prof_profile_select (profile, &fields_, &filtered_, NULL), 0);               \
    assert_samples (filtered_, expected);                                                          \
    prof_profile_unref (filtered_);                                                                \
  } while (0)

static ProfProfile *
new_profile (void)
{
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;work;malloc", 1);
  add_stack (profile, "main;idle", 2);
  add_stack (profile, "start;inner<middle<outer;work", 3);
  add_stack (profile, "", 4);
  return profile;
}

static void
test_no_filter_copies_all (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_filtered (profile,
                   "main;work;malloc 1 10\n"
                   "main;idle 2 20\n"
                   "start;inner<middle<outer;work 3 30\n"
                   " 4 40\n",
                   0);
  prof_profile_unref (profile);
}

static void
test_focus_and_ignore_look_at_every_frame (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_filtered (profile, "main;work;malloc 1 10\nstart;inner<middle<outer;work 3 30\n",
                   .focus = "^work$");
  assert_filtered (profile, "start;inner<middle<outer;work 3 30\n", .focus = "middle");
  assert_filtered (profile, "main;idle 2 20\n", .focus = "^idle\\.c$");
  assert_filtered (profile, "main;idle 2 20\n", .ignore = "^work$");
  assert_filtered (profile, "start;inner<middle<outer;work 3 30\n", .focus = "work",
                   .ignore = "main|idle");
  assert_filtered (profile, "", .focus = "nothing like this");
  prof_profile_unref (profile);
}

static void
test_hide_removes_lines_locations_and_empty_samples (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_filtered (profile,
                   "main;malloc 1 10\n"
                   "main;idle 2 20\n"
                   "start;inner<outer 3 30\n",
                   .hide = "^(work|middle)$");
  assert_filtered (profile, "work;malloc 1 10\nstart;inner<middle<outer;work 3 30\n",
                   .hide = "main|idle");
  prof_profile_unref (profile);
}

static void
test_show_from_cuts_callers (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  add_stack (profile, "main;work;main;idle", 5);
  assert_filtered (profile,
                   "work;malloc 1 10\n"
                   "work 3 30\n"
                   "work;main;idle 5 50\n",
                   .show_from = "^work$");
  assert_filtered (profile, "inner<middle;work 3 30\n", .show_from = "^middle$");
  assert_filtered (profile,
                   "main;malloc 1 10\n"
                   "main;idle 2 20\n"
                   "main;main;idle 5 50\n",
                   .hide = "^work$", .show_from = "work|main");
  prof_profile_unref (profile);
}

static void
add_address (ProfProfile *profile, uint32_t mapping, uint64_t address, int64_t value)
{
  ProfLocation location = { .address = address, .mapping = mapping };
  int row = prof_profile_add_location (profile, &location, NULL, 0);
  int sample = prof_profile_add_sample (profile, &(uint32_t){ (uint32_t)row }, 1,
                                        (int64_t[]){ value, value * 10 });
  assert_true (sample >= 0);
}

static void
test_mappings_match_by_file_name (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_address (profile, add_module (profile, "/lib/libc.so", 0x1000, 0x1000), 0x1234, 1);
  add_address (profile, add_module (profile, "/bin/program", 0x5000, 0x1000), 0x5678, 2);
  add_address (profile, 0, 0x9999, 4);
  assert_filtered (profile, "[/lib/libc.so 0x1234] 1 10\n", .focus = "libc");
  assert_filtered (profile, "[/bin/program 0x5678] 2 20\n[ 0x9999] 4 40\n", .hide = "libc");
  assert_filtered (profile, "[/bin/program 0x5678] 2 20\n", .show_from = "^/bin/");
  prof_profile_unref (profile);
}

static ProfProfile *
new_labelled_profile (void)
{
  ProfProfile *profile = new_cpu_profile ();
  for (int i = 1; i <= 4; i++) {
    uint32_t sample = add_stack (profile, "main", i);
    prof_profile_add_label (profile, sample, "thread", i % 2 ? "odd" : "even");
    prof_profile_add_number_label (profile, sample, "bytes", i * 8, i < 4 ? "bytes" : NULL);
    prof_profile_add_number_label (profile, sample, "end_timestamp_ns", i * 100, "nanoseconds");
  }
  add_stack (profile, "main", 5);
  return profile;
}

#define SAMPLE_1 "main 1 10 thread=odd bytes=8bytes end_timestamp_ns=100nanoseconds\n"
#define SAMPLE_2 "main 2 20 thread=even bytes=16bytes end_timestamp_ns=200nanoseconds\n"
#define SAMPLE_3 "main 3 30 thread=odd bytes=24bytes end_timestamp_ns=300nanoseconds\n"
#define SAMPLE_4 "main 4 40 thread=even bytes=32 end_timestamp_ns=400nanoseconds\n"
#define SAMPLE_5 "main 5 50\n"

static void
test_labels_match_as_key_and_value (void **state)
{
  (void)state;
  ProfProfile *profile = new_labelled_profile ();
  assert_filtered (profile, SAMPLE_1 SAMPLE_3, .label_focus = "^thread=odd$");
  assert_filtered (profile, SAMPLE_2 SAMPLE_4 SAMPLE_5, .label_ignore = "thread=odd");
  assert_filtered (profile, SAMPLE_2, .label_focus = "^bytes=16 bytes$");
  assert_filtered (profile, SAMPLE_4, .label_focus = "^bytes=32$");
  assert_filtered (profile, SAMPLE_3, .label_focus = "odd", .label_ignore = "^bytes=8 ");
  prof_profile_unref (profile);
}

static void
test_time_range_is_half_open (void **state)
{
  (void)state;
  ProfProfile *profile = new_labelled_profile ();
  assert_filtered (profile, SAMPLE_2 SAMPLE_3, .start_ns = 200, .end_ns = 400);
  assert_filtered (profile, SAMPLE_4, .start_ns = 301);
  assert_filtered (profile, SAMPLE_1, .end_ns = 101);
  prof_profile_unref (profile);
}

static void
test_only_needed_rows_are_copied (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile (), *filtered;
  prof_profile_add_comment (profile, "kept");
  prof_profile_append_session_bytes (profile, "session", 7);
  ProfFilter filter = PROF_FILTER_INIT;
  filter.focus = "idle";
  assert_int_equal (prof_profile_filter (profile, &filter, &filtered, NULL), 0);
  assert_int_equal (filtered->functions.n, 3);
  assert_int_equal (filtered->locations.n, 3);
  assert_string_equal (prof_profile_get_string (filtered, filtered->comments.items[0]), "kept");
  assert_memory_equal (filtered->session_bytes.items, "session", 7);
  assert_int_equal (filtered->period, 10);
  prof_profile_unref (profile);
  prof_profile_unref (filtered);
}

static void
test_bad_expressions_are_named (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile (), *filtered;
  ProfFilter filter = PROF_FILTER_INIT;
  ProfError error = PROF_ERROR_INIT;
  filter.hide = "operator(";
  assert_int_equal (prof_profile_filter (profile, &filter, &filtered, &error), -EINVAL);
  assert_non_null (strstr (error.message, "'operator(' as hide"));
  filter.hide = NULL;
  filter.size = 0;
  assert_int_equal (prof_profile_filter (profile, &filter, &filtered, &error), -EINVAL);
  assert_non_null (strstr (error.message, "'size'"));
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_no_filter_copies_all),
    cmocka_unit_test (test_focus_and_ignore_look_at_every_frame),
    cmocka_unit_test (test_hide_removes_lines_locations_and_empty_samples),
    cmocka_unit_test (test_show_from_cuts_callers),
    cmocka_unit_test (test_mappings_match_by_file_name),
    cmocka_unit_test (test_labels_match_as_key_and_value),
    cmocka_unit_test (test_time_range_is_half_open),
    cmocka_unit_test (test_only_needed_rows_are_copied),
    cmocka_unit_test (test_bad_expressions_are_named),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
