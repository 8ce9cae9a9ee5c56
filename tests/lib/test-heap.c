/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "heap-fixture.h"

static ProfHeap *
new_known_heap (void)
{
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main;late", 1, 500, 8000, NEVER);
  add_blocks (profile, "main;cache", 2, 1000, 1000, NEVER);
  add_blocks (profile, "main;work", 4, 3000, 2000, 6000);
  add_blocks (profile, "main;work", 1, 100, 3000, 3001);
  return new_heap (profile);
}

static void
test_summary (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  ProfHeapSummary summary = summarize (heap);
  assert_int_equal (summary.start_ns, START);
  assert_int_equal (summary.end_ns, START + 10000 * MS);
  assert_true (summary.has_times && summary.has_frees);
  assert_int_equal (summary.allocated_bytes, 4600);
  assert_int_equal (summary.allocated_objects, 8);
  assert_int_equal (summary.live_bytes, 1500);
  assert_int_equal (summary.live_objects, 3);
  assert_int_equal (summary.n_samples, 4);
  assert_int_equal (summary.n_processes, 0);
  prof_heap_free (heap);
}

static void
test_processes_and_threads (void **state)
{
  (void)state;
  static const int64_t ids[][2] = { { 10, 10 }, { 10, 11 }, { 20, 10 }, { 10, 11 }, { 20, 20 } };
  ProfProfile *profile = new_heap_profile ();
  for (size_t i = 0; i < 5; i++) {
    uint32_t sample = add_blocks (profile, "main", 1, 1, 1, NEVER);
    label (profile, sample, "pid", ids[i][0], "");
    label (profile, sample, "tid", ids[i][1], "");
  }
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).n_processes, 2);
  assert_int_equal (summarize (heap).n_threads, 4);
  prof_heap_free (heap);
}

static void
test_timeline (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_timeline (heap, 0, 10000, 6,
                   "0 0/0 +0/0 -0/0\n"
                   "2000 4000/6 +4000/6 -0/0\n"
                   "4000 4000/6 +100/1 -100/1\n"
                   "6000 1000/2 +0/0 -3000/4\n"
                   "8000 1500/3 +500/1 -0/0\n"
                   "10000 1500/3 +0/0 -0/0\n");
  prof_heap_free (heap);
}

static int64_t
sum_values (const ProfProfile *profile, size_t type)
{
  int64_t sum = 0;
  for (size_t i = type; i < profile->values.n; i += profile->value_types.n)
    sum += profile->values.items[i];
  return sum;
}

/* A process that held 300 bytes when it ended, before another one took 200. */
static void
test_what_a_process_held_goes_with_it (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  uint32_t held = add_blocks (profile, "main;first", 3, 300, 1000, NEVER);
  label (profile, held, "exited_timestamp_ns", START + 4000 * MS, "nanoseconds");
  add_blocks (profile, "main;second", 2, 200, 6000, NEVER);
  ProfHeap *heap = new_heap (profile);
  assert_timeline (heap, 0, 10000, 6,
                   "0 0/0 +0/0 -0/0\n"
                   "2000 300/3 +300/3 -0/0\n"
                   "4000 0/0 +0/0 -300/3\n"
                   "6000 200/2 +200/2 -0/0\n"
                   "8000 200/2 +0/0 -0/0\n"
                   "10000 200/2 +0/0 -0/0\n");
  ProfHeapPoint peak;
  prof_heap_get_peak (heap, &peak);
  assert_int_equal (peak.live_bytes, 300);
  assert_int_equal (summarize (heap).live_bytes, 500);
  assert_int_equal (summarize (heap).live_objects, 5);

  static const int64_t expected[][2] = { { PROF_HEAP_LIVE_AT, 200 },
                                         { PROF_HEAP_LIVE_AT_PEAK, 300 },
                                         { PROF_HEAP_LEAKED, 500 },
                                         { PROF_HEAP_TEMPORARY, 0 } };
  for (size_t i = 0; i < 4; i++) {
    ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
    ProfProfile *selected;
    selection.kind = (ProfHeapSelectionKind)expected[i][0];
    selection.max_lifetime_ns = INT64_MAX;
    assert_int_equal (prof_heap_select (heap, &selection, &selected, NULL), 0);
    assert_int_equal (sum_values (selected, 1), expected[i][1]);
    prof_profile_unref (selected);
  }
  prof_heap_free (heap);
}

static void
test_timeline_of_a_part_begins_with_what_was_live (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_timeline (heap, 3000, 3001, 2,
                   "3000 4100/7 +100/1 -0/0\n"
                   "3001 4000/6 +0/0 -100/1\n");
  assert_timeline (heap, 2000, 2000, 3,
                   "2000 4000/6 +3000/4 -0/0\n"
                   "2000 4000/6 +0/0 -0/0\n"
                   "2000 4000/6 +0/0 -0/0\n");
  assert_timeline (heap, -5000, -1000, 2, "-5000 0/0 +0/0 -0/0\n-1000 0/0 +0/0 -0/0\n");
  prof_heap_free (heap);
}

static void
test_timeline_refuses (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  ProfHeapPoint *points;
  assert_int_equal (prof_heap_get_timeline (heap, 0, 1, 1, &points), -EINVAL);
  assert_int_equal (prof_heap_get_timeline (heap, 1, 0, 2, &points), -EINVAL);
  assert_int_equal (prof_heap_get_timeline (heap, 0, 1, SIZE_MAX, &points), -EINVAL);
  assert_int_equal (prof_heap_get_timeline (NULL, 0, 1, 2, &points), -EINVAL);
  prof_heap_free (heap);
}

static void
test_timeline_of_all_of_time (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  ProfHeapPoint *points;
  assert_int_equal (prof_heap_get_timeline (heap, INT64_MIN, INT64_MAX, 3, &points), 0);
  assert_int_equal (points[0].time_ns, INT64_MIN);
  assert_int_equal (points[1].time_ns, -1);
  assert_int_equal (points[2].time_ns, INT64_MAX);
  assert_int_equal (points[2].live_bytes, 1500);
  assert_int_equal (points[2].freed_bytes, 3100);
  free (points);
  prof_heap_free (heap);
}

static void
test_peak (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_peak (heap, "3000 4100/7 +4100/7 -0/0\n");
  prof_heap_free (heap);
}

static void
test_peak_is_the_first_of_equals_and_counts_frees_of_its_moment (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "a", 1, 100, 1000, 2000);
  add_blocks (profile, "b", 1, 100, 2000, 3000);
  add_blocks (profile, "c", 1, 90, 2000, 2000);
  ProfHeap *heap = new_heap (profile);
  assert_peak (heap, "1000 100/1 +100/1 -0/0\n");
  prof_heap_free (heap);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_summary),
    cmocka_unit_test (test_processes_and_threads),
    cmocka_unit_test (test_timeline),
    cmocka_unit_test (test_what_a_process_held_goes_with_it),
    cmocka_unit_test (test_timeline_of_a_part_begins_with_what_was_live),
    cmocka_unit_test (test_timeline_refuses),
    cmocka_unit_test (test_timeline_of_all_of_time),
    cmocka_unit_test (test_peak),
    cmocka_unit_test (test_peak_is_the_first_of_equals_and_counts_frees_of_its_moment),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
