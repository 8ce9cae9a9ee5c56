/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* In place of a row of the thread table: the thread is not known. */
#define PROF_NO_THREAD UINT32_MAX

/* Until times are that coarse, spans are kept apart. */
#define PROF_AGGREGATE_SPAN_RESOLUTION_NS 1000000000u

/* Sums of samples by stack, thread, span, event and time, in bounded memory. Samples come in about
 * the order of their times: only the rows of the latest time bucket are looked through, and one
 * that comes late may get a row of its own. When the rows grow past max_rows, the time resolution
 * is doubled until enough rows have become one; on the way, spans are forgotten. Once there are so
 * many without times, samples that need a further row are summed without stack and thread, in one
 * row for each event: the totals stay whole. */
typedef struct {
  uint32_t stack;  /* node of a ProfStackTree */
  uint32_t thread; /* row of the caller's thread table */
  uint32_t event;
  uint32_t n_samples;
  uint64_t time_ns; /* the latest of the row's samples */
  double weight;    /* sum of sample weights, each 1/probability */
  double value;     /* sum of weight x period: nanoseconds, events */
  uint32_t span;    /* number in a ProfSpanTable; 0: none */
} ProfAggregateRow;

typedef struct {
  PROF_VEC (ProfAggregateRow) rows;
  ProfHashIndex index;    /* of the rows of the latest bucket */
  uint64_t bucket;        /* the latest */
  uint64_t resolution_ns; /* rows' times are in one bucket if time / resolution is equal */
  size_t max_rows;
  uint64_t n_without_stack; /* samples whose stack and thread were not kept */
  uint64_t n_without_span;  /* samples whose span was forgotten */
  bool has_spans;           /* some row has one */
  bool drops_spans;         /* no more */
} ProfAggregate;

/* resolution_ns 0: times are not kept apart. */
void prof_aggregate_init (ProfAggregate *aggregate, uint64_t resolution_ns, size_t max_rows);
void prof_aggregate_finish (ProfAggregate *aggregate);
/* Forgets all sums and keeps the memory. */
void prof_aggregate_reset (ProfAggregate *aggregate, uint64_t resolution_ns);

/* Adds row's n_samples, weight and value to the row with equal stack, thread, span, event and
 * time bucket. Stack 0 of PROF_NO_THREAD is the row of what was not kept. 0 or -ENOMEM. */
int prof_aggregate_add (ProfAggregate *aggregate, const ProfAggregateRow *row);

/* A copy of the rows for another thread, to read: adding to it would not find them. 0 or -ENOMEM.
 */
int prof_aggregate_clone (const ProfAggregate *aggregate, ProfAggregate *ret);
