/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Profiles a process until it ends or Enter is pressed, in a main loop of poll(2): poll PID FILE */
#include <prof/prof.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROFILER, INPUT, N_FDS };

/* 1: go on, 0: enough. The descriptor is ready when there is something to tell; the samples
 * themselves are collected in the profiler's own thread, however slow this loop is. */
static int
handle_profiler (ProfCpuProfiler *profiler, ProfError *error)
{
  int events = prof_cpu_profiler_process_events (profiler, error);
  if (events < 0)
    return events;
  if (prof_cpu_profiler_is_running (profiler)) /* else `events` has PROF_EVENT_STOPPED */
    return 1;
  puts ("the process has ended");
  return 0;
}

static int
loop (ProfCpuProfiler *profiler, ProfError *error)
{
  struct pollfd fds[N_FDS] = {
    { prof_cpu_profiler_get_fd (profiler), POLLIN, 0 },
    { STDIN_FILENO, POLLIN, 0 },
  };
  int r = 1;
  while (r > 0 && poll (fds, N_FDS, -1) > 0) {
    if (fds[PROFILER].revents != 0)
      r = handle_profiler (profiler, error);
    if (r > 0 && fds[INPUT].revents != 0) {
      puts ("stopped by Enter");
      return prof_cpu_profiler_stop (profiler, error);
    }
  }
  return r;
}

static int
record (pid_t pid, const char *path, ProfError *error)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  ProfCpuProfiler *profiler = NULL;
  ProfProfile *profile = NULL;
  config.target = PROF_TARGET_PIDS;
  config.pids = &pid;
  config.n_pids = 1;

  int r = prof_cpu_profiler_new (&config, &profiler, error);
  if (r >= 0)
    r = prof_cpu_profiler_start (profiler, error);
  if (r >= 0) {
    puts ("recording");
    fflush (stdout);
    r = loop (profiler, error);
  }
  if (r >= 0)
    r = prof_cpu_profiler_generate_profile (profiler, &profile, error);
  if (r >= 0)
    r = prof_pprof_save (profile, path, error);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
  return r;
}

int
main (int argc, char **argv)
{
  ProfError error = PROF_ERROR_INIT;
  if (argc != 3)
    return 2;
  if (record (atoi (argv[1]), argv[2], &error) < 0) {
    fprintf (stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
