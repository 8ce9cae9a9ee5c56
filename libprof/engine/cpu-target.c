/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/cpu-target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"

void
prof_cpu_target_init (ProfCpuTarget *target, const ProfCpuConfig *config)
{
  *target = (ProfCpuTarget){ .config = config, .spawn = { .pid = 0, .socket_fd = -1 } };
}

void
prof_cpu_target_finish (ProfCpuTarget *target)
{
  int status;
  prof_spawn_finish (&target->spawn);
  /* A command that has ended is not left as a zombie; one that goes on is init's later. */
  prof_cpu_target_wait (target, false, &status);
}

/* ---- opening ---- */

static int
open_command_by_cpu (ProfCpuTarget *target, ProfError *reterr)
{
  uint32_t pid = (uint32_t)target->spawn.pid;
  if (prof_process_filter_add (target->filter, pid, true, prof_monotonic_ns ()) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't record process %u: out of memory.", pid);
  return prof_perf_session_add_system (target->session, reterr);
}

static int
open_command (ProfCpuTarget *target, ProfError *reterr)
{
  const ProfCpuConfig *config = target->config;
  int r = prof_spawn_new (config->command, config->environment, config->working_directory,
                          &target->spawn, reterr);
  if (r < 0)
    return r;
  prof_trace_parse (prof_spawn_get_variable (config->environment, "TRACEPARENT"), &target->link);
  bool enable_on_exec = config->delay_ns == 0;
  r = target->filter->is_on ? open_command_by_cpu (target, reterr)
                            : prof_perf_session_add_thread (target->session, target->spawn.pid,
                                                            enable_on_exec, reterr);
  if (r >= 0 && (r = prof_collector_watch (target->collector, target->spawn.pid)) < 0)
    prof_error_set (reterr, r, "Can't watch '%s' for its end: %s%s.", config->command[0],
                    strerror (-r), prof_error_get_remedy (r));
  return r;
}

static int
check_pid (ProfCpuTarget *target, pid_t pid, ProfError *reterr)
{
  int r = prof_collector_watch (target->collector, pid);
  if (r == -ESRCH || r == -EINVAL)
    return prof_error_set (reterr, -ESRCH, "Can't record process %d: there is no such process.",
                           (int)pid);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't watch process %d for its end: %s%s.", (int)pid,
                           strerror (-r), prof_error_get_remedy (r));
  return 0;
}

static int
open_cgroup (ProfCpuTarget *target, ProfError *reterr)
{
  const char *path = target->config->cgroup;
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return prof_error_set (reterr, -errno,
                           "Can't record the control group %s: %s. Name its directory, such as "
                           "/sys/fs/cgroup/system.slice/nginx.service.",
                           path, strerror (errno));
  return prof_perf_session_add_cgroup (target->session, fd, reterr);
}

int
prof_cpu_target_open (ProfCpuTarget *target, ProfError *reterr)
{
  const ProfCpuConfig *config = target->config;
  int r = 0;
  switch (config->target) {
  case PROF_TARGET_COMMAND:
    return open_command (target, reterr);
  case PROF_TARGET_SYSTEM:
    return prof_perf_session_add_system (target->session, reterr);
  case PROF_TARGET_CGROUP:
    return open_cgroup (target, reterr);
  case PROF_TARGET_PIDS:
    for (size_t i = 0; i < config->n_pids && r >= 0; i++)
      r = check_pid (target, config->pids[i], reterr);
    return r;
  case PROF_TARGET_SELF:
    return 0;
  }
  return -EINVAL;
}

/* ---- the beginning ---- */

/* Reads the maps now: the process may be gone when its first sample is looked at. */
static int
read_maps (ProfCpuTarget *target, pid_t pid, ProfError *reterr)
{
  ProfProcess *process;
  int r = prof_process_table_get (&target->pipeline->processes, (uint32_t)pid, &process);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't record process %d: out of memory.", (int)pid);
  return 0;
}

static int
attach (ProfCpuTarget *target, pid_t pid, pid_t except_tid, ProfError *reterr)
{
  int r = prof_perf_session_attach (target->session, pid, except_tid, reterr);
  return r < 0 ? r : read_maps (target, pid, reterr);
}

static void
find_main_path (ProfCpuTarget *target, pid_t pid)
{
  char link[64], path[PATH_MAX];
  snprintf (link, sizeof link, "/proc/%d/exe", (int)pid);
  ssize_t n = readlink (link, path, sizeof path - 1);
  if (n <= 0 || target->pipeline->main_path != NULL)
    return;
  path[n] = '\0';
  target->pipeline->main_path = strdup (path);
}

/* Of several, some may have ended since they were named; not all. */
static int
begin_pids (ProfCpuTarget *target, ProfError *reterr)
{
  const ProfCpuConfig *config = target->config;
  bool has_one = false;
  ProfError error;
  int r = 0;
  for (size_t i = 0; i < config->n_pids && (r >= 0 || r == -ESRCH); i++) {
    r = attach (target, config->pids[i], 0, &error);
    has_one |= r >= 0;
    if (r >= 0)
      find_main_path (target, config->pids[i]);
  }
  if (r >= 0 || (r == -ESRCH && has_one))
    return 0;
  if (reterr != NULL)
    *reterr = error;
  return r;
}

static int
enable (ProfCpuTarget *target, ProfError *reterr)
{
  int r = prof_perf_session_enable (target->session);
  if (r < 0)
    prof_error_set (reterr, r, "Can't enable the events: %s.", strerror (-r));
  return r;
}

static int
want_pids (ProfCpuTarget *target, ProfError *reterr)
{
  const ProfCpuConfig *config = target->config;
  uint64_t now_ns = prof_monotonic_ns ();
  for (size_t i = 0; i < config->n_pids; i++)
    if (prof_process_filter_add (target->filter, (uint32_t)config->pids[i], false, now_ns) < 0)
      return prof_error_set (reterr, -ENOMEM, "Can't record process %d: out of memory.",
                             (int)config->pids[i]);
  return 0;
}

/* From here on the records tell when a pid is another process's; whether it is already, only the
 * descriptor knows that was opened when the process was named. */
static int
begin_pids_by_cpu (ProfCpuTarget *target, ProfError *reterr)
{
  const ProfCpuConfig *config = target->config;
  bool has_one = false;
  int r = want_pids (target, reterr);
  if (r >= 0)
    r = prof_perf_session_add_system (target->session, reterr);
  if (r >= 0)
    r = enable (target, reterr);
  for (size_t i = 0; i < config->n_pids && r >= 0; i++) {
    struct pollfd ended = { .fd = target->collector->pidfds.items[i], .events = POLLIN };
    if (poll (&ended, 1, 0) != 0) {
      prof_process_filter_remove (target->filter, (uint32_t)config->pids[i]);
      continue;
    }
    has_one = true;
    find_main_path (target, config->pids[i]);
    r = read_maps (target, config->pids[i], reterr);
  }
  if (r >= 0 && !has_one)
    r = prof_error_set (reterr, -ESRCH, "Can't record process %d: it has ended.",
                        (int)config->pids[0]);
  return r;
}

static int
begin_self (ProfCpuTarget *target, ProfError *reterr)
{
  find_main_path (target, getpid ());
  return attach (target, getpid (), (pid_t)syscall (SYS_gettid), reterr);
}

static int
begin_command (ProfCpuTarget *target, ProfError *reterr)
{
  if (target->config->delay_ns > 0) {
    find_main_path (target, target->spawn.pid);
    return enable (target, reterr);
  }
  int r = target->filter->is_on ? enable (target, reterr) : 0;
  return r < 0 ? r : prof_spawn_start (&target->spawn, target->config->command[0], reterr);
}

static int
begin (ProfCpuTarget *target, ProfError *reterr)
{
  switch (target->config->target) {
  case PROF_TARGET_SELF:
    return begin_self (target, reterr);
  case PROF_TARGET_PIDS:
    return target->filter->is_on ? begin_pids_by_cpu (target, reterr) : begin_pids (target, reterr);
  case PROF_TARGET_COMMAND:
    return begin_command (target, reterr);
  case PROF_TARGET_SYSTEM:
  case PROF_TARGET_CGROUP:
    return enable (target, reterr);
  }
  return -EINVAL;
}

static int
poll_rings (ProfCpuTarget *target, ProfError *reterr)
{
  size_t n_rings;
  prof_perf_session_get_rings (target->session, &n_rings);
  int r = 0;
  for (size_t i = 0; i < n_rings && r >= 0; i++)
    r = prof_collector_poll (target->collector, prof_perf_session_get_ring_fd (target->session, i));
  return r < 0 ? prof_error_set (reterr, r, "Can't wait for samples: epoll refused the rings.") : 0;
}

int
prof_cpu_target_begin (ProfCpuTarget *target, ProfError *reterr)
{
  int r = begin (target, reterr);
  return r < 0 ? r : poll_rings (target, reterr);
}

int
prof_cpu_target_launch (ProfCpuTarget *target, ProfError *reterr)
{
  if (target->config->target != PROF_TARGET_COMMAND || target->config->delay_ns == 0)
    return 0;
  return prof_spawn_start (&target->spawn, target->config->command[0], reterr);
}

int
prof_cpu_target_wait (ProfCpuTarget *target, bool block, int *ret_status)
{
  return prof_spawn_wait (&target->spawn, block, ret_status);
}
