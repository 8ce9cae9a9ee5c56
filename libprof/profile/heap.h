/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/heap.h>

#include "profile/profile-tables.h"
#include "profile/report-rows.h"

#define PROF_HEAP_NOT_FREED INT64_MAX

/* A part of a sample with one fate. */
typedef struct {
  int64_t allocated_ns, freed_ns; /* freed_ns: PROF_HEAP_NOT_FREED, or not before allocated_ns */
  int64_t objects, bytes;
  int64_t size; /* of one block; negative: not known */
  uint32_t sample;
  bool has_lifetime; /* false: one of the times is not known, and is a stand-in */
  bool is_leaked;    /* the program never freed it; freed_ns: the end of its process */
} ProfHeapBlock;

struct ProfHeap {
  ProfProfile *profile;
  ProfReport *report;              /* names the functions */
  PROF_VEC (ProfHeapBlock) blocks; /* by time of allocation */
  PROF_VEC (uint32_t) frees;       /* blocks that are freed, by time */
  bool *is_allocator;              /* by row of the report's functions */
  ProfHeapSummary summary;
  ProfHeapPoint peak;
};

PROF_DEFINE_CLEANUP (ProfHeap *, prof_heap_free)

/* Sums that can't overflow: there are fewer than 2^32 blocks. */
__extension__ typedef __int128 ProfHeapSum;

static inline int64_t
prof_heap_clamp (ProfHeapSum sum)
{
  return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

/* Fills blocks and what the summary says of labels: has_times, has_frees, counts. 0, -ENOMEM, or
 * -EINVAL: the profile has no sample type of a heap. */
int prof_heap_read_blocks (ProfHeap *heap);

typedef struct {
  int64_t time_ns;
  uint32_t block;
} ProfHeapMoment;

/* By time; equal ones stay in their order. Times are not negative. 0 or -ENOMEM. */
int prof_heap_sort_moments (ProfHeapMoment *moments, size_t n);

/* Whether a block is live at a time. */
static inline bool
prof_heap_is_live (const ProfHeap *heap, const ProfHeapBlock *block, int64_t time_ns)
{
  return heap->summary.has_frees && block->allocated_ns <= time_ns && time_ns < block->freed_ns;
}

static inline bool
prof_heap_is_temporary (const ProfHeapBlock *block, int64_t max_lifetime_ns)
{
  /* Neither time is negative. */
  return block->has_lifetime && block->freed_ns != PROF_HEAP_NOT_FREED
         && block->freed_ns - block->allocated_ns < max_lifetime_ns;
}

/* What happened up to a moment; it only goes forward. */
typedef struct {
  const ProfHeap *heap;
  size_t n_allocations, n_frees; /* of heap->blocks and heap->frees */
  ProfHeapSum allocated_bytes, allocated_objects, freed_bytes, freed_objects;
} ProfHeapSweep;

void prof_heap_sweep_to (ProfHeapSweep *sweep, int64_t time_ns);
/* The time of the next allocation or free; false: there is none. */
bool prof_heap_sweep_peek (const ProfHeapSweep *sweep, int64_t *ret_time_ns);
/* At this moment; allocated and freed since the start. */
ProfHeapPoint prof_heap_sweep_get (const ProfHeapSweep *sweep, int64_t time_ns);

/* Point number `i` of n evenly spaced ones. */
int64_t prof_heap_get_point (int64_t start_ns, int64_t end_ns, size_t i, size_t n);

/* `others`: patterns of the caller's, NULL-terminated; or NULL. 0 or -ENOMEM. */
int prof_heap_find_allocators (ProfHeap *heap, const char *const *others);

/* Where the stack of a sample begins if the allocator's frames are left out: entry number
 * `location` of the stack, and frame number `frame` of that location. */
typedef struct {
  uint32_t location, frame;
  uint32_t function; /* row of the report's functions; UINT32_MAX: the stack has no frames */
} ProfHeapStart;

ProfHeapStart prof_heap_find_start (const ProfHeap *heap, const ProfSample *sample);
