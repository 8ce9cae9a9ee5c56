/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "capture/perf-error.h"
#include "capture/perf-session-private.h"

static int
try_event (const ProfPerfSession *session, size_t row, const ProfSessionTarget *target)
{
  int cpu = target->tid == PROF_WHOLE_SYSTEM ? session->cpus.items[0] : -1;
  int fd = prof_session_open_event (session, row, target, cpu, false, NULL);
  if (fd < 0)
    return fd;
  close (fd);
  return 0;
}

/* EINVAL may come of a bit that this kernel is too old for: the newest is given up first. */
static bool
drop_feature (ProfPerfSession *session)
{
  if (session->has_read_lost) {
    session->has_read_lost = false;
    return true;
  }
  if (!session->config.inherit && session->has_inherit_thread) {
    session->has_inherit_thread = false;
    return true;
  }
  return false;
}

static int
replace_by_clock (ProfPerfSession *session, ProfPerfSessionEvent *event, ProfError *reterr)
{
  ProfPerfEvent clock;
  int r = prof_perf_event_resolve ("cpu-clock", &clock, reterr);
  if (r < 0)
    return r;
  prof_perf_event_finish (&event->event);
  event->event = clock;
  r = prof_session_notes_add (&session->notes,
                              "\"cycles\" can't be counted here (no hardware counters); recording "
                              "\"cpu-clock\" instead");
  return r < 0 ? prof_error_set (reterr, r, "Can't count cycles: out of memory") : 0;
}

static bool
can_be_clock (const ProfPerfSessionEvent *event, int error)
{
  bool is_missing = error == -ENOENT || error == -ENODEV || error == -ENXIO || error == -EOPNOTSUPP;
  return is_missing && !event->event.is_clock && strcmp (event->requested, "cycles") == 0;
}

static bool
can_exclude_kernel (const ProfPerfSessionEvent *event, int error)
{
  return (error == -EACCES || error == -EPERM) && !event->excludes_kernel
         && !event->event.is_in_kernel && !event->event.attr.exclude_user;
}

/* Tries the event of a row, each time with less, until the kernel takes it. */
static int
settle_event (ProfPerfSession *session, size_t row, ProfError *reterr)
{
  ProfSessionTarget target = { .tid = session->config.is_system_wide ? PROF_WHOLE_SYSTEM : 0 };
  ProfPerfSessionEvent *event = &session->events.items[row];
  for (;;) {
    int r = try_event (session, row, &target);
    if (r == 0)
      return 0;
    if (can_exclude_kernel (event, r)) {
      event->excludes_kernel = true;
    } else if (can_be_clock (event, r)) {
      r = replace_by_clock (session, event, reterr);
      if (r < 0)
        return r;
    } else if (r != -EINVAL || !drop_feature (session)) {
      return prof_session_report_open (session, row, &target, r, reterr);
    }
  }
}

static int
add_event (ProfPerfSession *session, const char *name, ProfError *reterr)
{
  ProfPerfSessionEvent event = { .requested = strdup (name) };
  if (event.requested == NULL || prof_vec_reserve (&session->events, 1) < 0) {
    free (event.requested);
    return prof_error_set (reterr, -ENOMEM, "Can't count %s: out of memory", name);
  }
  int r = prof_perf_event_resolve (name, &event.event, reterr);
  if (r < 0) {
    free (event.requested);
    return r;
  }
  event.excludes_kernel = event.event.attr.exclude_kernel || session->config.exclude_kernel;
  session->events.items[session->events.n++] = event;
  return 0;
}

/* What the session goes without. */
static int
add_notes (ProfPerfSession *session, bool gave_up_kernel)
{
  ProfPerfRights rights;
  int r = 0;
  prof_perf_rights_read (&rights);
  if (session->config.helper != NULL)
    r = prof_session_notes_add (&session->notes,
                                "recorded with an administrator's rights, by prof-helper");
  if (r == 0 && gave_up_kernel)
    r = prof_session_notes_add (&session->notes,
                                "kernel code is not recorded: this user has no CAP_PERFMON, and "
                                "kernel.perf_event_paranoid is %d (it would take 1 or less)",
                                rights.paranoid);
  if (r == 0 && !prof_session_follows_threads (session))
    r = prof_session_notes_add (&session->notes,
                                "threads that start while recording are not followed: before Linux "
                                "5.13 that takes following child processes as well");
  return r;
}

int
prof_session_add_events (ProfPerfSession *session, const char *const *names, ProfError *reterr)
{
  bool gave_up_kernel = false;
  for (; *names != NULL; names++) {
    int r = add_event (session, *names, reterr);
    if (r < 0)
      return r;
    const size_t row = session->events.n - 1;
    bool excluded_kernel = session->events.items[row].excludes_kernel;
    r = settle_event (session, row, reterr);
    if (r < 0)
      return r;
    gave_up_kernel |= session->events.items[row].excludes_kernel && !excluded_kernel;
  }
  if (add_notes (session, gave_up_kernel) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't record: out of memory");
  return 0;
}
