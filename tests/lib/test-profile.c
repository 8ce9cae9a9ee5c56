/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include <errno.h>

#include "profile/profile-tables.h"
#include "tests.h"

static ProfProfile *
new_profile (void)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  return profile;
}

static uint32_t
add_function (ProfProfile *profile, const char *name)
{
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, name) };
  int row = prof_profile_add_function (profile, &function);
  assert_true (row > 0);
  return (uint32_t)row;
}

static int
add_location (ProfProfile *profile, uint64_t address, const ProfLine *lines, size_t n_lines)
{
  return prof_profile_add_location (profile, &(ProfLocation){ .address = address }, lines, n_lines);
}

static void
test_a_new_profile_has_empty_rows (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  size_t n;
  assert_int_equal (prof_profile_get_n_strings (profile), 1);
  assert_int_equal (prof_profile_get_locations (profile, &n)->address, 0);
  assert_int_equal (n, 1);
  assert_int_equal (prof_profile_get_functions (profile, &n)->name, 0);
  assert_int_equal (n, 1);
  assert_int_equal (prof_profile_get_mappings (profile, &n)->start, 0);
  assert_int_equal (n, 1);
  prof_profile_get_samples (profile, &n);
  assert_int_equal (n, 0);
  assert_int_equal (prof_profile_get_default_value_type (profile), -ENOENT);
  assert_string_equal (prof_profile_get_string (profile, 99), "");
  assert_ptr_equal (prof_profile_ref (profile), profile);
  assert_null (prof_profile_unref (profile));
  assert_null (prof_profile_unref (profile));
}

static void
test_equal_rows_are_one (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  int file = prof_profile_add_string (profile, "/bin/true");
  ProfMapping mapping = { .start = 0x1000, .limit = 0x2000, .filename = (uint32_t)file };
  assert_int_equal (prof_profile_add_mapping (profile, &mapping), 1);
  assert_int_equal (prof_profile_add_mapping (profile, &mapping), 1);
  mapping.has_inline_frames = true;
  assert_int_equal (prof_profile_add_mapping (profile, &mapping), 2);
  assert_int_equal (add_function (profile, "main"), 1);
  assert_int_equal (add_function (profile, "work"), 2);
  assert_int_equal (add_function (profile, "main"), 1);

  ProfLine lines[] = { { .function = 2, .line = 7, .column = 3 }, { .function = 1, .line = 9 } };
  assert_int_equal (add_location (profile, 0x1100, lines, 2), 1);
  assert_int_equal (add_location (profile, 0x1100, lines, 1), 2);
  assert_int_equal (add_location (profile, 0x1100, lines, 2), 1);
  lines[0].column = 4;
  assert_int_equal (add_location (profile, 0x1100, lines, 2), 3);
  assert_int_equal (add_location (profile, 0x1100, NULL, 0), 4);

  size_t n;
  const ProfLocation *locations = prof_profile_get_locations (profile, &n);
  assert_int_equal (n, 5);
  assert_int_equal (locations[3].first_line, 3);
  assert_int_equal (locations[3].n_lines, 2);
  prof_profile_get_lines (profile, &n);
  assert_int_equal (n, 5);
  prof_profile_unref (profile);
}

static void
test_a_row_like_the_empty_one_is_a_row (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_add_mapping (profile, &(ProfMapping){ 0 }), 1);
  assert_int_equal (add_location (profile, 0, NULL, 0), 1);
  assert_int_equal (add_location (profile, 0, NULL, 0), 1);
  prof_profile_unref (profile);
}

static void
test_rows_appended_by_a_reader_are_found (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, "main") };
  for (int i = 0; i < 2; i++)
    assert_int_equal (prof_vec_push (&profile->functions, function), 0);
  assert_int_equal (prof_profile_add_function (profile, &function), 1);
  function.start_line = 3;
  assert_int_equal (prof_profile_add_function (profile, &function), 3);
  assert_int_equal (profile->functions.n, 4);
  prof_profile_unref (profile);
}

static void
test_equal_stacks_share_their_entries (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_add_value_type (profile, "samples", "count"), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "cpu", "nanoseconds"), 1);
  for (uint64_t address = 1; address <= 3; address++)
    add_location (profile, address, NULL, 0);
  const uint32_t ab[] = { 1, 2 }, abc[] = { 1, 2, 3 };
  const int64_t values[][2] = { { 1, 10 }, { 2, 20 }, { 3, 30 }, { 4, 40 } };
  assert_int_equal (prof_profile_add_sample (profile, ab, 2, values[0]), 0);
  assert_int_equal (prof_profile_add_sample (profile, abc, 3, values[1]), 1);
  assert_int_equal (prof_profile_add_sample (profile, ab, 2, values[2]), 2);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, values[3]), 3);

  size_t n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  assert_int_equal (n, 4);
  assert_int_equal (samples[1].first_location, 2);
  assert_int_equal (samples[2].first_location, 0);
  assert_int_equal (samples[3].n_locations, 0);
  const uint32_t *stacks = prof_profile_get_stacks (profile, &n);
  assert_int_equal (n, 5);
  assert_memory_equal (stacks, ((uint32_t[]){ 1, 2, 1, 2, 3 }), 5 * sizeof *stacks);
  assert_memory_equal (prof_profile_get_values (profile, &n), values, sizeof values);
  assert_int_equal (n, 8);
  prof_profile_unref (profile);
}

static void
test_labels_belong_to_the_newest_sample (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  const int64_t value = 1;
  prof_profile_add_value_type (profile, "samples", "count");
  assert_int_equal (prof_profile_add_label (profile, 0, "thread", "main"), -EINVAL);
  prof_profile_add_sample (profile, NULL, 0, &value);
  assert_int_equal (prof_profile_add_label (profile, 0, "thread", "main"), 0);
  assert_int_equal (prof_profile_add_number_label (profile, 0, "tid", 42, NULL), 0);
  prof_profile_add_sample (profile, NULL, 0, &value);
  assert_int_equal (prof_profile_add_label (profile, 0, "late", "x"), -EINVAL);
  assert_int_equal (prof_profile_add_number_label (profile, 1, "size", -8, "bytes"), 0);

  size_t n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  const ProfLabel *labels = prof_profile_get_labels (profile, &n);
  assert_int_equal (n, 3);
  assert_int_equal (samples[0].n_labels, 2);
  assert_int_equal (samples[1].first_label, 2);
  assert_int_equal (samples[1].n_labels, 1);
  assert_string_equal (prof_profile_get_string (profile, labels[0].key), "thread");
  assert_string_equal (prof_profile_get_string (profile, labels[0].string), "main");
  assert_int_equal (labels[1].number, 42);
  assert_int_equal (labels[1].unit, 0);
  assert_int_equal (labels[2].number, -8);
  assert_string_equal (prof_profile_get_string (profile, labels[2].unit), "bytes");
  prof_profile_unref (profile);
}

static void
test_indices_out_of_their_tables_are_refused (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  const int64_t value = 1;
  assert_int_equal (prof_profile_add_mapping (profile, &(ProfMapping){ .filename = 7 }), -EINVAL);
  assert_int_equal (prof_profile_add_function (profile, &(ProfFunction){ .name = 7 }), -EINVAL);
  assert_int_equal (prof_profile_add_location (profile, &(ProfLocation){ .mapping = 1 }, NULL, 0),
                    -EINVAL);
  assert_int_equal (add_location (profile, 1, &(ProfLine){ .function = 0 }, 1), -EINVAL);
  assert_int_equal (add_location (profile, 1, &(ProfLine){ .function = 1 }, 1), -EINVAL);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, &value), -EINVAL);
  prof_profile_add_value_type (profile, "samples", "count");
  assert_int_equal (prof_profile_add_sample (profile, &(uint32_t){ 0 }, 1, &value), -EINVAL);
  assert_int_equal (prof_profile_add_sample (profile, &(uint32_t){ 1 }, 1, &value), -EINVAL);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, &value), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "late", "count"), -EBUSY);
  prof_profile_unref (profile);
}

static void
test_the_default_type_is_the_named_or_the_last (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  prof_profile_add_value_type (profile, "alloc_space", "bytes");
  prof_profile_add_value_type (profile, "inuse_space", "bytes");
  assert_int_equal (prof_profile_get_default_value_type (profile), 1);
  prof_profile_set_default_sample_type (profile, "alloc_space");
  assert_int_equal (prof_profile_get_default_value_type (profile), 0);
  prof_profile_set_default_sample_type (profile, "no such type");
  assert_int_equal (prof_profile_get_default_value_type (profile), 1);
  assert_int_equal (prof_profile_find_value_type (profile, "alloc_space"), 0);
  assert_int_equal (prof_profile_find_value_type (profile, "cpu"), -ENOENT);
  prof_profile_unref (profile);
}

static void
test_properties_read_back (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_set_period (profile, "cpu", "nanoseconds", 1000000), 0);
  prof_profile_set_time (profile, 17, 4);
  assert_int_equal (prof_profile_add_comment (profile, "first"), 0);
  assert_int_equal (prof_profile_add_comment (profile, "second"), 0);
  assert_int_equal (prof_profile_set_frame_filters (profile, "malloc", "main"), 0);
  assert_int_equal (prof_profile_set_doc_url (profile, "https://doc.example"), 0);
  assert_int_equal (prof_profile_append_session_bytes (profile, "abc", 3), 0);
  assert_int_equal (prof_profile_append_session_bytes (profile, "de", 2), 0);

  ProfValueType type = prof_profile_get_period_type (profile);
  assert_string_equal (prof_profile_get_string (profile, type.type), "cpu");
  assert_string_equal (prof_profile_get_string (profile, type.unit), "nanoseconds");
  assert_int_equal (prof_profile_get_period (profile), 1000000);
  assert_int_equal (prof_profile_get_time_ns (profile), 17);
  assert_int_equal (prof_profile_get_duration_ns (profile), 4);
  size_t n;
  const uint32_t *comments = prof_profile_get_comments (profile, &n);
  assert_int_equal (n, 2);
  assert_string_equal (prof_profile_get_string (profile, comments[1]), "second");
  uint32_t drop = prof_profile_get_drop_frames (profile);
  assert_string_equal (prof_profile_get_string (profile, drop), "malloc");
  uint32_t keep = prof_profile_get_keep_frames (profile);
  assert_string_equal (prof_profile_get_string (profile, keep), "main");
  uint32_t url = prof_profile_get_doc_url (profile);
  assert_string_equal (prof_profile_get_string (profile, url), "https://doc.example");
  assert_int_equal (profile->sessions.items[1].start, 3);
  assert_int_equal (profile->sessions.items[1].n_bytes, 2);
  assert_memory_equal (profile->session_bytes.items, "abcde", 5);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_new_profile_has_empty_rows),
    cmocka_unit_test (test_equal_rows_are_one),
    cmocka_unit_test (test_a_row_like_the_empty_one_is_a_row),
    cmocka_unit_test (test_rows_appended_by_a_reader_are_found),
    cmocka_unit_test (test_equal_stacks_share_their_entries),
    cmocka_unit_test (test_labels_belong_to_the_newest_sample),
    cmocka_unit_test (test_indices_out_of_their_tables_are_refused),
    cmocka_unit_test (test_the_default_type_is_the_named_or_the_last),
    cmocka_unit_test (test_properties_read_back),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
