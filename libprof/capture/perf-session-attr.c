/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "capture/helper-request.h"
#include "capture/perf-error.h"
#include "capture/perf-open.h"
#include "capture/perf-session-private.h"

/* What the event's name says goes before what is said for all events. */
static void
set_rate (const ProfPerfSessionConfig *config, struct perf_event_attr *attr)
{
  if (attr->sample_period > 0)
    return;
  attr->freq = config->period == 0;
  if (attr->freq)
    attr->sample_freq = config->frequency_hz;
  else
    attr->sample_period = config->period;
}

static void
set_sample (const ProfPerfSession *session, struct perf_event_attr *attr)
{
  const ProfPerfSessionConfig *config = &session->config;
  attr->sample_type = session->format.sample_type;
  attr->sample_regs_user = session->format.regs_mask;
  attr->sample_stack_user = config->stack_bytes;
  attr->sample_id_all = 1;
  attr->exclude_callchain_kernel = !config->wants_kernel_chain;
  attr->exclude_callchain_user = !config->wants_user_chain;
  attr->use_clockid = 1;
  attr->clockid = CLOCK_MONOTONIC;
  attr->read_format = session->has_read_lost ? PERF_FORMAT_LOST : 0;
}

/* One event of each thread and CPU reports what happens around the samples. */
static void
set_side_records (struct perf_event_attr *attr)
{
  attr->mmap = 1;
  attr->mmap2 = 1;
  attr->comm = 1;
  attr->comm_exec = 1;
  attr->task = 1;
}

bool
prof_session_follows_threads (const ProfPerfSession *session)
{
  return session->config.inherit || session->has_inherit_thread;
}

void
prof_session_fill_attr (const ProfPerfSession *session, size_t row, struct perf_event_attr *ret)
{
  const ProfPerfSessionEvent *event = &session->events.items[row];
  *ret = event->event.attr;
  ret->size = sizeof *ret;
  set_rate (&session->config, ret);
  set_sample (session, ret);
  if (row == 0)
    set_side_records (ret);
  ret->exclude_kernel |= event->excludes_kernel;
  ret->exclude_idle |= session->config.excludes_idle;
  ret->disabled = 1;
  ret->inherit = prof_session_follows_threads (session);
  ret->inherit_thread = ret->inherit && !session->config.inherit;
  ret->watermark = 1;
  ret->wakeup_watermark = (uint32_t)(session->config.ring_bytes / 2);
}

int
prof_session_open_event (const ProfPerfSession *session,
                         size_t row,
                         const ProfSessionTarget *target,
                         int cpu,
                         bool has_ring,
                         bool *ret_is_ring)
{
  struct perf_event_attr attr;
  prof_session_fill_attr (session, row, &attr);
  attr.enable_on_exec = target->enable_on_exec;
  if (target->tid == PROF_WHOLE_SYSTEM)
    attr.inherit = attr.inherit_thread = 0;
  if (target->is_cgroup)
    return prof_perf_open_with (&attr, target->cgroup_fd, cpu, PERF_FLAG_PID_CGROUP);
  ProfHelperChannel *helper = session->config.helper;
  if (helper == NULL)
    return prof_perf_open (&attr, target->tid, cpu);
  pid_t tid = target->tid != 0 ? target->tid : (pid_t)syscall (SYS_gettid);
  return prof_helper_channel_open_event (helper, &attr, tid, cpu,
                                         has_ring ? session->config.ring_bytes : 0, ret_is_ring);
}

static int
report_helper (const ProfPerfSession *session,
               size_t row,
               const ProfSessionTarget *target,
               int error,
               ProfError *reterr)
{
  const char *name = session->events.items[row].requested;
  if (error == -EPIPE)
    return prof_error_set (reterr, error,
                           "Can't count %s: prof-helper, which opens the events, has ended", name);
  if (error == -EACCES)
    return prof_error_set (reterr, error,
                           "Can't count %s in process %d: it belongs to another user, or has more "
                           "rights than this one; try: the whole system",
                           name, target->tid);
  return prof_error_set (reterr, error,
                         "Can't count %s: prof-helper opens software, hardware and cache events, "
                         "at %d Hz or less, or each %d and more (clocks: %d ns); try: as root",
                         name, PROF_HELPER_MAX_FREQUENCY_HZ, PROF_HELPER_MIN_PERIOD,
                         PROF_HELPER_MIN_CLOCK_NS);
}

static int
report_files (const ProfPerfSession *session,
              const ProfSessionTarget *target,
              const ProfPerfRights *rights,
              ProfError *reterr)
{
  size_t n_threads = 1 + target->n_more_threads;
  size_t n_needed = session->open.n + session->cpus.n * session->events.n * n_threads;
  return prof_error_set (reterr, -EMFILE,
                         "Can't open %zu perf events (%zu events on %zu CPUs for each thread): "
                         "this "
                         "process may have %llu files open; try: ulimit -n %zu",
                         n_needed, session->events.n, session->cpus.n,
                         (unsigned long long)rights->max_files, n_needed + 256);
}

int
prof_session_report_open (const ProfPerfSession *session,
                          size_t row,
                          const ProfSessionTarget *target,
                          int error,
                          ProfError *reterr)
{
  char name[32] = "";
  bool is_thread_refused = session->config.helper != NULL && error == -EACCES && target->tid > 0;
  if (error == -EBADRQC || error == -EPIPE || is_thread_refused)
    return report_helper (session, row, target, error, reterr);
  struct perf_event_attr attr;
  prof_session_fill_attr (session, row, &attr);
  ProfPerfOpening opening = {
    .event = session->events.items[row].requested,
    .attr = &attr,
    .target = name,
    .is_system_wide = target->tid == PROF_WHOLE_SYSTEM,
  };
  prof_perf_rights_read (&opening.rights);
  if (error == -EMFILE)
    return report_files (session, target, &opening.rights, reterr);
  if (target->is_cgroup && error == -EBADF)
    return prof_error_set (reterr, -ENOTDIR,
                           "Can't record the control group: its directory is none of cgroup v2, or "
                           "of the v1 hierarchy that has perf_event");
  if (opening.is_system_wide)
    opening.target = _ ("the whole system");
  else if (target->tid != 0)
    snprintf (name, sizeof name, _ ("process %d"), target->tid);
  return prof_perf_open_error (reterr, -error, &opening);
}
