/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-store.h"

#include <errno.h>
#include <math.h>

void
prof_heap_store_init (ProfHeapStore *store, const ProfHeapStoreConfig *config)
{
  *store = (ProfHeapStore){ .config = *config };
  prof_heap_rows_init (&store->rows, config->max_rows);
}

void
prof_heap_store_finish (ProfHeapStore *store)
{
  prof_vec_foreach (live, &store->processes) {
    prof_live_blocks_finish (live);
  }
  prof_vec_clear (&store->processes);
  prof_heap_rows_finish (&store->rows);
}

/* ---- counters ---- */

static void
count_one (atomic_ullong *counter)
{
  unsigned long long n = atomic_load_explicit (counter, memory_order_relaxed);
  atomic_store_explicit (counter, n + 1, memory_order_relaxed);
}

/* It was taken for missed when its address was given out again. */
static void
count_late_free (ProfHeapStore *store)
{
  unsigned long long n = atomic_load_explicit (&store->n_missed_frees, memory_order_relaxed);
  if (n > 0)
    atomic_store_explicit (&store->n_missed_frees, n - 1, memory_order_relaxed);
}

static void
publish (atomic_ullong *counter, double value)
{
  unsigned long long n = value < 0x1p64 ? (unsigned long long)value : UINT64_MAX;
  atomic_store_explicit (counter, n, memory_order_relaxed);
}

static void
count_allocation (ProfHeapStore *store, double count, double bytes)
{
  store->total_count += count;
  store->total_bytes += bytes;
  publish (&store->n_total_allocations, store->total_count);
  publish (&store->n_total_bytes, store->total_bytes);
}

static void
change_current (ProfHeapStore *store, double bytes)
{
  store->current_bytes = fmax (store->current_bytes + bytes, 0);
  publish (&store->n_current_bytes, store->current_bytes);
  if (store->current_bytes <= store->peak_bytes)
    return;
  store->peak_bytes = store->current_bytes;
  publish (&store->n_peak_bytes, store->peak_bytes);
}

/* ---- allocations and frees ---- */

/* How many blocks a sample stands for. The hook's countdown takes an allocation of nothing for one
 * byte. */
static float
get_count (const ProfHeapStore *store, uint64_t size)
{
  if (store->config.rate_bytes <= 1)
    return 1;
  double bytes = size == 0 ? 1 : (double)size;
  return (float)(-1 / expm1 (-bytes / (double)store->config.rate_bytes));
}

static ProfHeapRow
make_row (const ProfLiveBlock *block, uint64_t freed_ns)
{
  return (ProfHeapRow){
    .stack = block->stack,
    .thread = block->thread,
    .span = block->span,
    .size = block->size,
    .time_ns = block->time_ns,
    .freed_ns = freed_ns,
    .n_samples = 1,
    .count = (double)block->count,
    .bytes = (double)block->count * (double)block->size,
  };
}

static int
add_row (ProfHeapStore *store, const ProfHeapRow *row)
{
  int r = prof_heap_rows_add (&store->rows, row);
  if (r < 0)
    count_one (&store->n_no_memory);
  return r;
}

static ProfLiveBlocks *
get_live (ProfHeapStore *store, uint32_t process)
{
  while (store->processes.n <= process)
    if (prof_vec_push (&store->processes, (ProfLiveBlocks){ 0 }) < 0)
      return NULL;
  return &store->processes.items[process];
}

static int
end_life (ProfHeapStore *store, ProfLiveBlocks *live, ProfLiveBlock *block, uint64_t time_ns)
{
  ProfHeapRow row = make_row (block, time_ns);
  prof_live_blocks_remove (live, block);
  change_current (store, -row.bytes);
  return add_row (store, &row);
}

/* A chance only grows with the size that a block ever had: the count becomes less. */
static int
add_live (ProfHeapStore *store, const ProfHeapSample *sample, ProfLiveBlock *block)
{
  ProfLiveBlocks *live = get_live (store, sample->process);
  ProfLiveBlock *old = live == NULL ? NULL : prof_live_blocks_find (live, block->address);
  if (old != NULL && sample->in_place && old->count < block->count)
    block->count = old->count;
  if (old != NULL && !sample->in_place)
    count_one (&store->n_missed_frees);
  if (old != NULL)
    end_life (store, live, old, block->time_ns);
  if (live == NULL || prof_live_blocks_add (live, block) < 0) {
    count_one (&store->n_no_memory);
    return -ENOMEM;
  }
  return 0;
}

int
prof_heap_store_allocate (ProfHeapStore *store, const ProfHeapSample *sample)
{
  if (sample->address == 0)
    return -EINVAL;
  ProfLiveBlock block = {
    .address = sample->address,
    .size = sample->size,
    .time_ns = sample->time_ns,
    .stack = sample->stack,
    .thread = sample->thread,
    .span = sample->span,
    .count = get_count (store, sample->size),
  };
  count_one (&store->n_samples);
  int r = store->config.tracks_frees ? add_live (store, sample, &block) : 0;
  ProfHeapRow row = make_row (&block, PROF_HEAP_NEVER);
  if (!store->config.tracks_frees)
    r = add_row (store, &row);
  if (r < 0)
    return r;
  count_allocation (store, row.count, row.bytes);
  if (store->config.tracks_frees)
    change_current (store, row.bytes);
  return 0;
}

int
prof_heap_store_free (ProfHeapStore *store, uint32_t process, uint64_t address, uint64_t time_ns)
{
  if (!store->config.tracks_frees)
    return 0;
  ProfLiveBlocks *live = process < store->processes.n ? &store->processes.items[process] : NULL;
  ProfLiveBlock *block = live == NULL ? NULL : prof_live_blocks_find (live, address);
  if (block == NULL)
    count_one (&store->n_unknown_frees);
  else if (time_ns < block->time_ns)
    count_late_free (store);
  else
    return end_life (store, live, block, time_ns);
  return 0;
}

int
prof_heap_store_end_process (ProfHeapStore *store, uint32_t process, uint64_t time_ns)
{
  if (process >= store->processes.n)
    return 0;
  ProfLiveBlocks *live = &store->processes.items[process];
  int r = 0;
  prof_live_blocks_foreach (block, live)
  {
    ProfHeapRow row = make_row (block, time_ns);
    row.has_exited = true;
    change_current (store, -row.bytes);
    if (add_row (store, &row) < 0)
      r = -ENOMEM;
  }
  prof_live_blocks_finish (live);
  return r;
}

/* ---- for another thread ---- */

static int
copy_live (const ProfHeapStore *store, ProfHeapStoreSnapshot *ret)
{
  size_t n = 0;
  prof_vec_foreach (live, &store->processes) {
    n += live->n_live;
  }
  if (prof_vec_reserve (&ret->live, n) < 0)
    return -ENOMEM;
  prof_vec_foreach (live, &store->processes) {
    prof_live_blocks_foreach (block, live) ret->live.items[ret->live.n++] = *block;
  }
  return 0;
}

int
prof_heap_store_take_snapshot (const ProfHeapStore *store, ProfHeapStoreSnapshot *ret)
{
  *ret = (ProfHeapStoreSnapshot){ .config = store->config };
  if (prof_heap_rows_clone (&store->rows, &ret->rows) == 0 && copy_live (store, ret) == 0)
    return 0;
  prof_heap_store_snapshot_finish (ret);
  return -ENOMEM;
}

void
prof_heap_store_snapshot_finish (ProfHeapStoreSnapshot *snapshot)
{
  prof_heap_rows_finish (&snapshot->rows);
  prof_vec_clear (&snapshot->live);
}

/* What is live comes first: it is what must not lose its stack. */
int
prof_heap_store_snapshot_sum (const ProfHeapStoreSnapshot *snapshot, ProfHeapRows *ret)
{
  int r = 0;
  prof_heap_rows_init_like (ret, &snapshot->rows);
  prof_vec_foreach (block, &snapshot->live) {
    ProfHeapRow row = make_row (block, PROF_HEAP_NEVER);
    if (r == 0)
      r = prof_heap_rows_add (ret, &row);
  }
  prof_vec_foreach (row, &snapshot->rows.rows) {
    if (r == 0)
      r = prof_heap_rows_add (ret, row);
  }
  if (r < 0)
    prof_heap_rows_finish (ret);
  return r;
}
