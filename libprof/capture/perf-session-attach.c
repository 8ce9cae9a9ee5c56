/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "capture/perf-session-private.h"
#include "capture/proc-maps.h"

enum {
  /* A thread inherits early in clone() and its FORK record comes at the end. A record that comes
   * this long after the parent's events were opened proves that the thread has them. */
  LONGEST_CLONE_NS = 2000000,
  /* Against a target that starts threads faster than they can be listed. */
  MAX_ROUNDS = 200,
};

typedef struct {
  pid_t tid;
  uint64_t covered_since_ns; /* 0: from birth; UINT64_MAX: not at all */
} Thread;

typedef struct {
  ProfPerfSession *session;
  pid_t pid, except_tid;
  PROF_VEC (Thread) threads; /* that need no look any more */
  ProfHashIndex by_tid;
  size_t n_opened;
} Attach;

static inline void
finish_attach_p (Attach *attach)
{
  prof_vec_clear (&attach->threads);
  prof_hash_index_clear (&attach->by_tid);
}

static bool
has_tid (const void *table, uint32_t row, const void *key)
{
  return ((const Thread *)table)[row].tid == *(const pid_t *)key;
}

static const Thread *
find_thread (const Attach *attach, pid_t tid)
{
  uint32_t row = prof_hash_index_find (&attach->by_tid, prof_hash_word (0, (uint64_t)tid), has_tid,
                                       attach->threads.items, &tid);
  return row != PROF_HASH_INDEX_NONE ? &attach->threads.items[row] : NULL;
}

static int
add_thread (Attach *attach, pid_t tid, uint64_t covered_since_ns)
{
  uint32_t row = (uint32_t)attach->threads.n;
  if (prof_vec_push (&attach->threads, (Thread){ tid, covered_since_ns }) < 0)
    return -ENOMEM;
  return prof_hash_index_add (&attach->by_tid, prof_hash_word (0, (uint64_t)tid), row);
}

/* 1 if the record says that a thread, not known up to now, inherited. */
static int
read_fork (Attach *attach, const ProfRecord *record)
{
  if (record->kind != PROF_RECORD_FORK || record->pid != (uint32_t)attach->pid
      || find_thread (attach, (pid_t)record->tid) != NULL)
    return 0;
  const Thread *parent = find_thread (attach, (pid_t)record->fork.parent_tid);
  if (parent == NULL || parent->covered_since_ns > record->time_ns
      || record->time_ns - parent->covered_since_ns < LONGEST_CLONE_NS)
    return 0;
  int r = add_thread (attach, (pid_t)record->tid, 0);
  return r < 0 ? r : 1;
}

/* Reads through a copy of the ring, so that nothing is consumed. */
static int
read_ring (Attach *attach, const ProfPerfRing *ring)
{
  ProfPerfRing view = *ring;
  const void *bytes;
  size_t size;
  int n = 0;
  prof_perf_ring_refresh (&view);
  while ((bytes = prof_perf_ring_peek (&view, &size)) != NULL) {
    ProfRecord record;
    if (prof_record_parse (&attach->session->format, bytes, size, &record) == 0) {
      int r = read_fork (attach, &record);
      if (r < 0)
        return r;
      n += r;
    }
    prof_perf_ring_consume (&view, size);
  }
  return n;
}

/* Again as long as it brings something: parent and child may be in different rings. */
static int
read_forks (Attach *attach)
{
  int n;
  if (!prof_session_follows_threads (attach->session))
    return 0;
  do {
    n = 0;
    prof_vec_foreach (ring, &attach->session->rings) {
      int r = read_ring (attach, ring);
      if (r < 0)
        return r;
      n += r;
    }
  } while (n > 0);
  return 0;
}

static int
open_thread (Attach *attach, const ProfSessionTarget *target, ProfError *reterr)
{
  ProfPerfSession *session = attach->session;
  size_t first = session->open.n;
  uint64_t covered_since_ns = UINT64_MAX;
  ProfError error;
  int r = prof_session_open (session, target, &error);
  if (r < 0 && r != -ESRCH) {
    if (reterr != NULL)
      *reterr = error;
    return r;
  }
  if (r == 0) {
    prof_session_ioctl_from (session, first, PERF_EVENT_IOC_ENABLE);
    covered_since_ns = prof_monotonic_ns ();
    attach->n_opened++;
  }
  if (add_thread (attach, target->tid, covered_since_ns) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't record process %d: out of memory", attach->pid);
  return 0;
}

/* Opens the threads that are not known yet; how many there were. All that is listed before the
 * first is opened can't have inherited. */
static int
open_new_threads (Attach *attach, const pid_t *tids, size_t n, ProfError *reterr)
{
  bool is_doubtful = attach->n_opened > 0;
  int n_new = 0;
  for (size_t i = 0; i < n; i++) {
    if (find_thread (attach, tids[i]) != NULL)
      continue;
    ProfSessionTarget target
        = { .tid = tids[i], .is_doubtful = is_doubtful, .n_more_threads = n - 1 - i };
    int r = open_thread (attach, &target, reterr);
    if (r < 0)
      return r;
    n_new++;
  }
  return n_new;
}

/* Lists the threads, and opens those that did not inherit for certain. */
static int
attach_round (Attach *attach, ProfError *reterr)
{
  cleanup (prof_free) pid_t *tids = NULL;
  size_t n;
  int r = prof_proc_list_threads (attach->pid, &tids, &n);
  if (r == -ESRCH && attach->n_opened > 0)
    return 0;
  if (r == 0)
    r = read_forks (attach);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't record process %d: %s", attach->pid,
                           r == -ESRCH ? "there is no such process" : strerror (-r));
  return open_new_threads (attach, tids, n, reterr);
}

int
prof_perf_session_attach (ProfPerfSession *session, pid_t pid, pid_t except_tid, ProfError *reterr)
{
  cleanup (finish_attach) Attach attach = { session, pid, except_tid };
  size_t first = session->open.n;
  int r = except_tid > 0 ? add_thread (&attach, except_tid, UINT64_MAX) : 0;
  if (r < 0)
    return prof_error_set (reterr, r, "Can't record process %d: out of memory", pid);
  int n_rounds = 0;
  do
    r = attach_round (&attach, reterr);
  while (r > 0 && ++n_rounds < MAX_ROUNDS);
  if (r >= 0 && attach.n_opened > 0)
    return 0;
  if (r >= 0)
    r = prof_error_set (reterr, -ESRCH, "Can't record process %d: it has ended", pid);
  if (first == 0)
    prof_session_clear_rings (session);
  prof_session_close_from (session, first);
  return r;
}
