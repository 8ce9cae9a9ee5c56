/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/record-merge.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* The first record of a ring, parsed and not consumed yet. */
typedef struct {
  ProfPerfRing *ring;
  size_t size;
  ProfRecord record;
} Head;

typedef struct {
  const ProfRecordFormat *format;
  uint64_t until_ns;
  ProfRecordMergeStats *stats;
  Head **heap; /* a binary heap: the eldest head first */
  size_t n;
} Merge;

/* Gives the bytes of a long run back before the run ends: the kernel goes on writing meanwhile. */
static void
consume (ProfPerfRing *ring, size_t size)
{
  size_t part = ring->data_bytes / 8;
  uint64_t tail = ring->tail;
  prof_perf_ring_consume (ring, size);
  if (tail / part != ring->tail / part)
    prof_perf_ring_release (ring);
}

/* Moves on to the next good record of the head's ring; false when there is none to hand out. */
static bool
advance (Merge *merge, Head *head)
{
  const void *bytes;
  while ((bytes = prof_perf_ring_peek (head->ring, &head->size)) != NULL) {
    prof_perf_ring_prefetch (head->ring, head->size);
    if (prof_record_parse (merge->format, bytes, head->size, &head->record) == 0)
      return head->record.time_ns < merge->until_ns;
    merge->stats->n_damaged++;
    consume (head->ring, head->size);
  }
  return false;
}

static void
sift_down (Merge *merge, size_t i)
{
  Head **heap = merge->heap, *head = heap[i];
  for (size_t child; (child = 2 * i + 1) < merge->n; i = child) {
    if (child + 1 < merge->n && heap[child + 1]->record.time_ns < heap[child]->record.time_ns)
      child++;
    if (head->record.time_ns <= heap[child]->record.time_ns)
      break;
    heap[i] = heap[child];
  }
  heap[i] = head;
}

static void
run (Merge *merge, ProfRecordFunc func, void *user_data)
{
  for (size_t i = merge->n; i-- > 0;)
    sift_down (merge, i);
  while (merge->n > 0) {
    Head *eldest = merge->heap[0];
    func (user_data, &eldest->record);
    merge->stats->n_records++;
    consume (eldest->ring, eldest->size);
    if (!advance (merge, eldest))
      merge->heap[0] = merge->heap[--merge->n];
    if (merge->n > 0)
      sift_down (merge, 0);
  }
}

int
prof_record_merge (ProfPerfRing *rings,
                   size_t n_rings,
                   const ProfRecordFormat *format,
                   uint64_t until_ns,
                   ProfRecordFunc func,
                   void *user_data,
                   ProfRecordMergeStats *stats)
{
  if (n_rings == 0)
    return 0;
  cleanup (prof_free) Head *heads = malloc (n_rings * sizeof *heads);
  cleanup (prof_free) Head **heap = malloc (n_rings * sizeof *heap);
  if (heads == NULL || heap == NULL)
    return -ENOMEM;

  Merge merge = { .format = format, .until_ns = until_ns, .stats = stats, .heap = heap };
  for (size_t i = 0; i < n_rings; i++) {
    heads[i].ring = &rings[i];
    prof_perf_ring_refresh (&rings[i]);
    if (advance (&merge, &heads[i]))
      heap[merge.n++] = &heads[i];
  }
  run (&merge, func, user_data);
  for (size_t i = 0; i < n_rings; i++)
    prof_perf_ring_release (&rings[i]);
  return 0;
}
