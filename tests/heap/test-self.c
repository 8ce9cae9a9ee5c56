/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/prof.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

/* A program that links libprof-heap and libprof records itself. */

enum { N_BLOCKS = 1000, BLOCK_BYTES = 1000, N_ROUNDS = 5 };

static void *kept[N_BLOCKS];

static __attribute__ ((noinline)) void
keep_blocks (void)
{
  for (int i = 0; i < N_BLOCKS; i++)
    kept[i] = malloc (BLOCK_BYTES);
}

static __attribute__ ((noinline)) void
release_blocks (void)
{
  for (int i = 0; i < N_BLOCKS; i++)
    free (kept[i]);
}

static __attribute__ ((noinline)) void
churn (void)
{
  for (int i = 0; i < N_BLOCKS; i++) {
    void *volatile block = calloc (1, 300);
    free (block);
  }
}

static ProfMemoryProfiler *
start (void)
{
  ProfMemoryConfig config = PROF_MEMORY_CONFIG_INIT;
  ProfMemoryProfiler *profiler = NULL;
  ProfError error = PROF_ERROR_INIT;
  config.sampling_rate = 1;
  config.min_sample_size = 0;
  config.ring_bytes = 256u << 20; /* nothing may be lost on a busy machine */
  if (prof_memory_profiler_new (&config, &profiler, &error) < 0
      || prof_memory_profiler_start (profiler, &error) < 0)
    fail_msg ("%s", error.message);
  return profiler;
}

static ProfProfile *
finish (ProfMemoryProfiler *profiler)
{
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_memory_profiler_stop (profiler, &error) < 0
      || prof_memory_profiler_generate_profile (profiler, &profile, &error) < 0)
    fail_msg ("%s", error.message);
  assert_null (prof_memory_profiler_free (profiler));
  return profile;
}

static bool
has_function (const ProfProfile *profile, const ProfSample *sample, const char *name)
{
  size_t n;
  const uint32_t *stack = prof_profile_get_stacks (profile, &n) + sample->first_location;
  const ProfLocation *locations = prof_profile_get_locations (profile, &n);
  const ProfLine *lines = prof_profile_get_lines (profile, &n);
  const ProfFunction *functions = prof_profile_get_functions (profile, &n);
  for (uint32_t i = 0; i < sample->n_locations; i++)
    for (uint32_t k = 0; k < locations[stack[i]].n_lines; k++) {
      uint32_t function = lines[locations[stack[i]].first_line + k].function;
      if (strcmp (prof_profile_get_string (profile, functions[function].name), name) == 0)
        return true;
    }
  return false;
}

/* The sum over the samples with a function. */
static int64_t
get_sum (const ProfProfile *profile, const char *type, const char *function)
{
  size_t n_samples, n_types, n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n);
  int column = prof_profile_find_value_type (profile, type);
  int64_t sum = 0;
  assert_true (column >= 0);
  prof_profile_get_value_types (profile, &n_types);
  for (size_t i = 0; i < n_samples; i++)
    if (has_function (profile, &samples[i], function))
      sum += values[i * n_types + (size_t)column];
  return sum;
}

static void
test_every_allocation_is_there (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start ();
  keep_blocks ();
  churn ();
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  prof_memory_profiler_get_stats (profiler, &stats);
  assert_true (prof_memory_profiler_is_running (profiler));
  ProfProfile *profile = finish (profiler);
  assert_int_equal (get_sum (profile, "alloc_space", "keep_blocks"), N_BLOCKS * BLOCK_BYTES);
  assert_int_equal (get_sum (profile, "inuse_space", "keep_blocks"), N_BLOCKS * BLOCK_BYTES);
  assert_int_equal (get_sum (profile, "alloc_objects", "churn"), N_BLOCKS);
  assert_int_equal (get_sum (profile, "inuse_objects", "churn"), 0);
  prof_profile_unref (profile);
  release_blocks ();
}

static void
test_nothing_is_recorded_between_recordings (void **state)
{
  (void)state;
  for (int i = 0; i < 20; i++) {
    ProfMemoryProfiler *profiler = start ();
    churn ();
    ProfProfile *profile = finish (profiler);
    keep_blocks ();
    release_blocks ();
    assert_int_equal (get_sum (profile, "alloc_objects", "churn"), N_BLOCKS);
    assert_int_equal (get_sum (profile, "alloc_objects", "keep_blocks"), 0);
    prof_profile_unref (profile);
  }
}

/* It allocates while it reads, and more so with every allocation of the program. */
static void
test_the_recorder_is_not_recorded (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start ();
  for (int i = 0; i < N_ROUNDS; i++) {
    keep_blocks ();
    release_blocks ();
  }
  ProfProfile *profile = finish (profiler);
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n);
  assert_true (n > 0);
  for (size_t i = 0; i < n; i++)
    assert_string_not_equal (prof_profile_get_string (profile, labels[i].string), "prof-collector");
  prof_profile_unref (profile);
}

/* Freed in a recording that did not see them allocated: no harm. */
static void
test_blocks_of_before (void **state)
{
  (void)state;
  keep_blocks ();
  ProfMemoryProfiler *profiler = start ();
  release_blocks ();
  churn ();
  ProfProfile *profile = finish (profiler);
  assert_int_equal (get_sum (profile, "inuse_space", "keep_blocks"), 0);
  assert_int_equal (get_sum (profile, "alloc_objects", "churn"), N_BLOCKS);
  prof_profile_unref (profile);
}

static void *
run_churn (void *data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    churn ();
  return data;
}

static void
test_threads (void **state)
{
  (void)state;
  enum { N_THREADS = 4 };
  pthread_t threads[N_THREADS];
  ProfMemoryProfiler *profiler = start ();
  for (int i = 0; i < N_THREADS; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, run_churn, NULL), 0);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  prof_memory_profiler_stop (profiler, NULL);
  prof_memory_profiler_get_stats (profiler, &stats);
  ProfProfile *profile = finish (profiler);
  assert_int_equal (stats.dropped_samples, 0);
  assert_int_equal (get_sum (profile, "alloc_objects", "run_churn"),
                    N_THREADS * N_ROUNDS * N_BLOCKS);
  assert_int_equal (get_sum (profile, "inuse_objects", "run_churn"), 0);
  prof_profile_unref (profile);
}

static const char *
get_label (const ProfProfile *profile, const ProfSample *sample, const char *key)
{
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n) + sample->first_label;
  for (uint32_t i = 0; i < sample->n_labels; i++)
    if (strcmp (prof_profile_get_string (profile, labels[i].key), key) == 0)
      return prof_profile_get_string (profile, labels[i].string);
  return "";
}

static void
assert_spans (const ProfProfile *profile, const char *function, const char *span)
{
  size_t n, n_found = 0;
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  for (size_t i = 0; i < n; i++)
    if (has_function (profile, &samples[i], function)) {
      assert_string_equal (get_label (profile, &samples[i], "span_id"), span);
      n_found++;
    }
  assert_true (n_found > 0);
}

static void *
run_in_spans (void *data)
{
  static const ProfTraceLink first = { .trace_id = { 1 }, .span_id = { 1 } };
  static const ProfTraceLink second = { .trace_id = { 1 }, .span_id = { 2 } };
  for (int i = 0; i < N_ROUNDS; i++) {
    prof_trace_set_current (&first);
    churn ();
    prof_trace_set_current (&second);
    keep_blocks ();
    prof_trace_set_current (NULL);
    release_blocks ();
  }
  return data;
}

/* Samples are in the span that their thread was in, as long as the thread lives and after it. */
static void
test_spans (void **state)
{
  (void)state;
  pthread_t thread;
  ProfMemoryProfiler *profiler = start ();
  assert_int_equal (pthread_create (&thread, NULL, run_in_spans, NULL), 0);
  pthread_join (thread, NULL);
  ProfProfile *profile = finish (profiler);
  assert_spans (profile, "churn", "0100000000000000");
  assert_spans (profile, "keep_blocks", "0200000000000000");
  prof_profile_unref (profile);
}

static void
test_one_recording_at_a_time (void **state)
{
  (void)state;
  ProfMemoryConfig config = PROF_MEMORY_CONFIG_INIT;
  ProfMemoryProfiler *first = start (), *second;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_memory_profiler_new (&config, &second, &error), 0);
  assert_int_equal (prof_memory_profiler_start (second, &error), -EBUSY);
  assert_non_null (strstr (error.message, "already"));
  prof_memory_profiler_free (second);
  churn ();
  ProfProfile *profile = finish (first);
  assert_int_equal (get_sum (profile, "alloc_objects", "churn"), N_BLOCKS);
  prof_profile_unref (profile);
}

/* The child's blocks are its own, and it is not recorded. */
static void
test_fork (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start ();
  churn ();
  pid_t child = fork ();
  if (child == 0) {
    alarm (60);
    keep_blocks ();
    release_blocks ();
    bool is_refused = prof_memory_profiler_stop (profiler, NULL) == -EOWNERDEAD;
    prof_memory_profiler_get_notes (profiler);
    prof_memory_profiler_free (profiler);
    _exit (is_refused ? 7 : 1);
  }
  int status;
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 7);
  ProfProfile *profile = finish (profiler);
  assert_int_equal (get_sum (profile, "alloc_objects", "keep_blocks"), 0);
  assert_int_equal (get_sum (profile, "alloc_objects", "churn"), N_BLOCKS);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_allocation_is_there),
    cmocka_unit_test (test_nothing_is_recorded_between_recordings),
    cmocka_unit_test (test_the_recorder_is_not_recorded),
    cmocka_unit_test (test_blocks_of_before),
    cmocka_unit_test (test_threads),
    cmocka_unit_test (test_spans),
    cmocka_unit_test (test_one_recording_at_a_time),
    cmocka_unit_test (test_fork),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
