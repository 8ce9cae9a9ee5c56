/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include <errno.h>

#include "profile-fixture.h"

static void
test_equal_samples_are_summed (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  add_stack (a, "main;work", 1);
  add_stack (a, "main", 2);
  add_stack (b, "start;main", 4);
  add_stack (b, "main;work", 8);
  add_stack (b, "main;work", 16);
  add_stack (b, "start;main", 32);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, "main;work 25 250\n"
                     "main 2 20\n"
                     "start;main 36 360\n");
  assert_int_equal (a->stacks.n, 5);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_labels_are_a_set (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  uint32_t sample = add_stack (a, "main", 1);
  prof_profile_add_label (a, sample, "thread", "one");
  prof_profile_add_number_label (a, sample, "size", 8, "bytes");
  sample = add_stack (b, "main", 2);
  prof_profile_add_number_label (b, sample, "size", 8, "bytes");
  prof_profile_add_label (b, sample, "thread", "one");
  sample = add_stack (b, "main", 4);
  prof_profile_add_number_label (b, sample, "size", 8, "kilobytes");
  prof_profile_add_label (b, sample, "thread", "one");
  add_stack (b, "main", 8);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, "main 3 30 thread=one size=8bytes\n"
                     "main 4 40 size=8kilobytes thread=one\n"
                     "main 8 80\n");
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_labels_added_after_a_merge_count (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  add_stack (b, "main", 1);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_int_equal (prof_profile_add_label (a, 0, "thread", "one"), 0);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, "main 1 10 thread=one\n"
                     "main 1 10\n");
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_sums_stop_at_the_ends (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  const int64_t big[] = { INT64_MAX - 1, INT64_MIN + 1 }, small[] = { 5, -5 };
  prof_profile_add_sample (a, NULL, 0, big);
  prof_profile_add_sample (b, NULL, 0, small);
  prof_profile_set_time (a, 0, INT64_MAX);
  prof_profile_set_time (b, 0, 1);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, " 9223372036854775807 -9223372036854775808\n");
  assert_int_equal (prof_profile_get_duration_ns (a), INT64_MAX);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
add_address (ProfProfile *profile, uint32_t mapping, uint64_t address, int64_t value)
{
  ProfLocation location = { .address = address, .mapping = mapping };
  uint32_t row = (uint32_t)prof_profile_add_location (profile, &location, NULL, 0);
  int sample = prof_profile_add_sample (profile, &row, 1, (int64_t[]){ value, value * 10 });
  assert_true (sample >= 0);
}

static void
test_a_moved_module_is_the_same (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  add_address (a, add_module (a, "/bin/x", 0x10000, 0x2000), 0x10040, 1);
  add_address (b, add_module (b, "/bin/x", 0x70000, 0x1ff0), 0x70040, 2);
  add_address (b, add_module (b, "/bin/x", 0x90000, 0x3000), 0x90040, 4);
  add_address (b, add_module (b, "/bin/y", 0xa0000, 0x2000), 0xa0040, 8);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, "[/bin/x 0x10040] 3 30\n"
                     "[/bin/x 0x90040] 4 40\n"
                     "[/bin/y 0xa0040] 8 80\n");
  assert_int_equal (a->mappings.n, 4);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_headers_are_combined (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  prof_profile_set_period (a, "cpu", "nanoseconds", 7);
  prof_profile_set_period (b, "cpu", "nanoseconds", 9);
  prof_profile_set_time (a, 2000, 30);
  prof_profile_set_time (b, 1000, 12);
  prof_profile_add_comment (a, "same");
  prof_profile_add_comment (b, "other");
  prof_profile_add_comment (b, "same");
  prof_profile_set_default_sample_type (b, "cpu");
  prof_profile_set_doc_url (a, "https://a.example");
  prof_profile_set_doc_url (b, "https://b.example");
  prof_profile_append_session_bytes (a, "aa", 2);
  prof_profile_append_session_bytes (b, "bbb", 3);
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);

  assert_int_equal (a->period, 9);
  assert_int_equal (a->time_ns, 1000);
  assert_int_equal (a->duration_ns, 42);
  assert_int_equal (a->comments.n, 2);
  assert_string_equal (prof_profile_get_string (a, a->comments.items[0]), "same");
  assert_string_equal (prof_profile_get_string (a, a->comments.items[1]), "other");
  assert_string_equal (prof_profile_get_string (a, a->default_sample_type), "cpu");
  assert_string_equal (prof_profile_get_string (a, a->doc_url), "https://a.example");
  assert_int_equal (a->sessions.n, 2);
  assert_memory_equal (a->session_bytes.items, "aabbb", 5);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_an_empty_profile_takes_over_all (void **state)
{
  (void)state;
  ProfProfile *a, *b = new_cpu_profile ();
  assert_int_equal (prof_profile_new (&a), 0);
  add_stack (b, "main;inner<outer", 3);
  prof_profile_set_time (b, 1000, 12);
  prof_profile_set_frame_filters (b, "malloc", "main");
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);
  assert_samples (a, "main;inner<outer 3 30\n");
  assert_int_equal (prof_profile_find_value_type (a, "cpu"), 1);
  assert_int_equal (a->period, 10);
  assert_int_equal (a->time_ns, 1000);
  assert_string_equal (prof_profile_get_string (a, a->drop_frames), "malloc");
  assert_string_equal (prof_profile_get_string (a, a->keep_frames), "main");
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
add_unknown_field (ProfProfile *profile, ProfTableKind table, uint32_t row, const char *bytes)
{
  ProfUnknownField field = { table, row, profile->unknown_bytes.n, strlen (bytes) };
  assert_int_equal (prof_vec_append (&profile->unknown_bytes, (const uint8_t *)bytes,
                                     strlen (bytes)),
                    0);
  assert_int_equal (prof_vec_push (&profile->unknown_fields, field), 0);
}

static void
assert_unknown_field (
    const ProfProfile *profile, size_t i, ProfTableKind table, uint32_t row, const char *bytes)
{
  assert_true (i < profile->unknown_fields.n);
  const ProfUnknownField *field = &profile->unknown_fields.items[i];
  assert_int_equal (field->table, table);
  assert_int_equal (field->row, row);
  assert_int_equal (field->n_bytes, strlen (bytes));
  assert_memory_equal (profile->unknown_bytes.items + field->start, bytes, field->n_bytes);
}

static void
test_unknown_fields_follow_their_rows (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b = new_cpu_profile ();
  add_stack (a, "main", 1);
  add_unknown_field (a, PROF_TABLE_FUNCTION, 1, "shared");
  add_stack (b, "other", 1);
  uint32_t sample = add_stack (b, "main", 1);
  prof_profile_add_label (b, sample, "thread", "one");
  add_unknown_field (b, PROF_TABLE_FUNCTION, 2, "shared");
  add_unknown_field (b, PROF_TABLE_FUNCTION, 2, "more");
  add_unknown_field (b, PROF_TABLE_FUNCTION, 1, "twice");
  add_unknown_field (b, PROF_TABLE_FUNCTION, 1, "twice");
  add_unknown_field (b, PROF_TABLE_LINE, 0, "line");
  add_unknown_field (b, PROF_TABLE_SAMPLE, 1, "sample");
  add_unknown_field (b, PROF_TABLE_LABEL, 0, "label");
  add_unknown_field (b, PROF_TABLE_MAPPING, 0, "of no row in use");
  add_unknown_field (b, PROF_TABLE_PROFILE, 0, "profile");
  assert_int_equal (prof_profile_merge (a, b, NULL), 0);

  assert_samples (a, "main 1 10\n"
                     "other 1 10\n"
                     "main 1 10 thread=one\n");
  assert_unknown_field (a, 0, PROF_TABLE_FUNCTION, 1, "shared");
  assert_unknown_field (a, 1, PROF_TABLE_FUNCTION, 1, "more");
  assert_unknown_field (a, 2, PROF_TABLE_FUNCTION, 2, "twice");
  assert_unknown_field (a, 3, PROF_TABLE_FUNCTION, 2, "twice");
  assert_unknown_field (a, 4, PROF_TABLE_LINE, 1, "line");
  assert_unknown_field (a, 5, PROF_TABLE_SAMPLE, 2, "sample");
  assert_unknown_field (a, 6, PROF_TABLE_LABEL, 0, "label");
  assert_unknown_field (a, 7, PROF_TABLE_PROFILE, 0, "profile");
  assert_int_equal (a->unknown_fields.n, 8);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_different_kinds_are_refused (void **state)
{
  (void)state;
  ProfProfile *a = new_cpu_profile (), *b;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_new (&b), 0);
  prof_profile_add_value_type (b, "inuse_space", "bytes");
  assert_int_equal (prof_profile_merge (a, b, &error), -EINVAL);
  assert_string_equal (error.message,
                       "Can't combine profiles of different kinds, 'samples/count cpu/nanoseconds "
                       "per cpu/nanoseconds' and 'inuse_space/bytes': take profiles with the "
                       "same sample types and period type.");
  assert_int_equal (prof_profile_merge (a, a, NULL), -EINVAL);
  prof_profile_unref (a);
  prof_profile_unref (b);
}

static void
test_many_merges_cost_their_sum (void **state)
{
  (void)state;
  ProfProfile *sum = new_cpu_profile ();
  for (int i = 0; i < 2000; i++) {
    ProfProfile *part = new_cpu_profile ();
    char stack[64];
    snprintf (stack, sizeof stack, "main;f%d", i);
    add_stack (part, stack, 1);
    add_stack (part, "main;shared", 1);
    assert_int_equal (prof_profile_merge (sum, part, NULL), 0);
    assert_int_equal (sum->sample_index.n_indexed, sum->samples.n);
    prof_profile_unref (part);
  }
  assert_int_equal (sum->samples.n, 2001);
  assert_int_equal (sum->values.items[2], 2000);
  prof_profile_unref (sum);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_equal_samples_are_summed),
    cmocka_unit_test (test_labels_are_a_set),
    cmocka_unit_test (test_labels_added_after_a_merge_count),
    cmocka_unit_test (test_sums_stop_at_the_ends),
    cmocka_unit_test (test_a_moved_module_is_the_same),
    cmocka_unit_test (test_headers_are_combined),
    cmocka_unit_test (test_an_empty_profile_takes_over_all),
    cmocka_unit_test (test_unknown_fields_follow_their_rows),
    cmocka_unit_test (test_different_kinds_are_refused),
    cmocka_unit_test (test_many_merges_cost_their_sum),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
