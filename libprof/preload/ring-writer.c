/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "ring-writer.h"

#include <string.h>

/* Allocations leave the last quarter to frees: a lost free is a leak in the report. */
static uint64_t
get_capacity (const RingWriter *ring, ProfHeapKind kind)
{
  uint64_t n_bytes = ring->n_words * sizeof (uint64_t);
  return kind == PROF_HEAP_FREE ? n_bytes : n_bytes - n_bytes / 4;
}

static void
count_dropped (const RingWriter *ring, ProfHeapKind kind)
{
  ProfHeapSlot *slot = ring->slot;
  atomic_fetch_add_explicit (kind == PROF_HEAP_FREE ? &slot->n_dropped_frees
                                                    : &slot->n_dropped_allocations,
                             1, memory_order_relaxed);
}

/* The tail first, which never overtakes the head: what is used is not less than what is thought
 * here. Acquire on it: the reader has read what is about to be overwritten. */
static bool
reserve (const RingWriter *ring, ProfHeapKind kind, size_t n_bytes, uint64_t *ret)
{
  ProfHeapSlot *slot = ring->slot;
  uint64_t capacity = get_capacity (ring, kind), head;
  do {
    uint64_t tail = atomic_load_explicit (&slot->tail, memory_order_acquire);
    head = atomic_load_explicit (&slot->head, memory_order_relaxed);
    if (head - tail > capacity || capacity - (head - tail) < n_bytes)
      return false;
  } while (!atomic_compare_exchange_weak_explicit (&slot->head, &head, head + n_bytes,
                                                   memory_order_relaxed, memory_order_relaxed));
  *ret = head;
  return true;
}

static void
set_tag (const RingRecord *record, uint64_t state)
{
  const RingWriter *ring = record->ring;
  _Atomic uint64_t *tag = (_Atomic uint64_t *)&ring->words[record->start & (ring->n_words - 1)];
  atomic_store_explicit (tag, record->start * sizeof (uint64_t) | state, memory_order_release);
}

bool
ring_begin (
    const RingWriter *ring, ProfHeapKind kind, unsigned flags, size_t n_bytes, RingRecord *ret)
{
  uint64_t position;
  if (!reserve (ring, kind, n_bytes, &position)) {
    count_dropped (ring, kind);
    return false;
  }
  uint64_t start = position / sizeof (uint64_t);
  *ret = (RingRecord){ .ring = ring, .start = start, .position = start + 1 };
  ring_put (ret, (uint64_t)flags << 48 | (uint64_t)kind << 32 | n_bytes);
  set_tag (ret, PROF_HEAP_RESERVED);
  return true;
}

void
ring_put (RingRecord *record, uint64_t word)
{
  const RingWriter *ring = record->ring;
  ring->words[record->position++ & (ring->n_words - 1)] = word;
}

void
ring_copy (RingRecord *record, const void *bytes, size_t n_bytes)
{
  const RingWriter *ring = record->ring;
  uint64_t at = record->position & (ring->n_words - 1);
  size_t before_end = (ring->n_words - at) * sizeof (uint64_t);
  size_t first = n_bytes < before_end ? n_bytes : before_end;
  memcpy (&ring->words[at], bytes, first);
  memcpy (ring->words, (const char *)bytes + first, n_bytes - first);
  record->position += n_bytes / sizeof (uint64_t);
}

void
ring_commit (RingRecord *record)
{
  set_tag (record, PROF_HEAP_COMMITTED);
}
