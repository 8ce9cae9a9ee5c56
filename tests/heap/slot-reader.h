/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "capture/heap-layout.h"

/* The plainest reader of libprof-heap.so's rings: believes nothing, and counts. */
#define N_SIZES (1u << 20) /* blocks of other sizes are counted in the last */

typedef struct {
  uint64_t address, size, time_ns; /* address 0: none */
} Block;

typedef struct {
  uint64_t n_allocated, n_freed;
} SizeCount;

typedef struct {
  ProfHeapSlot *slot;
  const uint64_t *ring;
  char *stacks;
  uint64_t ring_words, stacks_bytes;
  uint64_t rate_bytes;
  bool publishes_stacks;

  Block *blocks; /* hashed by address */
  uint64_t n_blocks, n_buckets;
  SizeCount *sizes;
  uint64_t n_allocations, n_frees, n_in_place, n_unknown_frees, n_late_frees, n_missed_frees;
  uint64_t n_known_stacks, n_threads, n_stack_bytes, live_bytes;
  uint64_t n_skipped; /* records that were begun and never ended */
  double estimated_bytes, estimated_count;
  uint64_t stacks_end, latest_tid;
  uint32_t n_published;
} SlotReader;

void slot_reader_init (SlotReader *reader, const ProfHeapHeader *header, char *slot);
/* Takes what is there. `is_gone`: the writers will not come back. False: what is there is not as
 * heap-layout.h says, and why is printed. */
bool slot_reader_drain (SlotReader *reader, bool is_gone);
void slot_reader_print (const SlotReader *reader, FILE *out, bool is_last);
