/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "capture/heap-ring.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { RING_BYTES = 4096 };

/* Tail, head, and what the ring holds. */
typedef struct {
  uint64_t tail, head;
  uint8_t bytes[RING_BYTES];
} Input;

/* Each event takes room; the reader ends where the head is, or waits before it. */
static void
read_all (ProfHeapRing *ring, uint64_t now_ns, bool is_dead)
{
  ProfHeapEvent event;
  unsigned n = 0;
  while (prof_heap_ring_next (ring, now_ns, is_dead, &event) > 0)
    if (++n > RING_BYTES / sizeof (ProfHeapRecord))
      abort ();
  prof_heap_ring_release (ring);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static ProfHeapSlot slot;
  Input input = { 0 };
  if (size > sizeof input)
    return 0;
  memcpy (&input, data, size);
  uint8_t *bytes = aligned_alloc (8, RING_BYTES); /* its bounds are watched */
  if (bytes == NULL)
    return 0;
  memcpy (bytes, input.bytes, RING_BYTES);
  slot.tail = input.tail;
  slot.head = input.head;

  ProfHeapRing ring;
  prof_heap_ring_init (&ring, &slot, bytes, RING_BYTES);
  read_all (&ring, 1, false);
  read_all (&ring, 1u << 31, false);
  read_all (&ring, 1, true);
  if ((slot.tail ^ input.head) >= 8)
    abort ();
  prof_heap_ring_finish (&ring);
  free (bytes);
  return 0;
}
