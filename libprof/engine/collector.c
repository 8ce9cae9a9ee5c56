/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/collector.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <prof/cpu.h>

#include "base/clock.h"
#include "base/error.h"

/* Rings wake the thread at their watermark; what is slower than that is read so often, unless the
 * owner says otherwise. */
#define POLL_NS 100000000u
/* A record may be stamped on one CPU and not yet be readable from another. */
#define SETTLE_NS 2000000u

enum {
  TOKEN_WAKE,
  TOKEN_PIDFD,
  TOKEN_POLLED,
};

static int
watch_fd (ProfCollector *collector, int fd, unsigned kind)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = (uint64_t)kind << 32 | (unsigned)fd };
  if (epoll_ctl (collector->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 && errno != EEXIST)
    return -errno;
  return 0;
}

void
prof_collector_notify (ProfCollector *collector, unsigned flags)
{
  atomic_fetch_or (&collector->flags, flags);
  eventfd_write (collector->notify_fd, 1);
}

/* ---- the loop ---- */

static void
drain (ProfCollector *collector, uint64_t until_ns)
{
  int r = collector->funcs.drain (collector->funcs.owner, until_ns);
  if (r < 0 && collector->error.code == 0) {
    prof_error_set (&collector->error, r, "Stopped recording: %s%s.", strerror (-r),
                    prof_error_get_remedy (r));
    prof_collector_notify (collector, PROF_EVENT_FAILED);
    collector->wants_stop = true;
  }
}

static void
answer_request (ProfCollector *collector)
{
  pthread_mutex_lock (&collector->lock);
  ProfCollectorRequest func = collector->request.func;
  collector->request.func = NULL;
  pthread_mutex_unlock (&collector->lock);
  if (func == NULL)
    return;
  func (collector->funcs.owner, collector->request.argument);
  sem_post (&collector->request.done);
}

static void
handle_event (ProfCollector *collector, const struct epoll_event *event)
{
  unsigned kind = (unsigned)(event->data.u64 >> 32);
  int fd = (int)(unsigned)event->data.u64;
  if (kind == TOKEN_WAKE) {
    eventfd_t value;
    eventfd_read (collector->wake_fd, &value);
  } else if (kind == TOKEN_PIDFD) {
    epoll_ctl (collector->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    if (++collector->n_exited == collector->pidfds.n)
      collector->wants_stop = true;
  } else if (event->events & EPOLLHUP) {
    /* All threads of this ring are gone: it would be ready for ever. */
    epoll_ctl (collector->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
  }
}

static int
get_timeout_ms (const ProfCollector *collector, uint64_t until_ns)
{
  uint64_t now_ns = prof_monotonic_ns ();
  if (until_ns <= now_ns)
    return 0;
  uint64_t left_ns = until_ns - now_ns;
  return (int)((left_ns < collector->poll_ns ? left_ns : collector->poll_ns) / 1000000 + 1);
}

static void
wait_for_events (ProfCollector *collector, uint64_t until_ns)
{
  struct epoll_event events[16];
  int n = epoll_wait (collector->epoll_fd, events, 16, get_timeout_ms (collector, until_ns));
  for (int i = 0; i < n; i++)
    handle_event (collector, &events[i]);
}

static uint64_t
add_saturated (uint64_t a, uint64_t b)
{
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Returns false if a stop was wanted before the delay was over. */
static bool
wait_for_delay (ProfCollector *collector)
{
  uint64_t until_ns = add_saturated (prof_monotonic_ns (), collector->delay_ns);
  while (!collector->wants_stop && prof_monotonic_ns () < until_ns) {
    wait_for_events (collector, until_ns);
    answer_request (collector);
  }
  return !collector->wants_stop;
}

static int
begin (ProfCollector *collector)
{
  int r = collector->funcs.begin (collector->funcs.owner, &collector->error);
  uint64_t now_ns = prof_monotonic_ns ();
  collector->begin_ns = now_ns;
  if (collector->duration_ns > 0)
    collector->deadline_ns = add_saturated (now_ns, collector->duration_ns);
  return r;
}

static void
record (ProfCollector *collector)
{
  while (!collector->wants_stop) {
    uint64_t until_ns = collector->deadline_ns > 0 ? collector->deadline_ns : UINT64_MAX;
    wait_for_events (collector, until_ns);
    drain (collector, prof_monotonic_ns () - SETTLE_NS);
    answer_request (collector);
    if (prof_monotonic_ns () >= until_ns)
      break;
  }
}

static void
report_begin (ProfCollector *collector, int result)
{
  collector->begin_result = result;
  sem_post (&collector->begun);
}

static void *
run (void *data)
{
  ProfCollector *collector = data;
  prctl (PR_SET_NAME, "prof-collector");
  int r = 0;
  bool is_delayed = collector->delay_ns > 0;
  if (is_delayed)
    report_begin (collector, 0);
  if (!is_delayed || wait_for_delay (collector))
    r = begin (collector);
  if (!is_delayed)
    report_begin (collector, r);
  if (r >= 0)
    record (collector);
  collector->funcs.disable (collector->funcs.owner);
  drain (collector, UINT64_MAX);
  collector->end_ns = prof_monotonic_ns ();
  collector->funcs.end (collector->funcs.owner);
  pthread_mutex_lock (&collector->lock);
  collector->is_running = false;
  pthread_mutex_unlock (&collector->lock);
  answer_request (collector);
  prof_collector_notify (collector, PROF_EVENT_STOPPED | (r < 0 ? PROF_EVENT_FAILED : 0));
  return NULL;
}

/* ---- the caller's side ---- */

/* Signals are the program's business: none is ever delivered to this thread. */
static int
start_thread (ProfCollector *collector)
{
  sigset_t all, old;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  int r = -pthread_create (&collector->thread, NULL, run, collector);
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  return r;
}

int
prof_collector_start (ProfCollector *collector, ProfError *reterr)
{
  collector->is_running = true;
  int r = start_thread (collector);
  if (r < 0) {
    collector->is_running = false;
    return prof_error_set (reterr, r, "Can't start the thread that reads the samples.");
  }
  collector->has_thread = true;
  while (sem_wait (&collector->begun) < 0)
    continue;
  if (collector->begin_result < 0) {
    prof_collector_stop (collector);
    if (reterr != NULL)
      *reterr = collector->error;
  }
  return collector->begin_result;
}

void
prof_collector_stop (ProfCollector *collector)
{
  if (!collector->has_thread)
    return;
  collector->wants_stop = true;
  eventfd_write (collector->wake_fd, 1);
  pthread_join (collector->thread, NULL);
  collector->has_thread = false;
}

void
prof_collector_call (ProfCollector *collector, ProfCollectorRequest func, void *argument)
{
  pthread_mutex_lock (&collector->lock);
  bool is_running = collector->is_running;
  if (is_running) {
    collector->request.argument = argument;
    collector->request.func = func;
  }
  pthread_mutex_unlock (&collector->lock);
  if (!is_running) {
    prof_collector_stop (collector);
    func (collector->funcs.owner, argument);
    return;
  }
  eventfd_write (collector->wake_fd, 1);
  while (sem_wait (&collector->request.done) < 0)
    continue;
}

int
prof_collector_watch (ProfCollector *collector, pid_t pid)
{
  int fd = (int)syscall (SYS_pidfd_open, pid, 0);
  if (fd < 0)
    return -errno;
  int r = watch_fd (collector, fd, TOKEN_PIDFD);
  if (r >= 0 && prof_vec_push (&collector->pidfds, fd) < 0)
    r = -ENOMEM;
  if (r < 0)
    close (fd);
  return r;
}

int
prof_collector_poll (ProfCollector *collector, int fd)
{
  return watch_fd (collector, fd, TOKEN_POLLED);
}

static int
open_fds (ProfCollector *collector)
{
  collector->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  collector->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  collector->notify_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (collector->epoll_fd < 0 || collector->wake_fd < 0 || collector->notify_fd < 0)
    return -errno;
  return watch_fd (collector, collector->wake_fd, TOKEN_WAKE);
}

int
prof_collector_init (ProfCollector *collector, const ProfCollectorFuncs *funcs)
{
  *collector = (ProfCollector){ .funcs = *funcs, .poll_ns = POLL_NS, .owner_pid = getpid () };
  pthread_mutex_init (&collector->lock, NULL);
  sem_init (&collector->begun, 0, 0);
  sem_init (&collector->request.done, 0, 0);
  int r = open_fds (collector);
  if (r < 0)
    prof_collector_finish (collector);
  return r;
}

int
prof_collector_check_owner (const ProfCollector *collector, ProfError *reterr)
{
  if (collector->owner_pid == 0 || collector->owner_pid == getpid ())
    return 0;
  return prof_error_set (reterr, -EOWNERDEAD,
                         "Can't use this profiler: it belongs to the process that this one was "
                         "forked from. Make a new one.");
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
prof_collector_finish (ProfCollector *collector)
{
  prof_collector_stop (collector);
  prof_vec_foreach (fd, &collector->pidfds) {
    close_fd (fd);
  }
  prof_vec_clear (&collector->pidfds);
  close_fd (&collector->epoll_fd);
  close_fd (&collector->wake_fd);
  close_fd (&collector->notify_fd);
  sem_destroy (&collector->begun);
  sem_destroy (&collector->request.done);
  pthread_mutex_destroy (&collector->lock);
}

int
prof_collector_process_events (ProfCollector *collector, ProfError *reterr)
{
  eventfd_t value;
  eventfd_read (collector->notify_fd, &value);
  unsigned flags = atomic_exchange (&collector->flags, 0);
  if ((flags & PROF_EVENT_FAILED) == 0)
    return (int)flags;
  if (reterr != NULL)
    *reterr = collector->error;
  return collector->error.code < 0 ? collector->error.code : -EIO;
}
