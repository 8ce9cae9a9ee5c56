/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

#define PROF_HEAP_NEVER UINT64_MAX     /* freed_ns of what was not freed */
#define PROF_HEAP_NO_THREAD UINT32_MAX /* thread of rows that do not keep threads apart */

/* Sums of sampled allocations. */
typedef struct {
  uint32_t stack;    /* node of a ProfStackTree */
  uint32_t thread;   /* row of the caller's thread table */
  uint64_t size;     /* of each block */
  uint64_t time_ns;  /* of the allocation */
  uint64_t freed_ns; /* of the free, or of the end of the process, or PROF_HEAP_NEVER */
  uint64_t n_samples;
  double count, bytes; /* estimates of blocks and bytes */
  uint32_t span;       /* number in a ProfSpanTable; 0: none */
  bool has_exited;     /* the process ended, and had not freed it */
} ProfHeapRow;

/* What rows keep apart, beside times, stacks, and what was freed from what was not and what went
 * with its process. */
typedef enum {
  PROF_HEAP_ROWS_EXACT,       /* sizes, threads, spans */
  PROF_HEAP_ROWS_NO_SPANS,    /* sizes, threads */
  PROF_HEAP_ROWS_SIZE_POWERS, /* sizes rounded up to powers of two, threads */
  PROF_HEAP_ROWS_NO_THREADS,  /* sizes rounded up to powers of two */
  PROF_HEAP_ROWS_NO_STACKS,   /* the same, but new rows have no stack and size 0 */
} ProfHeapRowsDetail;

/* Rows by stack, thread, span, size and the buckets of both times, in bounded memory.
 *
 * A row of one sample has its times; one of more has the ends of its buckets. So what all rows say
 * to be live is right at the end of each bucket, and in between they never say that blocks which
 * came one after the other were live at once.
 *
 * Where there would be more than max_rows, these steps are taken one by one until enough rows have
 * become one:
 *  1. buckets are doubled, as long as the recording has PROF_HEAP_MIN_BUCKETS of them;
 *  2. spans are forgotten;
 *  3. sizes become powers of two;
 *  4. threads become one;
 *  5. buckets are doubled until there is only one;
 *  6. what has no row yet goes to one without a stack. */
typedef struct {
  PROF_VEC (ProfHeapRow) rows;
  ProfHashIndex index;
  unsigned bucket_bits; /* times are in one bucket if they are equal but for so many low bits */
  uint64_t first_ns, last_ns;
  size_t max_rows;
  ProfHeapRowsDetail detail;
  bool has_spans;          /* some row had one */
  uint64_t n_without_span; /* samples whose span was forgotten */
} ProfHeapRows;

enum {
  PROF_HEAP_FIRST_BUCKET_BITS = 10, /* 2^10 ns: about a microsecond */
  PROF_HEAP_MIN_BUCKETS = 256,
  PROF_HEAP_MIN_ROWS = 8, /* at the least that many may be there */
};

void prof_heap_rows_init (ProfHeapRows *rows, size_t max_rows);
void prof_heap_rows_finish (ProfHeapRows *rows);

/* Adds to the row with the same key. A free before its allocation (clocks of two processors) is
 * taken for one at the same time. 0, or -ENOMEM: then nothing was added. */
int prof_heap_rows_add (ProfHeapRows *rows, const ProfHeapRow *row);

/* A row's time, or the latest time of all rows where its bucket ends later. */
uint64_t prof_heap_rows_clip (const ProfHeapRows *rows, uint64_t time_ns);

/* A copy of the rows for another thread, to read: adding to it would not find them. 0 or -ENOMEM.
 */
int prof_heap_rows_clone (const ProfHeapRows *rows, ProfHeapRows *ret);

/* No rows, and only the details that the other one has. */
void prof_heap_rows_init_like (ProfHeapRows *rows, const ProfHeapRows *other);
