/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <prof/trace.h>

/* The spans of one thread and since when each was current. The thread and its signal handlers
 * write, without a lock; collectors read, and find out when what they read was overwritten. */

/* What OTEP 4947 lays down for readers outside; without attributes. */
typedef struct {
  uint8_t trace_id[16];
  uint8_t span_id[8];
  uint8_t is_valid; /* 1 */
  uint8_t flags;
  uint16_t n_attribute_bytes; /* 0 */
} ProfThreadContext;

_Static_assert(sizeof (ProfThreadContext) == 28, "the record has no padding");

enum { PROF_SPAN_WORDS = 4 };

typedef struct {
  _Atomic uint64_t tag; /* the entry's number + 1 once all of it is there */
  _Atomic uint64_t time_ns;
  union {
    ProfThreadContext context;
    _Atomic uint64_t words[PROF_SPAN_WORDS]; /* how it is read and written */
  };
} ProfSpanEntry;

enum {
  PROF_SPAN_ENTRIES = 2048,    /* kept while this process is recorded: 96 KiB of a thread */
  PROF_SPAN_IDLE_ENTRIES = 16, /* while it is not; more than signal handlers nest */
};

typedef enum {
  PROF_SPAN_LOG_USED,
  PROF_SPAN_LOG_ENDED, /* the thread has ended, its samples may be still unread */
  PROF_SPAN_LOG_SWEPT, /* while somebody frees its pages */
  PROF_SPAN_LOG_FREE,
} ProfSpanLogState;

typedef struct ProfSpanLog {
  struct ProfSpanLog *next; /* constant once the log is in a list */
  _Atomic uint32_t state;
  _Atomic uint32_t tid; /* 0: it is about to become another's */
  _Atomic uint64_t claimed_ns;
  _Atomic uint64_t ended_ns; /* UINT64_MAX: not yet */

  void **context;                /* the thread's otel_thread_ctx_v1 */
  _Atomic uint64_t n_entries;    /* ever begun */
  _Atomic uint64_t recording_ns; /* the latest recording that this thread has noticed; its entries
                                  * begin with `first`, which is the span of before */
  _Atomic uint64_t first;
  _Atomic (ProfSpanEntry *) current; /* NULL: no span was ever set */

  ProfSpanEntry idle[PROF_SPAN_IDLE_ENTRIES];
  ProfSpanEntry entries[PROF_SPAN_ENTRIES];
} ProfSpanLog;

/* For the thread that owns it, whose otel_thread_ctx_v1 `context` is. */
void prof_span_log_claim (ProfSpanLog *log, uint32_t tid, uint64_t now_ns, void **context);

/* One try to make `link` the current span from time_ns on; 0: this process is not being recorded.
 * `number` is what n_entries was before time_ns was taken. False: a signal handler came in between;
 * what it set counts as earlier, so try again. */
bool prof_span_log_put (ProfSpanLog *log,
                        uint64_t number,
                        uint64_t time_ns,
                        const ProfTraceLink *link);

/* Makes the span of before the first one of a recording, which began at recording_ns. */
void prof_span_log_begin_recording (ProfSpanLog *log, uint64_t recording_ns);

/* The current span as its thread sees it; false: none. */
bool prof_span_log_get_current (const ProfSpanLog *log, ProfTraceLink *ret);

typedef enum {
  PROF_SPAN_FOUND,
  PROF_SPAN_NONE,
  PROF_SPAN_LOST, /* overwritten since */
} ProfSpanResult;

/* The span that was current at a time since recording_ns. Any thread. */
ProfSpanResult prof_span_log_find (const ProfSpanLog *log,
                                   uint64_t recording_ns,
                                   uint64_t time_ns,
                                   ProfTraceLink *ret);
