/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "handles.h"

/* ---- life ---- */

static size_t
count_settings (const char *const *settings)
{
  size_t n = 0;
  while (settings != NULL && settings[n] != NULL)
    n++;
  return n;
}

/* What the user sets, and then what makes the heap recorded. */
static const char **
join_settings (const char *const *first, const char *const *second)
{
  size_t n_first = count_settings (first), n_second = count_settings (second);
  const char **joined = calloc (n_first + n_second + 1, sizeof *joined);
  for (size_t i = 0; joined != NULL && i < n_first; i++)
    joined[i] = first[i];
  for (size_t i = 0; joined != NULL && i < n_second; i++)
    joined[n_first + i] = second[i];
  return joined;
}

/* The CPU profiler starts the command, in the environment that the heap's wants. */
static int
open_both (Recorder *recorder, const RecorderConfig *config, ProfError *reterr)
{
  ProfMemoryConfig heap = *config->heap;
  ProfCpuConfig cpu = *config->cpu;
  int r = prof_memory_check_command (cpu.command[0], reterr);
  if (r < 0)
    return r;
  heap.target = PROF_MEMORY_CHILDREN;
  heap.collect_system_info = false;
  if ((r = prof_memory_profiler_new (&heap, &recorder->heap, reterr)) < 0)
    return r;
  recorder->environment
      = join_settings (cpu.environment, prof_memory_profiler_get_child_environ (recorder->heap));
  if (recorder->environment == NULL) {
    if (reterr != NULL)
      *reterr = (ProfError){ -ENOMEM, "Can't prepare the recording: out of memory." };
    return -ENOMEM;
  }
  cpu.environment = recorder->environment;
  return prof_cpu_profiler_new (&cpu, &recorder->cpu, reterr);
}

int
recorder_open (Recorder *recorder, const RecorderConfig *config, ProfError *reterr)
{
  if (config->heap == NULL)
    return prof_cpu_profiler_new (config->cpu, &recorder->cpu, reterr);
  recorder->tracks_frees = config->heap->track_deallocations;
  if (config->cpu == NULL)
    return prof_memory_profiler_new (config->heap, &recorder->heap, reterr);
  return open_both (recorder, config, reterr);
}

void
recorder_close (Recorder *recorder)
{
  prof_cpu_profiler_free (recorder->cpu);
  prof_memory_profiler_free (recorder->heap);
  free (recorder->environment);
  *recorder = (Recorder){ 0 };
}

int
recorder_start (Recorder *recorder, ProfError *reterr)
{
  int r = 0;
  if (recorder->heap != NULL)
    r = prof_memory_profiler_start (recorder->heap, reterr);
  if (r >= 0 && recorder->cpu != NULL)
    r = prof_cpu_profiler_start (recorder->cpu, reterr);
  return r;
}

int
recorder_stop (Recorder *recorder, ProfError *reterr)
{
  int r = 0;
  if (recorder->cpu != NULL)
    r = prof_cpu_profiler_stop (recorder->cpu, reterr);
  if (recorder->heap != NULL) {
    int heap_r = prof_memory_profiler_stop (recorder->heap, r < 0 ? NULL : reterr);
    r = r < 0 ? r : heap_r;
  }
  return r;
}

bool
recorder_is_running (Recorder *recorder)
{
  return (recorder->cpu != NULL && prof_cpu_profiler_is_running (recorder->cpu))
         || (recorder->heap != NULL && prof_memory_profiler_is_running (recorder->heap));
}

int
recorder_set_paused (Recorder *recorder, bool is_paused, ProfError *reterr)
{
  int r = 0;
  if (recorder->cpu != NULL)
    r = prof_cpu_profiler_set_paused (recorder->cpu, is_paused, reterr);
  if (r >= 0 && recorder->heap != NULL)
    r = prof_memory_profiler_set_paused (recorder->heap, is_paused, reterr);
  return r;
}

/* ---- events ---- */

unsigned
recorder_get_fds (Recorder *recorder, struct pollfd *ret)
{
  unsigned n = 0;
  if (recorder->cpu != NULL)
    ret[n++] = (struct pollfd){ .fd = prof_cpu_profiler_get_fd (recorder->cpu), .events = POLLIN };
  if (recorder->heap != NULL)
    ret[n++]
        = (struct pollfd){ .fd = prof_memory_profiler_get_fd (recorder->heap), .events = POLLIN };
  return n;
}

/* Where there are both, the CPU profiler knows when the command or the time is over. */
int
recorder_process_events (Recorder *recorder, ProfError *reterr)
{
  int cpu_events = 0, heap_events = 0;
  if (recorder->cpu != NULL)
    cpu_events = prof_cpu_profiler_process_events (recorder->cpu, reterr);
  if (cpu_events >= 0 && recorder->heap != NULL)
    heap_events = prof_memory_profiler_process_events (recorder->heap, reterr);
  if (cpu_events < 0 || heap_events < 0)
    return cpu_events < 0 ? cpu_events : heap_events;
  if (recorder->cpu != NULL)
    heap_events &= ~PROF_EVENT_STOPPED;
  return cpu_events | heap_events;
}

/* ---- results ---- */

RecorderStats
recorder_get_stats (Recorder *recorder)
{
  ProfCpuStats cpu = PROF_CPU_STATS_INIT;
  ProfMemoryStats heap = PROF_MEMORY_STATS_INIT;
  if (recorder->cpu != NULL)
    prof_cpu_profiler_get_stats (recorder->cpu, &cpu);
  if (recorder->heap != NULL)
    prof_memory_profiler_get_stats (recorder->heap, &heap);
  return (RecorderStats){
    .duration_ns = recorder->cpu != NULL ? cpu.duration_ns : heap.duration_ns,
    .n_samples = cpu.total_samples + heap.total_samples,
    .n_lost = cpu.dropped_samples + heap.dropped_samples,
    .n_truncated = cpu.truncated_stacks + heap.truncated_stacks,
    .n_cpu_samples = cpu.total_samples,
    .n_heap_samples = heap.total_samples,
    .live_bytes = heap.current_allocated_bytes,
    .peak_bytes = heap.peak_allocated_bytes,
    .allocated_bytes = heap.total_allocated_bytes,
    .has_live = recorder->tracks_frees,
  };
}

static void
print_each (const char *const *notes, void (*func) (const char *note))
{
  for (; notes != NULL && *notes != NULL; notes++)
    func (*notes);
}

void
recorder_print_early_notes (Recorder *recorder, void (*func) (const char *note))
{
  if (recorder->cpu != NULL)
    print_each (prof_cpu_profiler_get_notes (recorder->cpu), func);
}

void
recorder_print_late_notes (Recorder *recorder, void (*func) (const char *note))
{
  if (recorder->heap != NULL)
    print_each (prof_memory_profiler_get_notes (recorder->heap), func);
}

int
recorder_generate_profile (Recorder *recorder, ProfProfile **ret, ProfError *reterr)
{
  if (recorder->heap == NULL)
    return prof_cpu_profiler_generate_profile (recorder->cpu, ret, reterr);
  if (recorder->cpu == NULL)
    return prof_memory_profiler_generate_profile (recorder->heap, ret, reterr);
  cleanup (prof_profile_unref) ProfProfile *cpu = NULL;
  cleanup (prof_profile_unref) ProfProfile *heap = NULL;
  int r = prof_cpu_profiler_generate_profile (recorder->cpu, &cpu, reterr);
  if (r < 0 || (r = prof_memory_profiler_generate_profile (recorder->heap, &heap, reterr)) < 0)
    return r;
  return prof_profile_join (cpu, heap, ret, reterr);
}

/* ---- the command ---- */

pid_t
recorder_get_command_pid (Recorder *recorder)
{
  return recorder->cpu != NULL ? prof_cpu_profiler_get_command_pid (recorder->cpu)
                               : prof_memory_profiler_get_command_pid (recorder->heap);
}

int
recorder_wait_command (Recorder *recorder, bool block, int *ret_status)
{
  return recorder->cpu != NULL
             ? prof_cpu_profiler_wait_command (recorder->cpu, block, ret_status)
             : prof_memory_profiler_wait_command (recorder->heap, block, ret_status);
}
