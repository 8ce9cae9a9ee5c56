/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/heap.h"

void
prof_heap_sweep_to (ProfHeapSweep *sweep, int64_t time_ns)
{
  const ProfHeap *heap = sweep->heap;
  for (; sweep->n_allocations < heap->blocks.n; sweep->n_allocations++) {
    const ProfHeapBlock *block = &heap->blocks.items[sweep->n_allocations];
    if (block->allocated_ns > time_ns)
      break;
    sweep->allocated_bytes += block->bytes;
    sweep->allocated_objects += block->objects;
  }
  for (; sweep->n_frees < heap->frees.n; sweep->n_frees++) {
    const ProfHeapBlock *block = &heap->blocks.items[heap->frees.items[sweep->n_frees]];
    if (block->freed_ns > time_ns)
      break;
    sweep->freed_bytes += block->bytes;
    sweep->freed_objects += block->objects;
  }
}

bool
prof_heap_sweep_peek (const ProfHeapSweep *sweep, int64_t *ret_time_ns)
{
  const ProfHeap *heap = sweep->heap;
  const ProfHeapBlock *blocks = heap->blocks.items;
  bool has_allocation = sweep->n_allocations < heap->blocks.n;
  bool has_free = sweep->n_frees < heap->frees.n;
  if (!has_allocation && !has_free)
    return false;
  int64_t time = has_allocation ? blocks[sweep->n_allocations].allocated_ns : INT64_MAX;
  int64_t freed = has_free ? blocks[heap->frees.items[sweep->n_frees]].freed_ns : INT64_MAX;
  *ret_time_ns = freed < time ? freed : time;
  return true;
}

ProfHeapPoint
prof_heap_sweep_get (const ProfHeapSweep *sweep, int64_t time_ns)
{
  ProfHeapPoint point = {
    .time_ns = time_ns,
    .allocated_bytes = prof_heap_clamp (sweep->allocated_bytes),
    .allocated_objects = prof_heap_clamp (sweep->allocated_objects),
    .freed_bytes = prof_heap_clamp (sweep->freed_bytes),
    .freed_objects = prof_heap_clamp (sweep->freed_objects),
  };
  if (sweep->heap->summary.has_frees) {
    point.live_bytes = prof_heap_clamp (sweep->allocated_bytes - sweep->freed_bytes);
    point.live_objects = prof_heap_clamp (sweep->allocated_objects - sweep->freed_objects);
  }
  return point;
}

int64_t
prof_heap_get_point (int64_t start_ns, int64_t end_ns, size_t i, size_t n)
{
  return (int64_t)(start_ns + ((ProfHeapSum)end_ns - start_ns) * (int64_t)i / (int64_t)(n - 1));
}

/* Allocated and freed since an earlier moment. */
static void
subtract (ProfHeapPoint *point, const ProfHeapSweep *now, const ProfHeapSweep *before)
{
  point->allocated_bytes = prof_heap_clamp (now->allocated_bytes - before->allocated_bytes);
  point->allocated_objects = prof_heap_clamp (now->allocated_objects - before->allocated_objects);
  point->freed_bytes = prof_heap_clamp (now->freed_bytes - before->freed_bytes);
  point->freed_objects = prof_heap_clamp (now->freed_objects - before->freed_objects);
}

int
prof_heap_get_timeline (
    const ProfHeap *heap, int64_t start_ns, int64_t end_ns, size_t n_points, ProfHeapPoint **ret)
{
  if (heap == NULL || ret == NULL || n_points < 2 || n_points > INT32_MAX || end_ns < start_ns)
    return -EINVAL;
  ProfHeapPoint *points = calloc (n_points, sizeof *points);
  if (points == NULL)
    return -ENOMEM;
  ProfHeapSweep sweep = { .heap = heap };
  if (start_ns > INT64_MIN)
    prof_heap_sweep_to (&sweep, start_ns - 1);
  for (size_t i = 0; i < n_points; i++) {
    ProfHeapSweep before = sweep;
    int64_t time = prof_heap_get_point (start_ns, end_ns, i, n_points);
    prof_heap_sweep_to (&sweep, time);
    points[i] = prof_heap_sweep_get (&sweep, time);
    subtract (&points[i], &sweep, &before);
  }
  *ret = points;
  return 0;
}
