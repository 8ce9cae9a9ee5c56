/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/span-join.h"

#include <unistd.h>

#include "base/clock.h"
#include "tests.h"

static void
set (uint8_t number)
{
  ProfTraceLink link = { .trace_id = { number }, .span_id = { number } };
  prof_trace_set_current (number != 0 ? &link : NULL);
}

static uint32_t
find_now (ProfSpanJoin *join)
{
  uint32_t number = 77;
  assert_int_equal (prof_span_join_find (join, (uint32_t)gettid (), prof_monotonic_ns (), &number),
                    0);
  return number;
}

static void
test_spans_have_numbers (void **state)
{
  (void)state;
  ProfSpanJoin join = { .max_spans = 0 };
  set (1);
  assert_int_equal (find_now (&join), 0);
  prof_span_join_begin (&join);
  assert_int_equal (find_now (&join), 1);
  set (2);
  assert_int_equal (find_now (&join), 2);
  set (1);
  assert_int_equal (find_now (&join), 1);
  set (0);
  assert_int_equal (find_now (&join), 0);
  assert_int_equal (join.spans.n, 2);
  assert_int_equal (join.spans.items[1].span_id[0], 2);
  assert_int_equal (join.n_lost, 0);
  prof_span_join_end (&join);
  set (1);
  assert_int_equal (find_now (&join), 0);
  prof_span_join_finish (&join);
  set (0);
}

static void
test_spans_are_bounded (void **state)
{
  (void)state;
  ProfSpanJoin join = { .max_spans = 2 };
  prof_span_join_begin (&join);
  for (uint8_t i = 1; i <= 5; i++) {
    set (i);
    assert_int_equal (find_now (&join), i <= 2 ? i : 0);
  }
  assert_int_equal (join.n_lost, 3);
  set (2);
  assert_int_equal (find_now (&join), 2);
  prof_span_join_finish (&join);
  set (0);
}

/* More switches between a sample and its look-up than are logged. */
static void
test_what_was_overwritten_is_counted (void **state)
{
  (void)state;
  ProfSpanJoin join = { .max_spans = 0 };
  uint32_t number;
  prof_span_join_begin (&join);
  set (1);
  uint64_t time_ns = prof_monotonic_ns ();
  for (unsigned i = 0; i < PROF_SPAN_ENTRIES; i++)
    set (1 + i % 2);
  assert_int_equal (prof_span_join_find (&join, (uint32_t)gettid (), time_ns, &number), 0);
  assert_int_equal (number, 0);
  assert_int_equal (join.n_lost, 1);
  prof_span_join_finish (&join);
  set (0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_spans_have_numbers),
    cmocka_unit_test (test_spans_are_bounded),
    cmocka_unit_test (test_what_was_overwritten_is_counted),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
