/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

#define PROF_HEAP_NEVER UINT64_MAX /* freed_ns of what was not freed */

/* Sums of sampled allocations. */
typedef struct {
  uint32_t stack;    /* node of a ProfStackTree */
  uint32_t thread;   /* row of the caller's thread table */
  uint64_t size;     /* of one block, as exact as `detail` says */
  uint64_t time_ns;  /* the latest allocation of the row */
  uint64_t freed_ns; /* the latest free, or PROF_HEAP_NEVER */
  uint64_t n_samples;
  double count, bytes; /* estimates of blocks and bytes */
} ProfHeapRow;

/* What rows still keep apart, beside stacks and whether blocks were freed. */
typedef enum {
  PROF_HEAP_ROWS_EXACT,       /* times by resolution, sizes, threads */
  PROF_HEAP_ROWS_SIZE_POWERS, /* sizes are rounded up to powers of two */
  PROF_HEAP_ROWS_NO_THREADS,  /* and one thread, the first seen, stands for all */
  PROF_HEAP_ROWS_STACKS,      /* and new stacks are counted in rows without a stack */
} ProfHeapRowsDetail;

/* Rows by stack, thread, size and the buckets of both times, in bounded memory. When there are more
 * than max_rows, the first of these that has not been done yet is done, until enough have become
 * one:
 *  1. the time resolution is doubled, until the recording has only PROF_HEAP_MIN_BUCKETS buckets;
 *  2. sizes become powers of two;
 *  3. threads become one;
 *  4. the time resolution is doubled further, at last to the whole recording;
 *  5. stacks that are not there yet become one. */
typedef struct {
  PROF_VEC (ProfHeapRow) rows;
  ProfHashIndex index;
  uint64_t resolution_ns; /* times are in one bucket if time / resolution is equal; 0: one bucket */
  uint64_t first_ns, last_ns;
  size_t max_rows;
  ProfHeapRowsDetail detail;
} ProfHeapRows;

enum { PROF_HEAP_MIN_BUCKETS = 64, PROF_HEAP_MIN_ROWS = 4 };

/* max_rows: at least PROF_HEAP_MIN_ROWS are taken. */
void prof_heap_rows_init (ProfHeapRows *rows, uint64_t resolution_ns, size_t max_rows);
void prof_heap_rows_finish (ProfHeapRows *rows);

/* 0 or -ENOMEM: then nothing was added. */
int prof_heap_rows_add (ProfHeapRows *rows, const ProfHeapRow *row);

/* A copy of the rows for another thread, to read: adding to it would not find them. 0 or -ENOMEM.
 */
int prof_heap_rows_clone (const ProfHeapRows *rows, ProfHeapRows *ret);
