/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-ring.h"

#include <errno.h>
#include <string.h>

#define PATIENCE_NS 1000000000u

void
prof_heap_ring_init (ProfHeapRing *ring, ProfHeapSlot *slot, const uint8_t *bytes, size_t n_bytes)
{
  *ring = (ProfHeapRing){ .slot = slot, .bytes = bytes, .n_bytes = n_bytes };
  ring->position = ring->head = atomic_load (&slot->tail);
}

void
prof_heap_ring_finish (ProfHeapRing *ring)
{
  prof_vec_clear (&ring->wrapped);
}

void
prof_heap_ring_release (ProfHeapRing *ring)
{
  /* Our reads of the records come before a writer's next use of their bytes. */
  atomic_store_explicit (&ring->slot->tail, ring->position, memory_order_release);
}

static const uint8_t *
get_bytes (const ProfHeapRing *ring, uint64_t position)
{
  return ring->bytes + (position & (ring->n_bytes - 1));
}

/* Records begin at multiples of 8, so that the first word never wraps; the second may. */
static uint64_t
read_word (const ProfHeapRing *ring, uint64_t position)
{
  return __atomic_load_n ((const uint64_t *)get_bytes (ring, position), __ATOMIC_ACQUIRE);
}

static bool
is_patient (ProfHeapRing *ring, uint64_t now_ns)
{
  if (ring->stuck_since_ns == 0)
    ring->stuck_since_ns = now_ns;
  return now_ns - ring->stuck_since_ns < PATIENCE_NS;
}

/* The record in one piece. NULL: out of memory. */
static const uint64_t *
straighten (ProfHeapRing *ring, uint64_t position, size_t n)
{
  size_t n_to_end = ring->n_bytes - (position & (ring->n_bytes - 1));
  if (n <= n_to_end)
    return (const uint64_t *)get_bytes (ring, position);
  ring->wrapped.n = 0;
  if (prof_vec_reserve (&ring->wrapped, n) < 0)
    return NULL;
  memcpy (ring->wrapped.items, get_bytes (ring, position), n_to_end);
  memcpy (ring->wrapped.items + n_to_end, ring->bytes, n - n_to_end);
  return (const uint64_t *)ring->wrapped.items;
}

/* The size of the record at hand, 0 if it can't be one. */
static size_t
get_size (const ProfHeapRing *ring, uint64_t head)
{
  uint64_t second = read_word (ring, ring->position + 8);
  uint32_t n;
  memcpy (&n, &second, sizeof n);
  bool is_good = n >= sizeof (ProfHeapRecord) && n % 8 == 0 && n <= head - ring->position;
  return is_good ? n : 0;
}

static void
skip_to (ProfHeapRing *ring, uint64_t position)
{
  ring->position = position;
  ring->n_skipped++;
  ring->stuck_since_ns = 0;
}

static bool
has_tag (const ProfHeapRing *ring, uint64_t position, uint64_t state)
{
  return read_word (ring, position) == (position | state);
}

/* Where the next record begins, if the one at hand does not say. Its tag tells it from the bytes of
 * others, as that is of its place and its round. */
static uint64_t
find_next (const ProfHeapRing *ring, uint64_t head)
{
  uint64_t position = ring->position + 8;
  while (position != head && !has_tag (ring, position, PROF_HEAP_COMMITTED)
         && !has_tag (ring, position, PROF_HEAP_RESERVED))
    position += 8;
  return position;
}

/* Looked at only when what was there is taken: each look takes the cache line from the writers. */
static uint64_t
get_head (ProfHeapRing *ring)
{
  if (ring->position == ring->head)
    ring->head = atomic_load_explicit (&ring->slot->head, memory_order_acquire);
  return ring->head;
}

int
prof_heap_ring_next (ProfHeapRing *ring, uint64_t now_ns, bool is_dead, ProfHeapEvent *ret)
{
  uint64_t head;
  while (ring->position != (head = get_head (ring))) {
    if (head - ring->position > ring->n_bytes || (head | ring->position) % 8 != 0) {
      ring->head = head & ~(uint64_t)7;
      skip_to (ring, ring->head);
      return 0;
    }
    bool is_committed = has_tag (ring, ring->position, PROF_HEAP_COMMITTED);
    if (!is_committed && !is_dead && is_patient (ring, now_ns))
      return 0;
    bool has_size = is_committed || has_tag (ring, ring->position, PROF_HEAP_RESERVED);
    size_t n = has_size ? get_size (ring, head) : 0;
    if (!is_committed || n == 0) {
      skip_to (ring, n > 0 ? ring->position + n : find_next (ring, head));
      continue;
    }
    const uint64_t *words = straighten (ring, ring->position, n);
    if (words == NULL)
      return -ENOMEM;
    ring->stuck_since_ns = 0;
    ring->position += n;
    if (prof_heap_record_parse (words, n, ret) == 0)
      return 1;
    ring->n_skipped++;
  }
  return 0;
}
