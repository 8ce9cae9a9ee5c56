/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Profiles a running process for some seconds, or until it ends: attach PID SECONDS FILE */
#include <prof/prof.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns when the time is over or the process has ended. */
static int
wait_for_end (ProfCpuProfiler *profiler, ProfError *error)
{
  struct pollfd fd = { prof_cpu_profiler_get_fd (profiler), POLLIN, 0 };
  int events = 0;
  while (events >= 0 && (events & PROF_EVENT_STOPPED) == 0) {
    poll (&fd, 1, -1); /* that a signal interrupts it does no harm */
    events = prof_cpu_profiler_process_events (profiler, error);
    if (events > 0 && (events & PROF_EVENT_SAMPLES_LOST) != 0)
      fprintf (stderr, "The kernel lost samples.\n");
  }
  return events < 0 ? events : 0;
}

static int
attach (pid_t pid, double seconds, const char *path, ProfError *error)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  ProfCpuProfiler *profiler = NULL;
  ProfProfile *profile = NULL;
  config.target = PROF_TARGET_PIDS;
  config.pids = &pid;
  config.n_pids = 1;
  config.duration_ns = (uint64_t)(seconds * 1e9);

  int r = prof_cpu_profiler_new (&config, &profiler, error);
  if (r >= 0)
    r = prof_cpu_profiler_start (profiler, error);
  if (r >= 0) {
    /* What could not be had as asked for: kernel frames, a hardware counter, ... */
    for (const char *const *note = prof_cpu_profiler_get_notes (profiler); *note != NULL; note++)
      fprintf (stderr, "%s\n", *note);
    puts ("attached");
    fflush (stdout);
    r = wait_for_end (profiler, error);
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
  if (argc != 4)
    return 2;
  if (attach (atoi (argv[1]), atof (argv[2]), argv[3], &error) < 0) {
    fprintf (stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
