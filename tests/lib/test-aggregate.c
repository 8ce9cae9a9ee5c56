/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/aggregate.h"

#include "tests.h"

static void
add (ProfAggregate *aggregate, uint32_t stack, uint64_t time_ns, double value)
{
  ProfAggregateRow row
      = { .stack = stack, .n_samples = 1, .time_ns = time_ns, .weight = 2, .value = value };
  assert_int_equal (prof_aggregate_add (aggregate, &row), 0);
}

static void
assert_row (const ProfAggregate *aggregate, size_t i, ProfAggregateRow expected)
{
  assert_true (i < aggregate->rows.n);
  const ProfAggregateRow *row = &aggregate->rows.items[i];
  assert_int_equal (row->stack, expected.stack);
  assert_int_equal (row->thread, expected.thread);
  assert_int_equal (row->event, expected.event);
  assert_int_equal (row->n_samples, expected.n_samples);
  assert_int_equal (row->time_ns, expected.time_ns);
  assert_float_equal (row->weight, expected.weight, 0);
  assert_float_equal (row->value, expected.value, 0);
}

static void
test_sums_what_is_in_one_bucket (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 100, 1000);
  add (&aggregate, 1, 299, 5);
  add (&aggregate, 1, 200, 7);
  add (&aggregate, 1, 300, 1);
  add (&aggregate, 2, 250, 3);
  assert_int_equal (aggregate.rows.n, 3);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 2, 299, 4, 12 });
  assert_row (&aggregate, 1, (ProfAggregateRow){ 1, 0, 0, 1, 300, 2, 1 });
  assert_row (&aggregate, 2, (ProfAggregateRow){ 2, 0, 0, 1, 250, 2, 3 });
  prof_aggregate_finish (&aggregate);
}

/* A row of an earlier bucket is not looked for, and what it adds is not lost. */
static void
test_a_late_sample_is_kept (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 100, 1000);
  add (&aggregate, 1, 299, 5);
  add (&aggregate, 1, 300, 1);
  add (&aggregate, 1, 298, 7);
  assert_int_equal (aggregate.rows.n, 3);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 1, 299, 2, 5 });
  assert_row (&aggregate, 2, (ProfAggregateRow){ 1, 0, 0, 1, 298, 2, 7 });
  prof_aggregate_finish (&aggregate);
}

/* Of a bucket that was full, the next one's search knows nothing. */
static void
test_a_full_bucket_is_forgotten (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 100, 10000);
  for (uint32_t stack = 1; stack <= 1000; stack++)
    add (&aggregate, stack, 50, 1);
  for (uint64_t time_ns = 100; time_ns < 1000; time_ns += 100)
    add (&aggregate, 1, time_ns, 1);
  add (&aggregate, 1, 999, 1);
  assert_int_equal (aggregate.rows.n, 1009);
  assert_row (&aggregate, 1008, (ProfAggregateRow){ 1, 0, 0, 2, 999, 4, 2 });
  assert_true (aggregate.index.n_slots <= 64);
  prof_aggregate_finish (&aggregate);
}

static void
test_threads_and_events_stay_apart (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 0, 1000);
  for (uint32_t i = 0; i < 8; i++) {
    ProfAggregateRow row = { 1, i % 2, i / 2 % 2, 1, i, 1, 1 };
    assert_int_equal (prof_aggregate_add (&aggregate, &row), 0);
  }
  assert_int_equal (aggregate.rows.n, 4);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 2, 4, 2, 2 });
  assert_row (&aggregate, 3, (ProfAggregateRow){ 1, 1, 1, 2, 7, 2, 2 });
  prof_aggregate_finish (&aggregate);
}

static void
test_a_full_aggregate_doubles_its_resolution (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 10, 4);
  for (uint64_t time_ns = 0; time_ns < 40; time_ns += 10)
    add (&aggregate, 1, time_ns, 1);
  assert_int_equal (aggregate.rows.n, 4);
  assert_int_equal (aggregate.resolution_ns, 10);
  add (&aggregate, 1, 40, 1);
  assert_int_equal (aggregate.resolution_ns, 20);
  assert_int_equal (aggregate.rows.n, 3);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 2, 10, 4, 2 });
  assert_row (&aggregate, 1, (ProfAggregateRow){ 1, 0, 0, 2, 30, 4, 2 });
  assert_row (&aggregate, 2, (ProfAggregateRow){ 1, 0, 0, 1, 40, 2, 1 });
  prof_aggregate_finish (&aggregate);
}

static void
test_rows_stay_bounded_and_totals_whole (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  double value = 0;
  prof_aggregate_init (&aggregate, 1000, 256);
  for (uint64_t i = 0; i < 100000; i++) {
    add (&aggregate, (uint32_t)(i % 16), i * 1000, 3);
    assert_true (aggregate.rows.n <= 256);
  }
  prof_vec_foreach (row, &aggregate.rows)
    value += row->value;
  assert_float_equal (value, 300000, 0);
  prof_aggregate_finish (&aggregate);
}

static void
test_more_stacks_than_rows_are_summed_without_stack (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  uint64_t n_samples = 0;
  double value = 0;
  prof_aggregate_init (&aggregate, 10000000, 16);
  for (uint32_t i = 0; i < 2000; i++) {
    ProfAggregateRow row = { .stack = 1 + i % 1000, .event = i % 2, .n_samples = 1, .value = 3 };
    assert_int_equal (prof_aggregate_add (&aggregate, &row), 0);
  }
  assert_int_equal (aggregate.resolution_ns, 0);
  assert_int_equal (aggregate.rows.n, 18);
  prof_vec_foreach (row, &aggregate.rows) {
    n_samples += row->n_samples;
    value += row->value;
  }
  assert_int_equal (n_samples, 2000);
  assert_float_equal (value, 6000, 0);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 2, 0, 0, 6 });
  assert_row (&aggregate, 15, (ProfAggregateRow){ 16, 0, 1, 2, 0, 0, 6 });
  assert_row (&aggregate, 16, (ProfAggregateRow){ 0, PROF_NO_THREAD, 0, 984, 0, 0, 2952 });
  assert_row (&aggregate, 17, (ProfAggregateRow){ 0, PROF_NO_THREAD, 1, 984, 0, 0, 2952 });
  assert_int_equal (aggregate.n_without_stack, 1968);

  ProfAggregate clone;
  assert_int_equal (prof_aggregate_clone (&aggregate, &clone), 0);
  assert_int_equal (clone.n_without_stack, 1968);
  prof_aggregate_finish (&clone);
  prof_aggregate_finish (&aggregate);
}

/* Spans go once times are as coarse as a second, and before anything else. */
static void
test_too_many_spans_are_forgotten (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 1000000, 16);
  for (uint32_t i = 0; i < 100; i++) {
    ProfAggregateRow row = { .stack = 1 + i % 2, .n_samples = 1, .value = 3, .span = i + 1 };
    assert_int_equal (prof_aggregate_add (&aggregate, &row), 0);
    assert_int_equal (aggregate.rows.n, i < 16 ? i + 1 : 2);
  }
  assert_int_equal (aggregate.resolution_ns, 1024000000);
  assert_int_equal (aggregate.n_without_span, 100);
  assert_int_equal (aggregate.n_without_stack, 0);
  assert_row (&aggregate, 0, (ProfAggregateRow){ 1, 0, 0, 50, 0, 0, 150 });
  assert_int_equal (aggregate.rows.items[0].span, 0);
  ProfAggregate clone;
  assert_int_equal (prof_aggregate_clone (&aggregate, &clone), 0);
  assert_int_equal (clone.n_without_span, 100);
  prof_aggregate_finish (&clone);
  prof_aggregate_finish (&aggregate);
}

static void
test_spans_stay_apart (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 0, 3);
  for (uint32_t i = 0; i < 9; i++) {
    ProfAggregateRow row = { .stack = 1, .n_samples = 1, .value = 3, .span = i % 3 };
    assert_int_equal (prof_aggregate_add (&aggregate, &row), 0);
  }
  assert_int_equal (aggregate.rows.n, 3);
  for (uint32_t i = 0; i < 3; i++)
    assert_int_equal (aggregate.rows.items[i].span, i);
  assert_int_equal (aggregate.n_without_span, 0);
  prof_aggregate_finish (&aggregate);
}

static void
test_a_sample_may_come_without_stack (void **state)
{
  (void)state;
  ProfAggregate aggregate;
  prof_aggregate_init (&aggregate, 1, 2);
  for (uint64_t time_ns = 0; time_ns < 100; time_ns++) {
    ProfAggregateRow row = { 0, PROF_NO_THREAD, 0, 1, time_ns, 1, 1 };
    assert_int_equal (prof_aggregate_add (&aggregate, &row), 0);
  }
  assert_true (aggregate.rows.n <= 2);
  assert_int_equal (aggregate.n_without_stack, 100);
  prof_aggregate_finish (&aggregate);
}

static void
test_a_clone_is_a_copy (void **state)
{
  (void)state;
  ProfAggregate aggregate, clone;
  prof_aggregate_init (&aggregate, 10, 16);
  add (&aggregate, 1, 5, 1);
  assert_int_equal (prof_aggregate_clone (&aggregate, &clone), 0);
  add (&aggregate, 1, 6, 1);
  assert_int_equal (clone.rows.n, 1);
  assert_row (&clone, 0, (ProfAggregateRow){ 1, 0, 0, 1, 5, 2, 1 });
  assert_int_equal (clone.resolution_ns, 10);
  prof_aggregate_finish (&clone);
  prof_aggregate_finish (&aggregate);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sums_what_is_in_one_bucket),
    cmocka_unit_test (test_a_late_sample_is_kept),
    cmocka_unit_test (test_a_full_bucket_is_forgotten),
    cmocka_unit_test (test_threads_and_events_stay_apart),
    cmocka_unit_test (test_a_full_aggregate_doubles_its_resolution),
    cmocka_unit_test (test_rows_stay_bounded_and_totals_whole),
    cmocka_unit_test (test_more_stacks_than_rows_are_summed_without_stack),
    cmocka_unit_test (test_too_many_spans_are_forgotten),
    cmocka_unit_test (test_spans_stay_apart),
    cmocka_unit_test (test_a_sample_may_come_without_stack),
    cmocka_unit_test (test_a_clone_is_a_copy),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
