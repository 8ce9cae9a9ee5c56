/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka needs those before it. */
#include <cmocka.h>
#include <prof/session.h>

#include "layout/timeline.h"

static ProfProfile *
make_profile (const char *type, const char *unit)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_profile_add_value_type (profile, type, unit), 0);
  return profile;
}

/* tid 0: without labels of a thread; time 0: without a time. */
static int
add_sample (ProfProfile *profile, int64_t time_ns, int64_t tid, const char *thread, int64_t value)
{
  int sample = prof_profile_add_sample (profile, NULL, 0, &value);
  assert_true (sample >= 0);
  if (time_ns != 0)
    prof_profile_add_number_label (profile, (uint32_t)sample, "end_timestamp_ns", time_ns,
                                   "nanoseconds");
  if (tid != 0) {
    prof_profile_add_number_label (profile, (uint32_t)sample, "tid", tid, NULL);
    prof_profile_add_label (profile, (uint32_t)sample, "thread", thread);
  }
  return sample;
}

static PyroTimeline *
make_timeline (ProfProfile *profile, int64_t start_ns, int64_t end_ns, uint32_t max_threads)
{
  PyroTimeline *timeline;
  assert_int_equal (pyro_timeline_new (profile, 0, start_ns, end_ns, 4, max_threads, &timeline), 0);
  return timeline;
}

static void
assert_values (const PyroLane *lane, double a, double b, double c, double d)
{
  const double expected[] = { a, b, c, d };
  for (int i = 0; i < 4; i++)
    assert_float_equal (lane->values[i], expected[i], 0);
}

static void
the_extent_is_that_of_samples_and_recording (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  int64_t start_ns, end_ns;
  assert_false (pyro_timeline_get_extent (profile, &start_ns, &end_ns));
  add_sample (profile, 0, 1, "a", 5);
  assert_false (pyro_timeline_get_extent (profile, &start_ns, &end_ns));
  add_sample (profile, 150, 1, "a", 5);
  assert_true (pyro_timeline_get_extent (profile, &start_ns, &end_ns));
  assert_int_equal (start_ns, 150);
  assert_int_equal (end_ns, 151);
  prof_profile_set_time (profile, 100, 200);
  assert_true (pyro_timeline_get_extent (profile, &start_ns, &end_ns));
  assert_int_equal (start_ns, 100);
  assert_int_equal (end_ns, 300);
  prof_profile_set_time (profile, 1000, 200); /* of another clock */
  assert_true (pyro_timeline_get_extent (profile, &start_ns, &end_ns));
  assert_int_equal (start_ns, 150);
  assert_int_equal (end_ns, 151);
  prof_profile_unref (profile);
}

static void
the_busiest_thread_is_first (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  add_sample (profile, 100, 1, "idle", 1);
  add_sample (profile, 110, 2, "busy", 7);
  add_sample (profile, 139, 2, "busy", -2);
  add_sample (profile, 140, 2, "busy", 50); /* past the end */
  add_sample (profile, 120, 2, "busy", 0);
  PyroTimeline *timeline = make_timeline (profile, 100, 140, 8);
  assert_int_equal (timeline->n_lanes, 2);
  assert_string_equal (timeline->lanes[0].name, "busy");
  assert_int_equal (timeline->lanes[0].tid, 2);
  assert_values (&timeline->lanes[0], 0, 7, 0, 2);
  assert_values (&timeline->lanes[1], 1, 0, 0, 0);
  assert_true (timeline->lanes[1].top == 7);
  assert_true (pyro_timeline_get_top (timeline, 0, 0, 0.1) == 0);
  assert_true (pyro_timeline_get_top (timeline, 0, 0.3, 0.3) == 7);
  assert_true (pyro_timeline_get_top (timeline, 0, 0.6, 2) == 2);
  pyro_timeline_free (timeline);
  prof_profile_unref (profile);
}

static void
many_threads_share_a_row (void **state)
{
  (void)state;
  enum { N_THREADS = 100000 };
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  for (int i = 1; i <= N_THREADS; i++)
    add_sample (profile, 100 + i % 4, i, "worker", i == 77 ? 2 : 1);
  PyroTimeline *timeline = make_timeline (profile, 100, 104, 2);
  assert_int_equal (timeline->n_lanes, 3);
  assert_int_equal (timeline->lanes[0].tid, 77);
  assert_int_equal (timeline->lanes[2].kind, PYRO_LANE_OTHERS);
  assert_int_equal (timeline->lanes[2].n_threads, N_THREADS - 2);
  assert_true (timeline->lanes[2].total == N_THREADS - 2);
  pyro_timeline_free (timeline);
  prof_profile_unref (profile);
}

static void
one_sample_without_a_thread (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  add_sample (profile, 100, 0, NULL, 3);
  PyroTimeline *timeline = make_timeline (profile, 100, 101, 8);
  assert_int_equal (timeline->n_lanes, 1);
  assert_string_equal (timeline->lanes[0].name, "");
  assert_values (&timeline->lanes[0], 3, 0, 0, 0);
  pyro_timeline_free (timeline);
  assert_int_equal (pyro_timeline_new (profile, 0, 100, 100, 4, 8, &timeline), -EINVAL);
  assert_int_equal (pyro_timeline_new (profile, 1, 100, 101, 4, 8, &timeline), -EINVAL);
  assert_int_equal (pyro_timeline_new (profile, 0, 100, 101, 0, 8, &timeline), -EINVAL);
  prof_profile_unref (profile);
}

static void
a_heap_has_bytes_over_time (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("alloc_space", "bytes");
  static const int64_t freed_ns[] = { 125, 139 };
  for (int i = 0; i < 2; i++) {
    int block = add_sample (profile, 100 + 15 * i, 1, "a", 64 / (i + 1));
    prof_profile_add_number_label (profile, (uint32_t)block, "freed_timestamp_ns", freed_ns[i],
                                   "nanoseconds");
  }
  assert_true (pyro_timeline_is_heap (profile, 0));
  PyroTimeline *timeline = make_timeline (profile, 100, 140, 8);
  assert_int_equal (timeline->n_lanes, 2);
  assert_int_equal (timeline->lanes[0].kind, PYRO_LANE_LIVE);
  assert_values (&timeline->lanes[0], 64, 96, 32, 0);
  assert_int_equal (timeline->lanes[1].kind, PYRO_LANE_ALLOCATED);
  assert_values (&timeline->lanes[1], 64, 32, 0, 0);
  pyro_timeline_free (timeline);
  prof_profile_unref (profile);
}

/* One with a counter that is read twice. */
static void
add_session (ProfProfile *profile, const uint64_t *times_ns, const int64_t *values)
{
  const ProfSessionSeries series[] = {
    { "process.memory.rss", "bytes", times_ns, values, 2 },
    { "process.cpu.time", "nanoseconds", times_ns, values, 2 },
  };
  ProfSession session = PROF_SESSION_INIT;
  session.series = series;
  session.n_series = 2;
  assert_int_equal (prof_profile_add_session (profile, &session), 0);
}

static void
counters_hold_until_the_next_reading (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  add_sample (profile, 100, 1, "a", 3);
  add_session (profile, (uint64_t[]){ 111, 131 }, (int64_t[]){ 5, 9 });
  PyroTimeline *timeline = make_timeline (profile, 100, 140, 8);
  assert_int_equal (timeline->n_lanes, 2);
  assert_int_equal (timeline->lanes[1].kind, PYRO_LANE_COUNTER);
  assert_string_equal (timeline->lanes[1].name, "process.memory.rss");
  assert_values (&timeline->lanes[1], 0, 5, 5, 9);
  pyro_timeline_free (timeline);
  prof_profile_unref (profile);
}

static void
counters_of_several_recordings_share_a_row (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ("cpu", "nanoseconds");
  add_sample (profile, 100, 1, "a", 3);
  add_session (profile, (uint64_t[]){ 131, 132 }, (int64_t[]){ 8, 9 });
  add_session (profile, (uint64_t[]){ 101, 103 }, (int64_t[]){ 5, 6 });
  PyroTimeline *timeline = make_timeline (profile, 100, 140, 8);
  assert_int_equal (timeline->n_lanes, 2);
  assert_values (&timeline->lanes[1], 6, 0, 0, 9);
  pyro_timeline_free (timeline);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (the_extent_is_that_of_samples_and_recording),
    cmocka_unit_test (the_busiest_thread_is_first),
    cmocka_unit_test (many_threads_share_a_row),
    cmocka_unit_test (one_sample_without_a_thread),
    cmocka_unit_test (a_heap_has_bytes_over_time),
    cmocka_unit_test (counters_hold_until_the_next_reading),
    cmocka_unit_test (counters_of_several_recordings_share_a_row),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
