/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "capture/cpu-list.h"
#include "capture/perf-session.h"
#include "capture/session-notes.h"

#define PROF_WHOLE_SYSTEM (-1)

/* One event on one thread (or the whole system) and one CPU. */
typedef struct {
  int fd;         /* -1: closed, because the thread had inherited the event as well */
  uint32_t event; /* row of `events` */
  pid_t tid;
  int cpu;
  uint64_t id; /* perf's */
} ProfOpenEvent;

/* Of its thread, CPU and row. */
uint64_t prof_open_event_hash_place (const ProfOpenEvent *event);

struct ProfPerfSession {
  ProfPerfSessionConfig config; /* as it came to be after fallbacks; its `events` are not kept */
  ProfRecordFormat format;
  PROF_VEC (ProfPerfSessionEvent) events;
  ProfSessionNotes notes;
  bool has_read_lost;      /* PERF_FORMAT_LOST, Linux 6.0 */
  bool has_inherit_thread; /* Linux 5.13 */

  ProfCpuList cpus; /* once there are rings: those that have one */
  PROF_VEC (ProfPerfRing) rings;
  PROF_VEC (int) ring_fds; /* the first event on each CPU; owned by `open` */
  PROF_VEC (ProfOpenEvent) open;
  ProfHashIndex open_by_id;
  ProfHashIndex doubtful; /* rows of `open` by place: the thread may have inherited too */
};

typedef struct {
  pid_t tid;      /* or PROF_WHOLE_SYSTEM */
  bool is_cgroup; /* of the system, what runs in one */
  int cgroup_fd;
  bool enable_on_exec;
  bool is_doubtful;      /* a thread that may have inherited the events */
  size_t n_more_threads; /* that are to be opened after this one */
} ProfSessionTarget;

/* perf-session-attr.c: what the kernel is asked for, for the event of a row. */
void prof_session_fill_attr (const ProfPerfSession *session,
                             size_t row,
                             struct perf_event_attr *ret);
/* Opens it, disabled. The descriptor, or -errno. `has_ring`: it is to have one; *ret_is_ring: that
 * is what failed. */
int prof_session_open_event (const ProfPerfSession *session,
                             size_t row,
                             const ProfSessionTarget *target,
                             int cpu,
                             bool has_ring,
                             bool *ret_is_ring);
/* Phrases why that failed. */
int prof_session_report_open (const ProfPerfSession *session,
                              size_t row,
                              const ProfSessionTarget *target,
                              int error,
                              ProfError *reterr);
/* New threads of a thread that is open are recorded as well. */
bool prof_session_follows_threads (const ProfPerfSession *session);

/* perf-session-events.c: resolves the names and tries each event. */
int prof_session_add_events (ProfPerfSession *session, const char *const *names, ProfError *reterr);

/* perf-session-open.c: all events on a target and all CPUs, or none. */
int prof_session_open (ProfPerfSession *session,
                       const ProfSessionTarget *target,
                       ProfError *reterr);
void prof_session_close_from (ProfPerfSession *session, size_t first);
void prof_session_clear_rings (ProfPerfSession *session);
/* Does an ioctl on the events from `first` on. */
int prof_session_ioctl_from (ProfPerfSession *session, size_t first, unsigned long request);
