/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "capture/heap-record.h"

/* Reads the ring of one slot. The program may write anything into it, at any time: all that is read
 * stays inside of the ring. One thread's. */
typedef struct {
  ProfHeapSlot *slot; /* borrowed */
  const uint8_t *bytes;
  size_t n_bytes; /* a power of two */
  uint64_t position;
  uint64_t head;           /* as it was when it was last looked at */
  uint64_t stuck_since_ns; /* 0: the record at `position` is whole, or there is none */
  uint64_t n_skipped;      /* records that were never finished, or make no sense */
  PROF_VEC (uint8_t) wrapped;
} ProfHeapRing;

/* Begins where the slot's tail is. */
void prof_heap_ring_init (ProfHeapRing *ring,
                          ProfHeapSlot *slot,
                          const uint8_t *bytes,
                          size_t n_bytes);
void prof_heap_ring_finish (ProfHeapRing *ring);

/* Takes the next event: it is good until the next call. 1; 0: there is none yet; -ENOMEM. A record
 * that is not finished a second after the one before it is given up, and at once if `is_dead`: its
 * writer is gone. */
int prof_heap_ring_next (ProfHeapRing *ring, uint64_t now_ns, bool is_dead, ProfHeapEvent *ret);

/* Gives the room of what was taken back to the writers. */
void prof_heap_ring_release (ProfHeapRing *ring);
