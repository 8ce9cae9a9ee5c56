/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "heap-fixture.h"

static void
test_no_samples (void **state)
{
  (void)state;
  ProfHeap *heap = new_heap (new_heap_profile ());
  ProfHeapSummary summary = summarize (heap);
  assert_false (summary.has_times);
  assert_int_equal (summary.start_ns, START + 10000 * MS);
  assert_int_equal (summary.end_ns, START + 10000 * MS);
  assert_peak (heap, "10000 0/0 +0/0 -0/0\n");
  assert_timeline (heap, 0, 1, 2, "0 0/0 +0/0 -0/0\n1 0/0 +0/0 -0/0\n");
  prof_heap_free (heap);
}

static void
test_one_moment (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  prof_profile_set_time (profile, 0, 0);
  add_blocks (profile, "main", 1, 7, 5, NEVER);
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).start_ns, START + 5 * MS);
  assert_int_equal (summarize (heap).end_ns, START + 5 * MS);
  assert_peak (heap, "5 7/1 +7/1 -0/0\n");
  prof_heap_free (heap);
}

static void
test_freed_when_or_before_it_was_allocated (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "same", 1, 100, 2000, 2000);
  add_blocks (profile, "before", 1, 10, 4000, 3000);
  ProfHeap *heap = new_heap (profile);
  assert_timeline (heap, 2000, 4000, 3,
                   "2000 0/0 +100/1 -100/1\n"
                   "3000 0/0 +0/0 -0/0\n"
                   "4000 0/0 +10/1 -10/1\n");
  assert_peak (heap, "0 0/0 +0/0 -0/0\n");
  prof_heap_free (heap);
}

/* A time that can't be is none: then the block is there from the start, and what is in use says
 * whether it was freed. */
static void
test_absurd_times (void **state)
{
  (void)state;
  const int64_t used[] = { 1, 10, 1, 10 }, freed[] = { 1, 100, 0, 0 };
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main", 1, 1, 5000, NEVER);
  uint32_t sample = add_heap_sample (profile, "main", used);
  label (profile, sample, "end_timestamp_ns", -5, "nanoseconds");
  sample = add_heap_sample (profile, "main", freed);
  label (profile, sample, "end_timestamp_ns", START + 2000 * MS, "microseconds");
  label (profile, sample, "freed_timestamp_ns", START + 3000 * MS, "furlongs");
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).start_ns, START);
  assert_int_equal (summarize (heap).end_ns, START + 10000 * MS);
  assert_timeline (heap, 0, 5000, 2, "0 10/1 +110/2 -100/1\n5000 11/2 +1/1 -0/0\n");
  prof_heap_free (heap);
}

static void
test_times_outside_of_the_recording_widen_it (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main", 1, 1, -1000, 12000);
  uint32_t sample = add_blocks (profile, "main", 1, 1, 11000, NEVER);
  label (profile, sample, "freed_timestamp_ns", INT64_MAX, "nanoseconds");
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).start_ns, START - 1000 * MS);
  assert_int_equal (summarize (heap).end_ns, INT64_MAX - 1);
  assert_int_equal (summarize (heap).live_bytes, 0);
  prof_heap_free (heap);
}

static void
test_sums_stop_at_the_ends (void **state)
{
  (void)state;
  const int64_t most[] = { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX };
  ProfProfile *profile = new_heap_profile ();
  for (int i = 0; i < 3; i++) {
    uint32_t sample = add_heap_sample (profile, "main", most);
    label (profile, sample, "end_timestamp_ns", START + i * 1000 * MS, "nanoseconds");
    if (i < 2)
      label (profile, sample, "freed_timestamp_ns", START + (i + 5) * 1000 * MS, "nanoseconds");
  }
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).allocated_bytes, INT64_MAX);
  assert_int_equal (summarize (heap).live_bytes, INT64_MAX);
  ProfHeapPoint peak;
  prof_heap_get_peak (heap, &peak);
  assert_int_equal (peak.time_ns, START);
  assert_int_equal (peak.live_objects, INT64_MAX);
  prof_heap_free (heap);
}

static void
test_negative_values (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "base", -1, -100, 1000, NEVER);
  add_blocks (profile, "new", 1, 60, 2000, NEVER);
  ProfHeap *heap = new_heap (profile);
  assert_timeline (heap, 1000, 2000, 2, "1000 -100/-1 +-100/-1 -0/0\n2000 -40/0 +60/1 -0/0\n");
  assert_peak (heap, "0 0/0 +0/0 -0/0\n");
  prof_heap_free (heap);
}

/* ---- other profiles ---- */

static void
test_only_the_end_is_known_of_a_profile_without_times (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_heap_sample (profile, "main;go", (int64_t[]){ 10, 1000, 3, 300 });
  add_heap_sample (profile, "main;gone", (int64_t[]){ 1, 50, 0, 0 });
  ProfHeap *heap = new_heap (profile);
  ProfHeapSummary summary = summarize (heap);
  assert_false (summary.has_times);
  assert_true (summary.has_frees);
  assert_int_equal (summary.start_ns, summary.end_ns);
  assert_int_equal (summary.allocated_bytes, 1050);
  assert_int_equal (summary.live_bytes, 300);
  assert_int_equal (summary.live_objects, 3);
  assert_peak (heap, "10000 300/3 +1050/11 -750/8\n");
  prof_heap_free (heap);
}

static void
test_of_live_blocks_alone (void **state)
{
  (void)state;
  ProfProfile *profile = new_typed_profile (
      (const char *[]){ "inuse_objects", "count", "inuse_space", "bytes", NULL });
  add_heap_sample (profile, "main", (int64_t[]){ 2, 64 });
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (summarize (heap).allocated_bytes, 64);
  assert_int_equal (summarize (heap).live_objects, 2);
  prof_heap_free (heap);
}

static void
test_of_allocations_alone (void **state)
{
  (void)state;
  ProfProfile *profile = new_typed_profile (
      (const char *[]){ "alloc_objects", "count", "alloc_space", "bytes", NULL });
  add_heap_sample (profile, "main", (int64_t[]){ 2, 64 });
  ProfHeap *heap = new_heap (profile);
  assert_false (summarize (heap).has_frees);
  assert_int_equal (summarize (heap).allocated_bytes, 64);
  assert_int_equal (summarize (heap).live_bytes, 0);
  ProfHeapPoint peak;
  prof_heap_get_peak (heap, &peak);
  assert_int_equal (peak.live_bytes, 0);
  prof_heap_free (heap);
}

static void
test_joined_with_cpu_time (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile (), *memory = new_heap_profile (), *both = NULL;
  prof_profile_set_time (cpu, START, 10000 * MS);
  uint32_t sample = add_stack (cpu, "main;work", 5);
  label (cpu, sample, "end_timestamp_ns", START + 9000 * MS, "nanoseconds");
  add_blocks (memory, "main;work", 1, 32, 1000, 2000);
  assert_int_equal (prof_profile_join (cpu, memory, &both, NULL), 0);
  ProfHeap *heap = new_heap (both);
  assert_int_equal (summarize (heap).n_samples, 1);
  assert_peak (heap, "1000 32/1 +32/1 -0/0\n");
  prof_heap_free (heap);
  prof_profile_unref (cpu);
  prof_profile_unref (memory);
}

static void
test_other_profiles_are_refused (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile ();
  ProfProfile *odd = new_typed_profile ((const char *[]){ "inuse_space", "kilobytes", NULL });
  ProfHeap *heap;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_heap_new (cpu, &heap, &error), -EINVAL);
  assert_non_null (strstr (error.message, "alloc_space or inuse_space in bytes"));
  assert_int_equal (prof_heap_new (odd, &heap, NULL), -EINVAL);
  assert_int_equal (prof_heap_new (NULL, &heap, NULL), -EINVAL);
  assert_null (prof_heap_free (NULL));
  prof_profile_unref (cpu);
  prof_profile_unref (odd);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_no_samples),
    cmocka_unit_test (test_one_moment),
    cmocka_unit_test (test_freed_when_or_before_it_was_allocated),
    cmocka_unit_test (test_absurd_times),
    cmocka_unit_test (test_times_outside_of_the_recording_widen_it),
    cmocka_unit_test (test_sums_stop_at_the_ends),
    cmocka_unit_test (test_negative_values),
    cmocka_unit_test (test_only_the_end_is_known_of_a_profile_without_times),
    cmocka_unit_test (test_of_live_blocks_alone),
    cmocka_unit_test (test_of_allocations_alone),
    cmocka_unit_test (test_joined_with_cpu_time),
    cmocka_unit_test (test_other_profiles_are_refused),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
