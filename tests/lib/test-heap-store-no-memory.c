/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-store.h"

#include "engine/known-stacks.h"
#include "failing-allocations.h"
#include "heap-recorder.h"

static const ProfHeapStoreConfig exact
    = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 1000 };

enum { N_SAMPLES = 300 };

/* The first error. Goes on after it, as a recorder does. */
static int
fill (ProfHeapStore *store, uint64_t *n_failures)
{
  int first = 0;
  for (uint32_t i = 0; i < N_SAMPLES; i++) {
    ProfHeapSample sample
        = { .process = i % 3, .stack = i, .address = (i + 1) * 16, .size = 1, .time_ns = i };
    int results[] = { prof_heap_store_allocate (store, &sample),
                      prof_heap_store_free (store, i % 3, (i / 2 + 1) * 16, i),
                      i % 100 == 99 ? prof_heap_store_end_process (store, 2, i) : 0 };
    for (size_t j = 0; j < sizeof results / sizeof *results; j++) {
      *n_failures += results[j] < 0;
      first = first < 0 ? first : results[j];
    }
  }
  return first;
}

static int
sum (const ProfHeapStore *store, uint64_t *ret_n_samples)
{
  ProfHeapStoreSnapshot snapshot;
  ProfHeapRows rows;
  int r = prof_heap_store_take_snapshot (store, &snapshot);
  if (r < 0)
    return r;
  r = prof_heap_store_snapshot_sum (&snapshot, &rows);
  prof_heap_store_snapshot_finish (&snapshot);
  if (r < 0)
    return r;
  *ret_n_samples = 0;
  prof_vec_foreach (row, &rows.rows)
    *ret_n_samples += row->n_samples;
  prof_heap_rows_finish (&rows);
  return 0;
}

/* What was lost is counted. */
static int
record (void *user_data)
{
  (void)user_data;
  ProfHeapStore store;
  uint64_t n_failures = 0, n_samples = 0;
  prof_heap_store_init (&store, &exact);
  int first = fill (&store, &n_failures);
  int r = sum (&store, &n_samples);
  if (r == 0)
    assert_int_equal (n_samples + store.n_no_memory, N_SAMPLES);
  assert_int_equal (store.n_samples, N_SAMPLES);
  assert_true (store.n_no_memory >= n_failures);
  prof_heap_store_finish (&store);
  return first < 0 ? first : r;
}

static void
test_store (void **state)
{
  (void)state;
  assert_true (fail_each (record, NULL) > 20);
}

static int
make_profile (void *user_data)
{
  (void)user_data;
  HeapRecorder recorder;
  ProfProfile *profile = NULL;
  ProfHeapProfileConfig config
      = { .has_thread_names = true, .has_thread_ids = true, .session = PROF_SESSION_INIT };
  int r = heap_recorder_init (&recorder, &exact);
  if (r == 0 && (r = heap_recorder_allocate (&recorder, recorder.leaf, 16, 100, 1)) == 0
      && (r = heap_recorder_allocate (&recorder, recorder.main, 32, 100, 1)) == 0
      && (r = prof_heap_store_free (&recorder.store, 0, 16, 2)) == 0)
    r = heap_recorder_make_profile (&recorder, &config, &profile);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
  return r;
}

static void
test_profile (void **state)
{
  (void)state;
  assert_true (fail_each (make_profile, NULL) > 30);
}

static int
publish (void *user_data)
{
  (void)user_data;
  static _Alignas(8) uint8_t area[32768];
  static const ProfStackWitness witness = { .pc = 1, .sp = 2 };
  static ProfKnownStacks known;
  uint32_t node;
  prof_known_stacks_init (&known, area, sizeof area);
  int r = prof_known_stacks_add (&known, &witness, 7);
  assert_int_equal (prof_known_stacks_get_node (&known, 1, &node), r == 1);
  prof_known_stacks_finish (&known);
  return r;
}

static void
test_known_stacks (void **state)
{
  (void)state;
  assert_int_equal (fail_each (publish, NULL), 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_store),
    cmocka_unit_test (test_profile),
    cmocka_unit_test (test_known_stacks),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
