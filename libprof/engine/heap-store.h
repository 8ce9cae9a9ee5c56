/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/heap-rows.h"
#include "engine/live-blocks.h"

/* What a recorder knows of the heaps of its processes: the sampled blocks that are live, and sums
 * of those that are not. A sample is scaled up by its own chance: at a mean distance of R bytes a
 * block of S bytes is sampled with 1 - exp (-S / R), and stands for as many blocks as the inverse.
 * One thread's; the counters may be read by any. */
typedef struct {
  uint64_t rate_bytes; /* 1: every allocation is there, and stands for itself */
  bool tracks_frees;   /* false: allocations only become sums, none is ever live */
  size_t max_rows;     /* of the sums; live blocks come on top */
} ProfHeapStoreConfig;

/* One sampled allocation. */
typedef struct {
  uint32_t process; /* small number of a process image, never used again for another */
  uint32_t stack;   /* node of a ProfStackTree */
  uint32_t thread;  /* row of the caller's thread table */
  uint32_t span;    /* number in a ProfSpanTable; 0: none */
  bool in_place;    /* realloc of a sampled block that did not move: its old life ends, and the new
                     * one has at least the old one's chance */
  uint64_t address, size, time_ns;
} ProfHeapSample;

typedef struct {
  ProfHeapStoreConfig config;
  PROF_VEC (ProfLiveBlocks) processes;
  ProfHeapRows rows;
  double total_bytes, total_count, current_bytes, peak_bytes;

  /* Estimates. */
  atomic_ullong n_total_bytes, n_total_allocations, n_current_bytes, n_peak_bytes;
  atomic_ullong n_samples;       /* allocations that were given */
  atomic_ullong n_unknown_frees; /* of blocks that are not live: they are only counted */
  atomic_ullong n_missed_frees;  /* blocks that must have been freed before, as their address was
                                  * given out again: their lives end then */
  atomic_ullong n_no_memory;     /* samples that were lost for want of memory here */
} ProfHeapStore;

void prof_heap_store_init (ProfHeapStore *store, const ProfHeapStoreConfig *config);
void prof_heap_store_finish (ProfHeapStore *store);

/* Both: 0, or -ENOMEM, which is counted: the recording can go on. An address of 0 is -EINVAL. Calls
 * are in the order of the process's events, but that a free may come late: one that is older than
 * the block at its address is of an earlier block. */
int prof_heap_store_allocate (ProfHeapStore *store, const ProfHeapSample *sample);
int prof_heap_store_free (ProfHeapStore *store,
                          uint32_t process,
                          uint64_t address,
                          uint64_t time_ns);

/* The process is gone, at about time_ns: what was live in it was never freed, and is live no more.
 * 0 or -ENOMEM, counted. */
int prof_heap_store_end_process (ProfHeapStore *store, uint32_t process, uint64_t time_ns);

/* ---- for another thread ---- */

typedef struct {
  ProfHeapStoreConfig config;
  ProfHeapRows rows;
  PROF_VEC (ProfLiveBlock) live;
} ProfHeapStoreSnapshot;

/* 0 or -ENOMEM. */
int prof_heap_store_take_snapshot (const ProfHeapStore *store, ProfHeapStoreSnapshot *ret);
void prof_heap_store_snapshot_finish (ProfHeapStoreSnapshot *snapshot);

/* Rows of all, live blocks too, at most max_rows of them. 0 or -ENOMEM. */
int prof_heap_store_snapshot_sum (const ProfHeapStoreSnapshot *snapshot, ProfHeapRows *ret);
