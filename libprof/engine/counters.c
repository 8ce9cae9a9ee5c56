/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/counters.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <prof/memory.h>

#include "engine/process-memory.h"

#define MAX_ROWS 4096u

static const struct {
  const char *name, *unit;
} descriptions[PROF_N_COUNTERS] = {
  [PROF_COUNTER_SYSTEM_TOTAL] = { "system.memory.total", "bytes" },
  [PROF_COUNTER_SYSTEM_AVAILABLE] = { "system.memory.available", "bytes" },
  [PROF_COUNTER_SYSTEM_USED] = { "system.memory.used", "bytes" },
  [PROF_COUNTER_SYSTEM_CACHED] = { "system.memory.cached", "bytes" },
  [PROF_COUNTER_SYSTEM_USED_PERCENT] = { "system.memory.used_percent", "0.01 percent" },
  [PROF_COUNTER_PRESSURE_SOME] = { "system.memory.pressure.some", "0.01 percent" },
  [PROF_COUNTER_PRESSURE_FULL] = { "system.memory.pressure.full", "0.01 percent" },
  [PROF_COUNTER_RSS] = { "process.memory.rss", "bytes" },
  [PROF_COUNTER_ANONYMOUS] = { "process.memory.anonymous", "bytes" },
  [PROF_COUNTER_FILE] = { "process.memory.file", "bytes" },
  [PROF_COUNTER_SHARED] = { "process.memory.shared", "bytes" },
  [PROF_COUNTER_SWAP] = { "process.memory.swap", "bytes" },
  [PROF_COUNTER_MINOR_FAULTS] = { "process.faults.minor", "count" },
  [PROF_COUNTER_MAJOR_FAULTS] = { "process.faults.major", "count" },
  [PROF_COUNTER_CPU_TIME] = { "process.cpu.time", "nanoseconds" },
};

void
prof_counters_init (ProfCounters *counters, uint64_t interval_ns)
{
  *counters = (ProfCounters){ .interval_ns = interval_ns };
}

void
prof_counters_finish (ProfCounters *counters)
{
  prof_vec_clear (&counters->rows);
  prof_vec_clear (&counters->processes);
}

void
prof_counters_reset (ProfCounters *counters, uint64_t interval_ns)
{
  counters->rows.n = 0;
  counters->interval_ns = interval_ns;
}

/* ---- the system ---- */

static void
read_system (ProfCounters *counters, ProfCounterRow *row)
{
  ProfSystemMemory memory = PROF_SYSTEM_MEMORY_INIT;
  if (prof_get_system_memory (&memory, NULL) >= 0) {
    row->values[PROF_COUNTER_SYSTEM_TOTAL] = (int64_t)memory.total_bytes;
    row->values[PROF_COUNTER_SYSTEM_AVAILABLE] = (int64_t)memory.available_bytes;
    row->values[PROF_COUNTER_SYSTEM_USED] = (int64_t)memory.used_bytes;
    row->values[PROF_COUNTER_SYSTEM_CACHED] = (int64_t)memory.cached_bytes;
    row->values[PROF_COUNTER_SYSTEM_USED_PERCENT] = llround (memory.used_percent * 100);
  }
  ProfMemoryPressure pressure = PROF_MEMORY_PRESSURE_INIT;
  if (prof_get_memory_pressure (&pressure, NULL) >= 0) {
    counters->has_pressure = true;
    row->values[PROF_COUNTER_PRESSURE_SOME] = llround (pressure.some_avg10 * 100);
    row->values[PROF_COUNTER_PRESSURE_FULL] = llround (pressure.full_avg10 * 100);
  }
}

/* ---- the processes ---- */

static uint64_t
get_ns (uint64_t ticks)
{
  return ticks * (1000000000u / (uint64_t)sysconf (_SC_CLK_TCK));
}

static void
add_memory (ProfCounterRow *row, const ProfProcessMemory *memory)
{
  row->values[PROF_COUNTER_RSS] += (int64_t)memory->rss_bytes;
  row->values[PROF_COUNTER_ANONYMOUS] += (int64_t)memory->anonymous_bytes;
  row->values[PROF_COUNTER_FILE] += (int64_t)memory->file_bytes;
  row->values[PROF_COUNTER_SHARED] += (int64_t)memory->shared_bytes;
  row->values[PROF_COUNTER_SWAP] += (int64_t)memory->swap_bytes;
}

static void
add_counts (ProfCounterRow *row, uint64_t minor_faults, uint64_t major_faults, uint64_t cpu_ns)
{
  row->values[PROF_COUNTER_MINOR_FAULTS] += (int64_t)minor_faults;
  row->values[PROF_COUNTER_MAJOR_FAULTS] += (int64_t)major_faults;
  row->values[PROF_COUNTER_CPU_TIME] += (int64_t)cpu_ns;
}

static ProfCountedProcess *
find_process (ProfCounters *counters, pid_t pid)
{
  prof_vec_foreach (process, &counters->processes) {
    if (process->pid == pid)
      return process;
  }
  return NULL;
}

static int
read_process (ProfCounters *counters, pid_t pid, ProfCounterRow *row)
{
  ProfProcessMemory memory = PROF_PROCESS_MEMORY_INIT;
  ProfProcessStat stat;
  if (prof_process_memory_read (pid, &memory, &stat) < 0)
    return 0;
  ProfCountedProcess *process = find_process (counters, pid);
  if (process == NULL) {
    if (prof_vec_push (&counters->processes, (ProfCountedProcess){ .pid = pid }) < 0)
      return -ENOMEM;
    process = &counters->processes.items[counters->processes.n - 1];
  }
  process->minor_faults = memory.minor_faults;
  process->major_faults = memory.major_faults;
  process->cpu_ns = get_ns (stat.user_ticks + stat.kernel_ticks);
  add_memory (row, &memory);
  return 0;
}

static bool
has_pid (const pid_t *pids, size_t n_pids, pid_t pid)
{
  for (size_t i = 0; i < n_pids; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

/* What a process had counted when it was last seen stays in the sums. */
static void
retire_processes (ProfCounters *counters, const pid_t *pids, size_t n_pids)
{
  size_t n_kept = 0;
  prof_vec_foreach (process, &counters->processes) {
    if (has_pid (pids, n_pids, process->pid)) {
      counters->processes.items[n_kept++] = *process;
      continue;
    }
    counters->minor_faults += process->minor_faults;
    counters->major_faults += process->major_faults;
    counters->cpu_ns += process->cpu_ns;
  }
  counters->processes.n = n_kept;
}

static int
read_processes (ProfCounters *counters, const pid_t *pids, size_t n_pids, ProfCounterRow *row)
{
  counters->has_processes = true;
  for (int counter = PROF_COUNTER_RSS; counter < PROF_N_COUNTERS; counter++)
    row->values[counter] = 0;
  retire_processes (counters, pids, n_pids);
  for (size_t i = 0; i < n_pids; i++)
    if (read_process (counters, pids[i], row) < 0)
      return -ENOMEM;
  add_counts (row, counters->minor_faults, counters->major_faults, counters->cpu_ns);
  prof_vec_foreach (process, &counters->processes) {
    add_counts (row, process->minor_faults, process->major_faults, process->cpu_ns);
  }
  return 0;
}

/* ---- rows ---- */

static void
halve_rows (ProfCounters *counters)
{
  size_t n = counters->rows.n / 2;
  for (size_t i = 0; i < n; i++)
    counters->rows.items[i] = counters->rows.items[2 * i];
  counters->rows.n = n;
  counters->interval_ns *= 2;
}

int
prof_counters_add_row (ProfCounters *counters, uint64_t now_ns, const pid_t *pids, size_t n_pids)
{
  ProfCounterRow row = { 0 };
  if (counters->rows.n == MAX_ROWS)
    halve_rows (counters);
  if (counters->rows.n > 0)
    row = counters->rows.items[counters->rows.n - 1];
  row.time_ns = now_ns;
  counters->next_ns = now_ns + counters->interval_ns;
  read_system (counters, &row);
  if (n_pids > PROF_MAX_COUNTED)
    n_pids = PROF_MAX_COUNTED;
  if (n_pids > 0 && read_processes (counters, pids, n_pids, &row) < 0)
    return -ENOMEM;
  return prof_vec_push (&counters->rows, row);
}

int
prof_counters_clone (const ProfCounters *counters, ProfCounters *ret)
{
  *ret = (ProfCounters){ .interval_ns = counters->interval_ns,
                         .has_pressure = counters->has_pressure,
                         .has_processes = counters->has_processes };
  return prof_vec_append (&ret->rows, counters->rows.items, counters->rows.n);
}

/* ---- series ---- */

static bool
is_known (const ProfCounters *counters, int counter)
{
  if (counter == PROF_COUNTER_PRESSURE_SOME || counter == PROF_COUNTER_PRESSURE_FULL)
    return counters->has_pressure;
  return counter < PROF_COUNTER_RSS || counters->has_processes;
}

int
prof_counters_get_series (const ProfCounters *counters,
                          uint64_t offset_ns,
                          ProfSessionSeries **ret,
                          size_t *ret_n)
{
  size_t n_rows = counters->rows.n;
  size_t n_words = n_rows * (1 + PROF_N_COUNTERS);
  ProfSessionSeries *series = malloc (PROF_N_COUNTERS * sizeof *series + n_words * 8);
  if (series == NULL)
    return -ENOMEM;
  uint64_t *times_ns = (uint64_t *)(series + PROF_N_COUNTERS);
  int64_t *values = (int64_t *)(times_ns + n_rows);
  size_t n_series = 0;
  for (size_t i = 0; i < n_rows; i++)
    times_ns[i] = counters->rows.items[i].time_ns + offset_ns;
  for (int counter = 0; counter < PROF_N_COUNTERS && n_rows > 0; counter++) {
    if (!is_known (counters, counter))
      continue;
    for (size_t i = 0; i < n_rows; i++)
      values[i] = counters->rows.items[i].values[counter];
    series[n_series++] = (ProfSessionSeries){ .name = descriptions[counter].name,
                                              .unit = descriptions[counter].unit,
                                              .times_ns = times_ns,
                                              .values = values,
                                              .n = n_rows };
    values += n_rows;
  }
  *ret = series;
  *ret_n = n_series;
  return 0;
}
