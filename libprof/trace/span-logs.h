/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "trace/span-log.h"

/* The logs of all threads of this process that ever set a span: one for each that is alive, and
 * those of ended ones, which are used again once no recorder has samples of them to read. There is
 * one such list. */

/* When the recording of this process that goes on began, on CLOCK_MONOTONIC; 0: there is none. */
uint64_t prof_span_logs_get_recording (void);

/* A log for the calling thread. NULL: no memory. Changes no errno. */
ProfSpanLog *prof_span_logs_claim (void **context);
/* The calling thread ends. */
void prof_span_logs_release (ProfSpanLog *log);

/* Makes `keep`, the log of the one thread that a fork left over, the only one; NULL: none. */
void prof_span_logs_reset (ProfSpanLog *keep);

/* ---- reading ---- */

enum { PROF_SPAN_CACHE = 64 };

typedef struct {
  uint32_t tid;
  uint64_t n_claims;      /* as many logs were claimed then */
  const ProfSpanLog *log; /* NULL: the thread had none */
} ProfSpanCacheEntry;

/* A recorder of this process: while it is open, threads log their spans with times. One thread's,
 * but that begin may be called by another before. */
typedef struct ProfSpanReader {
  struct ProfSpanReader *next;
  bool is_open;
  uint64_t recording_ns;
  uint64_t drained_ns;
  ProfSpanCacheEntry cache[PROF_SPAN_CACHE];
} ProfSpanReader;

void prof_span_reader_begin (ProfSpanReader *reader);
/* Once there are no samples left to read; may be called again. */
void prof_span_reader_end (ProfSpanReader *reader);

/* All samples up to that time were read. */
void prof_span_reader_set_drained (ProfSpanReader *reader, uint64_t until_ns);

/* The span in which a thread of this process was at a time since begin. */
ProfSpanResult prof_span_reader_find (ProfSpanReader *reader,
                                      uint32_t tid,
                                      uint64_t time_ns,
                                      ProfTraceLink *ret);
