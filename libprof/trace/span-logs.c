/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/span-logs.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"

static _Atomic (ProfSpanLog *) logs; /* grows at its head */
static _Atomic uint64_t n_claims;
static _Atomic uint64_t recording_ns;

/* Readers come and go under the lock; no thread that sets a span takes it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ProfSpanReader *readers;

uint64_t
prof_span_logs_get_recording (void)
{
  return atomic_load_explicit (&recording_ns, memory_order_acquire);
}

/* ---- logs ---- */

static bool
change_state (ProfSpanLog *log, ProfSpanLogState from, ProfSpanLogState to)
{
  uint32_t expected = from;
  return atomic_compare_exchange_strong (&log->state, &expected, to);
}

static ProfSpanLog *
find_free (void)
{
  for (ProfSpanLog *log = atomic_load (&logs); log != NULL; log = log->next)
    if (change_state (log, PROF_SPAN_LOG_FREE, PROF_SPAN_LOG_USED))
      return log;
  return NULL;
}

static ProfSpanLog *
add_log (void)
{
  ProfSpanLog *log
      = mmap (NULL, sizeof *log, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (log == MAP_FAILED)
    return NULL;
  log->next = atomic_load (&logs);
  while (!atomic_compare_exchange_weak (&logs, &log->next, log))
    continue;
  return log;
}

ProfSpanLog *
prof_span_logs_claim (void **context)
{
  int saved_errno = errno;
  ProfSpanLog *log = find_free ();
  if (log == NULL)
    log = add_log ();
  if (log != NULL) {
    prof_span_log_claim (log, (uint32_t)syscall (SYS_gettid), prof_monotonic_ns (), context);
    atomic_fetch_add (&n_claims, 1);
  }
  errno = saved_errno;
  return log;
}

/* Gives back what a recording has written; the pages that other fields share stay. */
static void
sweep (ProfSpanLog *log)
{
  uintptr_t page = (uintptr_t)sysconf (_SC_PAGESIZE);
  uintptr_t start = ((uintptr_t)log->entries + page - 1) & ~(page - 1);
  uintptr_t end = (uintptr_t)(log + 1) & ~(page - 1);
  atomic_store_explicit (&log->tid, 0, memory_order_relaxed);
  if (start < end)
    madvise ((void *)start, end - start, MADV_DONTNEED);
  atomic_store (&log->state, PROF_SPAN_LOG_FREE);
}

static void
sweep_ended (uint64_t until_ns)
{
  for (ProfSpanLog *log = atomic_load (&logs); log != NULL; log = log->next)
    if (atomic_load (&log->ended_ns) <= until_ns
        && change_state (log, PROF_SPAN_LOG_ENDED, PROF_SPAN_LOG_SWEPT))
      sweep (log);
}

void
prof_span_logs_release (ProfSpanLog *log)
{
  *log->context = NULL;
  atomic_store (&log->ended_ns, prof_monotonic_ns ());
  atomic_store (&log->state, PROF_SPAN_LOG_ENDED);
  if (prof_span_logs_get_recording () == 0
      && change_state (log, PROF_SPAN_LOG_ENDED, PROF_SPAN_LOG_SWEPT))
    sweep (log);
}

void
prof_span_logs_reset (ProfSpanLog *keep)
{
  ProfSpanLog *next;
  for (ProfSpanLog *log = atomic_load (&logs); log != NULL; log = next) {
    next = log->next;
    if (log != keep)
      munmap (log, sizeof *log);
  }
  if (keep != NULL) {
    keep->next = NULL;
    atomic_store (&keep->tid, (uint32_t)syscall (SYS_gettid));
  }
  atomic_store (&logs, keep);
  atomic_store (&recording_ns, 0);
  readers = NULL;
  pthread_mutex_init (&lock, NULL);
}

/* ---- readers ---- */

/* No recording is like the one before: threads see from its time that it is another. */
static uint64_t
begin_recording (void)
{
  static uint64_t latest_ns;
  uint64_t now_ns = prof_monotonic_ns ();
  latest_ns = now_ns > latest_ns ? now_ns : latest_ns + 1;
  return latest_ns;
}

void
prof_span_reader_begin (ProfSpanReader *reader)
{
  pthread_mutex_lock (&lock);
  if (readers == NULL)
    atomic_store (&recording_ns, begin_recording ());
  *reader = (ProfSpanReader){
    .next = readers,
    .is_open = true,
    .recording_ns = prof_span_logs_get_recording (),
  };
  readers = reader;
  pthread_mutex_unlock (&lock);
}

/* What all readers have read. */
static uint64_t
get_drained (void)
{
  uint64_t until_ns = UINT64_MAX;
  for (const ProfSpanReader *reader = readers; reader != NULL; reader = reader->next)
    if (reader->drained_ns < until_ns)
      until_ns = reader->drained_ns;
  return until_ns;
}

void
prof_span_reader_end (ProfSpanReader *reader)
{
  if (!reader->is_open)
    return;
  reader->is_open = false;
  pthread_mutex_lock (&lock);
  ProfSpanReader **link = &readers;
  while (*link != NULL && *link != reader)
    link = &(*link)->next;
  if (*link != NULL)
    *link = reader->next;
  if (readers == NULL)
    atomic_store (&recording_ns, 0);
  sweep_ended (get_drained ());
  pthread_mutex_unlock (&lock);
}

void
prof_span_reader_set_drained (ProfSpanReader *reader, uint64_t until_ns)
{
  if (!reader->is_open || atomic_load_explicit (&logs, memory_order_relaxed) == NULL)
    return;
  pthread_mutex_lock (&lock);
  reader->drained_ns = until_ns;
  sweep_ended (get_drained ());
  pthread_mutex_unlock (&lock);
}

static bool
is_of (const ProfSpanLog *log, uint32_t tid, uint64_t time_ns)
{
  return atomic_load_explicit (&log->tid, memory_order_acquire) == tid
         && time_ns >= atomic_load_explicit (&log->claimed_ns, memory_order_relaxed)
         && time_ns <= atomic_load_explicit (&log->ended_ns, memory_order_relaxed);
}

/* A thread without a log is remembered until the next log is claimed. */
static const ProfSpanLog *
find_log (ProfSpanReader *reader, uint32_t tid, uint64_t time_ns)
{
  uint64_t n = atomic_load_explicit (&n_claims, memory_order_acquire);
  ProfSpanCacheEntry *known = &reader->cache[tid % PROF_SPAN_CACHE];
  if (known->tid == tid
      && (known->log != NULL ? is_of (known->log, tid, time_ns) : known->n_claims == n))
    return known->log;
  bool has_other = false;
  const ProfSpanLog *log = atomic_load_explicit (&logs, memory_order_acquire);
  for (; log != NULL && !is_of (log, tid, time_ns); log = log->next)
    has_other |= atomic_load_explicit (&log->tid, memory_order_relaxed) == tid;
  if (log != NULL || !has_other)
    *known = (ProfSpanCacheEntry){ tid, n, log };
  return log;
}

ProfSpanResult
prof_span_reader_find (ProfSpanReader *reader, uint32_t tid, uint64_t time_ns, ProfTraceLink *ret)
{
  if (atomic_load_explicit (&logs, memory_order_acquire) == NULL)
    return PROF_SPAN_NONE;
  const ProfSpanLog *log = find_log (reader, tid, time_ns);
  return log == NULL ? PROF_SPAN_NONE
                     : prof_span_log_find (log, reader->recording_ns, time_ns, ret);
}
