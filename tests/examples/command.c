/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Runs a command and profiles its CPU time and its heap: command FILE COMMAND [ARGUMENT]... */
#include <prof/prof.h>

#include <stdio.h>
#include <sys/wait.h>

typedef struct {
  ProfMemoryProfiler *heap;
  ProfCpuProfiler *cpu;
  ProfProfile *heap_profile, *cpu_profile, *profile;
} Recording;

/* The heap profiler prepares an environment; the CPU profiler starts the command in it, and holds
 * it before its first instruction. */
static int
prepare (Recording *recording, char **command, ProfError *error)
{
  ProfMemoryConfig heap = PROF_MEMORY_CONFIG_INIT;
  ProfCpuConfig cpu = PROF_CPU_CONFIG_INIT;
  heap.target = PROF_MEMORY_CHILDREN;
  cpu.target = PROF_TARGET_COMMAND;
  cpu.command = (const char *const *)command;

  int r = prof_memory_profiler_new (&heap, &recording->heap, error);
  if (r < 0)
    return r;
  cpu.environment = prof_memory_profiler_get_child_environ (recording->heap);
  return prof_cpu_profiler_new (&cpu, &recording->cpu, error);
}

/* Both profilers collect in threads of their own while this one waits. */
static int
run (Recording *recording, ProfError *error)
{
  int status;
  int r = prof_memory_profiler_start (recording->heap, error);
  if (r >= 0)
    r = prof_cpu_profiler_start (recording->cpu, error);
  if (r >= 0 && prof_cpu_profiler_wait_command (recording->cpu, true, &status) == 0)
    printf ("exit status %d\n", WEXITSTATUS (status));
  if (r >= 0)
    r = prof_cpu_profiler_stop (recording->cpu, error);
  if (r >= 0)
    r = prof_memory_profiler_stop (recording->heap, error);
  return r;
}

/* One profile with the sample types of both. */
static int
save (Recording *recording, const char *path, ProfError *error)
{
  int r = prof_cpu_profiler_generate_profile (recording->cpu, &recording->cpu_profile, error);
  if (r >= 0)
    r = prof_memory_profiler_generate_profile (recording->heap, &recording->heap_profile, error);
  if (r >= 0)
    r = prof_profile_join (recording->cpu_profile, recording->heap_profile, &recording->profile,
                           error);
  return r < 0 ? r : prof_pprof_save (recording->profile, path, error);
}

int
main (int argc, char **argv)
{
  Recording recording = { NULL, NULL, NULL, NULL, NULL };
  ProfError error = PROF_ERROR_INIT;
  if (argc < 3)
    return 2;
  int r = prepare (&recording, argv + 2, &error);
  if (r >= 0)
    r = run (&recording, &error);
  if (r >= 0)
    r = save (&recording, argv[1], &error);
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);

  prof_profile_unref (recording.profile);
  prof_profile_unref (recording.heap_profile);
  prof_profile_unref (recording.cpu_profile);
  prof_cpu_profiler_free (recording.cpu);
  prof_memory_profiler_free (recording.heap);
  return r < 0;
}
