/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <pthread.h>

#include <prof/error.h>

#include "base/vec.h"

/* The thread that reads the rings: the only loop of a recording. It has its owner open and drain
 * what is recorded, and stops at the end of the duration or of the targets. Between start and the
 * end of stop, the callbacks run in this thread only. */
typedef struct {
  /* Opens and enables what is to be recorded. Called once, after the delay. */
  int (*begin) (void *owner, ProfError *reterr);
  /* Takes what was recorded up to that time. A negative errno ends the recording. */
  int (*drain) (void *owner, uint64_t until_ns);
  /* Stops the recording at its source: what is still in the rings is drained after it. */
  void (*disable) (void *owner);
  /* The rings are empty. */
  void (*end) (void *owner);
  void *owner;
} ProfCollectorFuncs;

/* A function that the collector's thread runs for a caller that waits. */
typedef void (*ProfCollectorRequest) (void *owner, void *argument);

typedef struct {
  ProfCollectorFuncs funcs;
  pid_t owner_pid; /* a forked child has the memory, but no thread and not the rings; 0: no init yet
                    */
  uint64_t delay_ns, duration_ns;
  uint64_t poll_ns;      /* at least so often is drained */
  PROF_VEC (int) pidfds; /* owned; the recording ends when all are readable. Empty: never */

  pthread_t thread;
  bool has_thread;
  int epoll_fd, wake_fd, notify_fd; /* notify_fd: readable when there are new flags */
  atomic_uint flags;                /* ProfEvents that the caller has not seen */
  atomic_bool is_running, wants_stop;
  pthread_mutex_t lock; /* of is_running's end and the request slot: no request is forgotten */
  sem_t begun;
  int begin_result;
  ProfError error; /* valid once begun, or with PROF_EVENT_FAILED */

  struct {
    ProfCollectorRequest func;
    void *argument;
    sem_t done;
  } request; /* the one slot; the caller waits until it is done */

  size_t n_exited;
  uint64_t deadline_ns;           /* 0: none */
  atomic_ullong begin_ns, end_ns; /* CLOCK_MONOTONIC; 0: not yet */
} ProfCollector;

int prof_collector_init (ProfCollector *collector, const ProfCollectorFuncs *funcs);
/* -EOWNERDEAD with its sentence in a child of fork, where nothing else here may be called. */
int prof_collector_check_owner (const ProfCollector *collector, ProfError *reterr);
/* Stops first. */
void prof_collector_finish (ProfCollector *collector);

/* The recording ends with this process (one of several). -ESRCH: it is gone. */
int prof_collector_watch (ProfCollector *collector, pid_t pid);

/* Wakes the thread when the descriptor is readable, until it hangs up. Collector's thread. */
int prof_collector_poll (ProfCollector *collector, int fd);

/* Starts the thread and, without a delay, waits until the events count. */
int prof_collector_start (ProfCollector *collector, ProfError *reterr);
/* Waits until the rings are drained and the thread is gone. */
void prof_collector_stop (ProfCollector *collector);

/* Runs func between two records, in the collector's thread; in the caller's where the thread has
 * ended. */
void prof_collector_call (ProfCollector *collector, ProfCollectorRequest func, void *argument);

/* Sets flags for the caller and makes notify_fd readable. Collector's thread. */
void prof_collector_notify (ProfCollector *collector, unsigned flags);

/* What happened since the last call: flags, or a negative errno with its sentence in *reterr.
 * Caller's thread. */
int prof_collector_process_events (ProfCollector *collector, ProfError *reterr);
