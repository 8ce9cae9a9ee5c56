/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/report.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "failing-allocations.h"
#include "profile-fixture.h"
#include "profile/aggregate.h"
#include "profile/stack-tree.h"

static int
build_rows (ProfProfile *profile)
{
  int r = prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  for (int i = 0; r >= 0 && i < 40; i++) {
    char name[16];
    snprintf (name, sizeof name, "f%d", i);
    int string = r = prof_profile_add_string (profile, name);
    ProfMapping mapping = { .filename = (uint32_t)string, .start = (uint64_t)i };
    if (r >= 0)
      r = prof_profile_add_mapping (profile, &mapping);
    if (r >= 0)
      r = prof_profile_add_function (profile, &(ProfFunction){ .name = (uint32_t)string });
    ProfLine line = { .function = (uint32_t)r };
    if (r >= 0)
      r = prof_profile_add_location (profile, &(ProfLocation){ .mapping = 1 }, &line, 1);
    if (r >= 0)
      r = prof_profile_add_sample (profile, &(uint32_t){ (uint32_t)r }, 1, &(int64_t){ 1 });
    if (r >= 0)
      r = prof_profile_add_label (profile, (uint32_t)r, "thread", name);
  }
  return r;
}

static int
build (void *user_data)
{
  (void)user_data;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  int r = prof_profile_new (&profile);
  if (r == 0)
    r = build_rows (profile);
  if (r >= 0)
    r = prof_profile_add_comment (profile, "comment");
  return r < 0 ? r : prof_profile_append_session_bytes (profile, "session", 7);
}

static void
test_builder (void **state)
{
  (void)state;
  assert_true (fail_each (build, NULL) > 20);
}

static ProfProfile *
new_profile (void)
{
  ProfProfile *profile = new_cpu_profile ();
  const ProfUnknownField field = { PROF_TABLE_SAMPLE, 1, 0, 1 };
  for (int i = 0; i < 100; i++) {
    char stack[64];
    snprintf (stack, sizeof stack, "main;f%d;inner<g%d", i, i);
    uint32_t sample = add_stack (profile, stack, i + 1);
    assert_int_equal (prof_profile_add_label (profile, sample, "thread", stack), 0);
  }
  assert_int_equal (prof_vec_push (&profile->unknown_bytes, 7), 0);
  assert_int_equal (prof_vec_push (&profile->unknown_fields, field), 0);
  assert_int_equal (prof_profile_add_comment (profile, "comment"), 0);
  return profile;
}

static int
merge (void *user_data)
{
  cleanup (prof_profile_unref) ProfProfile *sum = NULL;
  int r = prof_profile_new (&sum);
  for (int i = 0; r == 0 && i < 2; i++)
    r = prof_profile_merge (sum, user_data, NULL);
  return r;
}

static int
diff (void *user_data)
{
  cleanup (prof_profile_unref) ProfProfile *result = NULL;
  return prof_profile_diff (user_data, user_data, PROF_NORMALIZE_TOTAL, &result, NULL);
}

static int
filter (void *user_data)
{
  cleanup (prof_profile_unref) ProfProfile *result = NULL;
  ProfFilter options = PROF_FILTER_INIT;
  options.focus = "f1";
  options.hide = "^inner";
  options.show_from = "f|g";
  options.label_focus = "thread=main";
  return prof_profile_filter (user_data, &options, &result, NULL);
}

static int
select_samples (void *user_data)
{
  cleanup (prof_profile_unref) ProfProfile *result = NULL;
  ProfFilter options = PROF_FILTER_INIT;
  options.hide = "^inner";
  options.label_focus = "thread=main";
  ProfStack *stacks;
  uint32_t *rows;
  size_t n;
  int r = prof_profile_select (user_data, &options, &result, NULL);
  if (r == 0)
    r = prof_profile_number_stacks (result, &stacks, &n, &rows);
  if (r < 0)
    return r;
  free (stacks);
  free (rows);
  return 0;
}

static int
report (void *user_data)
{
  ProfReport *result;
  const ProfReportNode *nodes;
  ProfReportEdge *edges = NULL;
  size_t n;
  int r = prof_report_new (user_data, 0, &result, NULL);
  if (r < 0)
    return r;
  r = prof_report_get_tree (result, PROF_TREE_TOP_DOWN, &nodes, &n);
  if (r == 0)
    r = prof_report_get_tree (result, PROF_TREE_BOTTOM_UP, &nodes, &n);
  if (r == 0)
    r = prof_report_get_callers (result, 0, &edges, &n);
  ProfReportLine *lines = NULL;
  if (r == 0)
    r = prof_report_get_lines (result, 0, &lines, &n);
  free (lines);
  free (edges);
  prof_report_free (result);
  return r;
}

static void
test_work_on_profiles (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_true (fail_each (merge, profile) > 20);
  assert_true (fail_each (diff, profile) > 20);
  assert_true (fail_each (filter, profile) > 20);
  assert_true (fail_each (select_samples, profile) > 10);
  assert_true (fail_each (report, profile) > 20);
  prof_profile_unref (profile);
}

static int
count_stacks (void *user_data)
{
  (void)user_data;
  ProfStackTree tree;
  ProfAggregate aggregate, clone;
  prof_aggregate_init (&aggregate, 1, 50);
  int r = prof_stack_tree_init (&tree);
  for (uint32_t i = 0; r == 0 && i < 200; i++) {
    uint32_t frames[] = { i, i / 2 };
    ProfAggregateRow row = { .n_samples = 1, .time_ns = i };
    r = prof_stack_tree_add (&tree, frames, 2, &row.stack);
    if (r == 0)
      r = prof_aggregate_add (&aggregate, &row);
  }
  if (r == 0) {
    r = prof_aggregate_clone (&aggregate, &clone);
    prof_aggregate_finish (&clone);
  }
  prof_aggregate_finish (&aggregate);
  prof_stack_tree_finish (&tree);
  return r;
}

static void
test_stack_tree_and_aggregate (void **state)
{
  (void)state;
  assert_true (fail_each (count_stacks, NULL) > 10);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_builder),
    cmocka_unit_test (test_work_on_profiles),
    cmocka_unit_test (test_stack_tree_and_aggregate),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
