/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/current-span.h"

#include <pthread.h>

#include <prof/trace.h>

#include "base/clock.h"
#include "trace/span-logs.h"

_Thread_local void *otel_thread_ctx_v1;

static _Thread_local ProfSpanLog *self;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_key;

/* ---- the life of threads ---- */

static void
release (void *log)
{
  self = NULL;
  prof_span_logs_release (log);
}

static void
begin_child (void)
{
  prof_span_logs_reset (self);
}

static void
prepare (void)
{
  has_key
      = pthread_key_create (&key, release) == 0 && pthread_atfork (NULL, NULL, begin_child) == 0;
}

/* A thread whose end nobody would tell gets none. */
static ProfSpanLog *
claim (void)
{
  pthread_once (&once, prepare);
  ProfSpanLog *log = has_key ? prof_span_logs_claim (&otel_thread_ctx_v1) : NULL;
  if (log != NULL && pthread_setspecific (key, log) != 0) {
    prof_span_logs_release (log);
    return NULL;
  }
  return self = log;
}

/* ---- the current span ---- */

static void
set (ProfSpanLog *log, const ProfTraceLink *link)
{
  uint64_t recording_ns = prof_span_logs_get_recording (), number, time_ns;
  if (recording_ns != 0)
    prof_span_log_begin_recording (log, recording_ns);
  do {
    number = atomic_load_explicit (&log->n_entries, memory_order_relaxed);
    time_ns = recording_ns != 0 ? prof_monotonic_ns () : 0;
  } while (!prof_span_log_put (log, number, time_ns, link));
}

void
prof_trace_set_current (const ProfTraceLink *link)
{
  static const ProfTraceLink none;
  ProfSpanLog *log = self;
  if (log == NULL && link != NULL)
    log = claim ();
  if (log != NULL)
    set (log, link != NULL ? link : &none);
}

bool
prof_trace_get_current (ProfTraceLink *ret)
{
  return self != NULL && prof_span_log_get_current (self, ret);
}
