/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include <prof/trace.h>

#include "base/hash-index.h"
#include "base/vec.h"
#include "trace/span-logs.h"

enum { PROF_MAX_SPANS = 1 << 17 };

typedef PROF_VEC (ProfTraceLink) ProfSpanVec;

/* Finds the spans in which samples of this process were taken, and numbers them: 1 is the first
 * one, 0 is none. One thread's. */
typedef struct {
  ProfSpanReader reader;
  ProfSpanVec spans;
  ProfHashIndex index;
  size_t max_spans;
  uint64_t n_lost; /* samples without their span: it was overwritten, or is one too many */
} ProfSpanJoin;

/* From here on threads log their spans. Before the first sample. */
void prof_span_join_begin (ProfSpanJoin *join);
/* All samples were joined; may be called again, and for one that is all zeros. */
void prof_span_join_end (ProfSpanJoin *join);
void prof_span_join_finish (ProfSpanJoin *join);
/* Forgets the numbers: 1 is the next span. */
void prof_span_join_reset (ProfSpanJoin *join);

/* The number of the span of a thread at a time since begin; 0 for a join that is all zeros.
 * -ENOMEM: then the number is not set. */
int prof_span_join_find (ProfSpanJoin *join, uint32_t tid, uint64_t time_ns, uint32_t *ret_number);
