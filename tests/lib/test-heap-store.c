/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-store.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/prng.h"
#include "tests.h"

static const ProfHeapStoreConfig exact
    = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 1000 };
static const ProfHeapStoreConfig sampled
    = { .rate_bytes = 1000, .tracks_frees = true, .max_rows = 1000 };

static void
allocate (ProfHeapStore *store, uint64_t address, uint64_t size, uint64_t time_ns)
{
  ProfHeapSample sample = { .stack = 1, .address = address, .size = size, .time_ns = time_ns };
  assert_int_equal (prof_heap_store_allocate (store, &sample), 0);
}

static void
reallocate_in_place (ProfHeapStore *store, uint64_t address, uint64_t size, uint64_t time_ns)
{
  ProfHeapSample sample
      = { .stack = 2, .address = address, .size = size, .time_ns = time_ns, .in_place = true };
  assert_int_equal (prof_heap_store_allocate (store, &sample), 0);
}

/* All rows, also of what is live, in no order. */
static ProfHeapRows
sum (const ProfHeapStore *store)
{
  ProfHeapStoreSnapshot snapshot;
  ProfHeapRows rows;
  assert_int_equal (prof_heap_store_take_snapshot (store, &snapshot), 0);
  assert_int_equal (prof_heap_store_snapshot_sum (&snapshot, &rows), 0);
  prof_heap_store_snapshot_finish (&snapshot);
  return rows;
}

static void
assert_row (const ProfHeapRows *rows, ProfHeapRow expected)
{
  size_t n = 0;
  prof_vec_foreach (row, &rows->rows) {
    if (row->stack != expected.stack || row->thread != expected.thread || row->size != expected.size
        || row->time_ns != expected.time_ns || row->freed_ns != expected.freed_ns)
      continue;
    assert_int_equal (row->n_samples, expected.n_samples);
    assert_int_equal (row->has_exited, expected.has_exited);
    assert_float_equal (row->count, expected.count, expected.count * 1e-6);
    assert_float_equal (row->bytes, expected.bytes, expected.bytes * 1e-6);
    n++;
  }
  assert_int_equal (n, 1);
}

static void
assert_rows (const ProfHeapStore *store, size_t n, const ProfHeapRow *expected)
{
  ProfHeapRows rows = sum (store);
  assert_int_equal (rows.rows.n, n);
  for (size_t i = 0; i < n; i++)
    assert_row (&rows, expected[i]);
  prof_heap_rows_finish (&rows);
}

#define ASSERT_ROWS(store, ...)                                                                    \
  assert_rows (store, sizeof ((ProfHeapRow[]){ __VA_ARGS__ }) / sizeof (ProfHeapRow),              \
               (ProfHeapRow[]){ __VA_ARGS__ })

static void
test_exact_life (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  allocate (&store, 0x1000, 100, 10);
  allocate (&store, 0x2000, 50, 20);
  assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, 30), 0);
  allocate (&store, 0x1000, 20, 40);
  ASSERT_ROWS (&store, { 1, 0, 100, 10, 30, 1, 1, 100 },
               { 1, 0, 50, 20, PROF_HEAP_NEVER, 1, 1, 50 },
               { 1, 0, 20, 40, PROF_HEAP_NEVER, 1, 1, 20 });
  assert_int_equal (store.n_samples, 3);
  assert_int_equal (store.n_total_allocations, 3);
  assert_int_equal (store.n_total_bytes, 170);
  assert_int_equal (store.n_current_bytes, 70);
  assert_int_equal (store.n_peak_bytes, 150);
  assert_int_equal (store.n_unknown_frees + store.n_missed_frees + store.n_no_memory, 0);
  prof_heap_store_finish (&store);
}

/* 1 / (1 - exp (-S / 1000)), by another tool. */
static void
test_samples_are_scaled_by_their_chance (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &sampled);
  allocate (&store, 0x1000, 1, 10);
  allocate (&store, 0x2000, 1000, 10);
  allocate (&store, 0x3000, 100000, 10);
  allocate (&store, 0x4000, 0, 10); /* counts as one byte, and has none */
  ASSERT_ROWS (&store, { 1, 0, 1, 10, PROF_HEAP_NEVER, 1, 1000.50008, 1000.50008 },
               { 1, 0, 1000, 10, PROF_HEAP_NEVER, 1, 1.58197671, 1581.97671 },
               { 1, 0, 100000, 10, PROF_HEAP_NEVER, 1, 1, 100000 },
               { 1, 0, 0, 10, PROF_HEAP_NEVER, 1, 1000.50008, 0 });
  assert_int_equal (store.n_total_allocations, 2003);
  assert_int_equal (store.n_current_bytes, 102582);
  prof_heap_store_finish (&store);
}

static void
test_freed_blocks_are_summed (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  for (uint64_t i = 0; i < 1000; i++) {
    allocate (&store, 0x1000, 64, i);
    assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, i), 0);
  }
  ASSERT_ROWS (&store, { 1, 0, 64, 1023, 1023, 1000, 1000, 64000 });
  assert_int_equal (store.n_current_bytes, 0);
  assert_int_equal (store.n_peak_bytes, 64);
  prof_heap_store_finish (&store);
}

static void
test_processes_have_heaps_of_their_own (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  allocate (&store, 0x1000, 100, 10);
  ProfHeapSample other = { .process = 5, .stack = 3, .address = 0x1000, .size = 7, .time_ns = 20 };
  assert_int_equal (prof_heap_store_allocate (&store, &other), 0);
  assert_int_equal (prof_heap_store_free (&store, 5, 0x1000, 30), 0);
  assert_int_equal (prof_heap_store_free (&store, 5, 0x1000, 40), 0);
  assert_int_equal (prof_heap_store_free (&store, 6, 0x1000, 40), 0);
  ASSERT_ROWS (&store, { 1, 0, 100, 10, PROF_HEAP_NEVER, 1, 1, 100 }, { 3, 0, 7, 20, 30, 1, 1, 7 });
  assert_int_equal (store.n_unknown_frees, 2);
  assert_int_equal (store.n_current_bytes, 100);
  prof_heap_store_finish (&store);
}

/* The free was dropped: the block ends where its address begins anew. */
static void
test_missed_free (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  allocate (&store, 0x1000, 100, 10);
  allocate (&store, 0x1000, 200, 20);
  ASSERT_ROWS (&store, { 1, 0, 100, 10, 20, 1, 1, 100 },
               { 1, 0, 200, 20, PROF_HEAP_NEVER, 1, 1, 200 });
  assert_int_equal (store.n_missed_frees, 1);
  assert_int_equal (store.n_current_bytes, 200);
  prof_heap_store_finish (&store);
}

/* realloc moved a block, and another thread was given its address before the free was written. */
static void
test_late_free (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  allocate (&store, 0x1000, 100, 10);
  allocate (&store, 0x1000, 200, 20);
  assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, 19), 0);
  assert_int_equal (store.n_missed_frees, 0);
  assert_int_equal (store.n_current_bytes, 200);
  assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, 20), 0);
  assert_int_equal (store.n_current_bytes, 0);
  assert_int_equal (store.n_unknown_frees, 0);
  prof_heap_store_finish (&store);
}

/* The chance of a block is that of the greatest size it ever had. */
static void
test_in_place (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &sampled);
  allocate (&store, 0x1000, 1000, 10);
  reallocate_in_place (&store, 0x1000, 2000, 20);
  reallocate_in_place (&store, 0x1000, 10, 30);
  reallocate_in_place (&store, 0x1000, 1000, 40);
  const double count = 1.15651764; /* of 2000 */
  ASSERT_ROWS (&store, { 1, 0, 1000, 10, 20, 1, 1.58197671, 1581.97671 },
               { 2, 0, 2000, 20, 30, 1, count, 2000 * count },
               { 2, 0, 10, 30, 40, 1, count, 10 * count },
               { 2, 0, 1000, 40, PROF_HEAP_NEVER, 1, count, 1000 * count });
  assert_int_equal (store.n_missed_frees, 0);
  assert_int_equal (store.n_current_bytes, 1156);
  prof_heap_store_finish (&store);
}

static void
test_in_place_of_an_unknown_block (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &sampled);
  reallocate_in_place (&store, 0x1000, 1000, 20);
  ASSERT_ROWS (&store, { 2, 0, 1000, 20, PROF_HEAP_NEVER, 1, 1.58197671, 1581.97671 });
  prof_heap_store_finish (&store);
}

static void
test_end_of_a_process_leaves_its_blocks (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  allocate (&store, 0x1000, 100, 10);
  allocate (&store, 0x2000, 100, 11);
  assert_int_equal (store.n_current_bytes, 200);
  assert_int_equal (prof_heap_store_end_process (&store, 0, 3000), 0);
  assert_int_equal (prof_heap_store_end_process (&store, 0, 3001), 0);
  assert_int_equal (prof_heap_store_end_process (&store, 7, 3002), 0);
  assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, 20), 0);
  ASSERT_ROWS (&store, { 1, 0, 100, 1023, 3071, 2, 2, 200, .has_exited = true });
  assert_int_equal (store.n_current_bytes, 0);
  assert_int_equal (store.n_peak_bytes, 200);
  assert_int_equal (store.n_unknown_frees, 1);
  prof_heap_store_finish (&store);
}

static void
test_without_frees_nothing_is_live (void **state)
{
  (void)state;
  ProfHeapStore store;
  ProfHeapStoreConfig config = { .rate_bytes = 1, .max_rows = 1000 };
  prof_heap_store_init (&store, &config);
  allocate (&store, 0x1000, 100, 10);
  allocate (&store, 0x1000, 100, 11);
  assert_int_equal (prof_heap_store_free (&store, 0, 0x1000, 20), 0);
  ASSERT_ROWS (&store, { 1, 0, 100, 1023, PROF_HEAP_NEVER, 2, 2, 200 });
  assert_int_equal (store.n_total_bytes, 200);
  assert_int_equal (store.n_current_bytes + store.n_peak_bytes, 0);
  assert_int_equal (store.n_unknown_frees + store.n_missed_frees, 0);
  prof_heap_store_finish (&store);
}

static void
test_bad_samples (void **state)
{
  (void)state;
  ProfHeapStore store;
  prof_heap_store_init (&store, &exact);
  ProfHeapSample nowhere = { .size = 10 };
  assert_int_equal (prof_heap_store_allocate (&store, &nowhere), -EINVAL);
  for (uint64_t i = 1; i <= 3; i++)
    allocate (&store, i, UINT64_MAX, UINT64_MAX);
  assert_true (store.n_total_bytes == UINT64_MAX);
  assert_int_equal (prof_heap_store_free (&store, 0, 1, UINT64_MAX), 0);
  prof_heap_store_finish (&store);
}

/* What is live keeps its stack, also where there is no room for more rows. */
static void
test_profile_of_many_live_blocks_is_bounded (void **state)
{
  (void)state;
  ProfHeapStore store;
  ProfHeapStoreConfig config = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 100 };
  prof_heap_store_init (&store, &config);
  for (uint32_t i = 1; i <= 500; i++) {
    ProfHeapSample sample = { .stack = i % 50, .address = i * 64, .size = 8, .time_ns = i << 20 };
    assert_int_equal (prof_heap_store_allocate (&store, &sample), 0);
  }
  assert_int_equal (store.rows.rows.n, 0);
  ProfHeapRows rows = sum (&store);
  double count = 0;
  prof_vec_foreach (row, &rows.rows)
    count += row->count;
  assert_float_equal (count, 500, 0);
  assert_true (rows.rows.n <= 100);
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_NO_THREADS);
  prof_heap_rows_finish (&rows);
  prof_heap_store_finish (&store);
}

/* ---- a program of known allocations, sampled as the hook does ---- */

typedef struct {
  double allocated_count, allocated_bytes, live_bytes;
} Truth;

typedef struct {
  ProfHeapStore store;
  ProfPrng prng;
  double left; /* bytes until the next sample point */
  uint64_t n_allocations, n_samples;
  Truth truth;
} Simulation;

static bool
is_sampled (Simulation *simulation, uint64_t size)
{
  bool is_hit = false;
  for (simulation->left -= (double)size; simulation->left < 0; is_hit = true)
    simulation->left += -log1p (-prof_prng_uniform (&simulation->prng))
                        * (double)simulation->store.config.rate_bytes;
  return is_hit;
}

/* Sizes far below, around and far above the rate; a third stays live. */
static void
run_allocation (Simulation *simulation)
{
  static const uint64_t sizes[] = { 256, 500, 1000, 5000, 20000, 60000, 400000 };
  static const unsigned frequencies[] = { 500, 300, 100, 60, 20, 10, 1 };
  uint64_t i = simulation->n_allocations++, draw = prof_prng_next (&simulation->prng) % 991;
  size_t kind = 0;
  for (; draw >= frequencies[kind]; kind++)
    draw -= frequencies[kind];
  bool is_kept = prof_prng_next (&simulation->prng) % 3 == 0;
  simulation->truth.allocated_count++;
  simulation->truth.allocated_bytes += (double)sizes[kind];
  simulation->truth.live_bytes += is_kept ? (double)sizes[kind] : 0;
  if (!is_sampled (simulation, sizes[kind]))
    return;
  simulation->n_samples++;
  allocate (&simulation->store, (i + 1) * 16, sizes[kind], i * 1000);
  if (!is_kept)
    assert_int_equal (prof_heap_store_free (&simulation->store, 0, (i + 1) * 16, i * 1000 + 500),
                      0);
}

static void
assert_within (double estimate, double truth, double tolerance)
{
  assert_true (fabs (estimate / truth - 1) <= tolerance);
}

static void
test_estimates_are_unbiased (void **state)
{
  (void)state;
  Simulation simulation = { .prng = { 2026 } };
  ProfHeapStoreConfig config = { .rate_bytes = 8192, .tracks_frees = true, .max_rows = 20000 };
  prof_heap_store_init (&simulation.store, &config);
  for (size_t i = 0; i < 1000000; i++)
    run_allocation (&simulation);
  assert_true (simulation.n_samples >= 10000);
  const Truth *truth = &simulation.truth;
  assert_within ((double)simulation.store.n_total_bytes, truth->allocated_bytes, 0.01);
  assert_within ((double)simulation.store.n_current_bytes, truth->live_bytes, 0.01);
  assert_within ((double)simulation.store.n_total_allocations, truth->allocated_count, 0.01);
  ProfHeapRows rows = sum (&simulation.store);
  Truth estimate = { 0 };
  prof_vec_foreach (row, &rows.rows) {
    estimate.allocated_count += row->count;
    estimate.allocated_bytes += row->bytes;
    estimate.live_bytes += row->freed_ns == PROF_HEAP_NEVER ? row->bytes : 0;
  }
  assert_within (estimate.allocated_bytes, (double)simulation.store.n_total_bytes, 1e-6);
  assert_within (estimate.live_bytes, (double)simulation.store.n_current_bytes, 1e-6);
  assert_within (estimate.allocated_count, (double)simulation.store.n_total_allocations, 1e-6);
  prof_heap_rows_finish (&rows);
  prof_heap_store_finish (&simulation.store);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_exact_life),
    cmocka_unit_test (test_samples_are_scaled_by_their_chance),
    cmocka_unit_test (test_freed_blocks_are_summed),
    cmocka_unit_test (test_processes_have_heaps_of_their_own),
    cmocka_unit_test (test_missed_free),
    cmocka_unit_test (test_late_free),
    cmocka_unit_test (test_in_place),
    cmocka_unit_test (test_in_place_of_an_unknown_block),
    cmocka_unit_test (test_end_of_a_process_leaves_its_blocks),
    cmocka_unit_test (test_without_frees_nothing_is_live),
    cmocka_unit_test (test_bad_samples),
    cmocka_unit_test (test_profile_of_many_live_blocks_is_bounded),
    cmocka_unit_test (test_estimates_are_unbiased),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
