/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/heap.h"

#include "base/error.h"
#include "base/saturate.h"
#include "base/sized.h"

/* ---- times ---- */

/* A recording says when it was; its samples may be from a little beyond it, or from one of others
 * that were merged. */
static void
find_range (ProfHeap *heap)
{
  const ProfProfile *profile = heap->profile;
  ProfHeapSummary *summary = &heap->summary;
  int64_t time = profile->time_ns > 0 ? profile->time_ns : 0;
  int64_t duration = time > 0 && profile->duration_ns > 0 ? profile->duration_ns : 0;
  summary->end_ns = prof_add_saturated (time, duration);
  summary->end_ns -= summary->end_ns == INT64_MAX;
  summary->start_ns = summary->has_times && time > 0 ? time : summary->end_ns;
  bool has_start = summary->start_ns > 0;
  prof_vec_foreach (block, &heap->blocks) {
    if (!summary->has_times || block->allocated_ns == 0)
      continue;
    if (!has_start || block->allocated_ns < summary->start_ns)
      summary->start_ns = block->allocated_ns;
    has_start = true;
    if (block->allocated_ns > summary->end_ns)
      summary->end_ns = block->allocated_ns;
    if (block->freed_ns != PROF_HEAP_NOT_FREED && block->freed_ns > summary->end_ns)
      summary->end_ns = block->freed_ns;
  }
}

/* Blocks of unknown times are there from the start; none is freed before it is allocated. */
static void
complete_times (ProfHeap *heap)
{
  prof_vec_foreach (block, &heap->blocks) {
    if (block->allocated_ns == 0) {
      block->allocated_ns = heap->summary.start_ns;
      block->has_lifetime = false;
    }
    if (block->freed_ns < block->allocated_ns)
      block->freed_ns = block->allocated_ns;
  }
}

static int
sort_allocations (ProfHeap *heap)
{
  size_t n = heap->blocks.n;
  cleanup (prof_free) ProfHeapMoment *moments = malloc ((n + 1) * sizeof *moments);
  cleanup (prof_free) ProfHeapBlock *sorted = malloc ((n + 1) * sizeof *sorted);
  if (moments == NULL || sorted == NULL)
    return -ENOMEM;
  for (uint32_t i = 0; i < n; i++)
    moments[i] = (ProfHeapMoment){ heap->blocks.items[i].allocated_ns, i };
  if (prof_heap_sort_moments (moments, n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    sorted[i] = heap->blocks.items[moments[i].block];
  if (n > 0)
    memcpy (heap->blocks.items, sorted, n * sizeof *sorted);
  return 0;
}

static int
sort_frees (ProfHeap *heap)
{
  size_t n = 0;
  cleanup (prof_free) ProfHeapMoment *moments = malloc ((heap->blocks.n + 1) * sizeof *moments);
  if (moments == NULL || prof_vec_reserve (&heap->frees, heap->blocks.n) < 0)
    return -ENOMEM;
  for (uint32_t i = 0; i < heap->blocks.n; i++)
    if (heap->blocks.items[i].freed_ns != PROF_HEAP_NOT_FREED)
      moments[n++] = (ProfHeapMoment){ heap->blocks.items[i].freed_ns, i };
  if (prof_heap_sort_moments (moments, n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    heap->frees.items[heap->frees.n++] = moments[i].block;
  return 0;
}

/* ---- what can be known at once ---- */

static void
find_peak (ProfHeap *heap)
{
  ProfHeapSweep sweep = { .heap = heap };
  int64_t time;
  heap->peak.time_ns = heap->summary.start_ns;
  while (prof_heap_sweep_peek (&sweep, &time)) {
    prof_heap_sweep_to (&sweep, time);
    ProfHeapPoint point = prof_heap_sweep_get (&sweep, time);
    if (point.live_bytes > heap->peak.live_bytes)
      heap->peak = point;
  }
  ProfHeapPoint end = prof_heap_sweep_get (&sweep, heap->summary.end_ns);
  heap->summary.allocated_bytes = end.allocated_bytes;
  heap->summary.allocated_objects = end.allocated_objects;
}

static void
sum_leaked (ProfHeap *heap)
{
  ProfHeapSum bytes = 0, objects = 0;
  prof_vec_foreach (block, &heap->blocks) {
    bytes += block->is_leaked ? block->bytes : 0;
    objects += block->is_leaked ? block->objects : 0;
  }
  heap->summary.live_bytes = prof_heap_clamp (bytes);
  heap->summary.live_objects = prof_heap_clamp (objects);
}

static int
build (ProfHeap *heap, const char *const *allocators)
{
  int r = prof_heap_read_blocks (heap);
  if (r < 0)
    return r;
  find_range (heap);
  complete_times (heap);
  r = sort_allocations (heap);
  if (r == 0)
    r = sort_frees (heap);
  if (r == 0)
    find_peak (heap);
  sum_leaked (heap);
  return r == 0 ? prof_heap_find_allocators (heap, allocators) : r;
}

static int
say_failure (int r, ProfError *reterr)
{
  if (r == -EFBIG)
    return prof_error_set (reterr, r,
                           "Can't report on the heap: the profile has more inlined calls in its "
                           "stacks than any real one; it may be damaged.");
  if (r == -EINVAL)
    return prof_error_set (reterr, r,
                           "Can't report on the heap: the profile has no sample type alloc_space "
                           "or inuse_space in bytes; record with heap profiling, or read it as "
                           "any other profile.");
  return prof_error_set (reterr, r, "Can't report on the heap: %s.", strerror (-r));
}

int
prof_heap_new (ProfProfile *profile, ProfHeap **ret, ProfError *reterr)
{
  return prof_heap_new_with_allocators (profile, NULL, ret, reterr);
}

int
prof_heap_new_with_allocators (ProfProfile *profile,
                               const char *const *allocators,
                               ProfHeap **ret,
                               ProfError *reterr)
{
  if (profile == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_heap_new: NULL argument.");
  cleanup (prof_heap_free) ProfHeap *heap = calloc (1, sizeof *heap);
  if (heap == NULL)
    return say_failure (-ENOMEM, reterr);
  heap->profile = prof_profile_ref (profile);
  int r = build (heap, allocators);
  if (r < 0)
    return say_failure (r, reterr);
  *ret = steal (&heap);
  return 0;
}

ProfHeap *
prof_heap_free (ProfHeap *heap)
{
  if (heap == NULL)
    return NULL;
  prof_report_free (heap->report);
  prof_profile_unref (heap->profile);
  prof_vec_clear (&heap->blocks);
  prof_vec_clear (&heap->frees);
  free (heap->is_allocator);
  free (heap);
  return NULL;
}

int
prof_heap_get_summary (const ProfHeap *heap, ProfHeapSummary *ret)
{
  return prof_sized_fill (ret, &heap->summary, sizeof heap->summary);
}

void
prof_heap_get_peak (const ProfHeap *heap, ProfHeapPoint *ret)
{
  *ret = heap->peak;
}
