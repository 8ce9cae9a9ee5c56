/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <prof/session.h>

#include "base/vec.h"

/* Of the system, and sums over the recorded processes. Faults and CPU time are of all processes so
 * far, also those that have ended. */
typedef enum {
  PROF_COUNTER_SYSTEM_TOTAL,
  PROF_COUNTER_SYSTEM_AVAILABLE,
  PROF_COUNTER_SYSTEM_USED,
  PROF_COUNTER_SYSTEM_CACHED,
  PROF_COUNTER_SYSTEM_USED_PERCENT,
  PROF_COUNTER_PRESSURE_SOME, /* avg10 */
  PROF_COUNTER_PRESSURE_FULL,
  PROF_COUNTER_RSS,
  PROF_COUNTER_ANONYMOUS,
  PROF_COUNTER_FILE,
  PROF_COUNTER_SHARED,
  PROF_COUNTER_SWAP,
  PROF_COUNTER_MINOR_FAULTS,
  PROF_COUNTER_MAJOR_FAULTS,
  PROF_COUNTER_CPU_TIME,
  PROF_N_COUNTERS,
} ProfCounter;

typedef struct {
  uint64_t time_ns; /* CLOCK_MONOTONIC */
  int64_t values[PROF_N_COUNTERS];
} ProfCounterRow;

/* The last known counts of a process. */
typedef struct {
  pid_t pid;
  uint64_t minor_faults, major_faults, cpu_ns;
} ProfCountedProcess;

/* Counter series of a recording: a row each interval_ns, which doubles when there are too many
 * rows, so that memory stays bounded. One thread's. */
typedef struct {
  PROF_VEC (ProfCounterRow) rows;
  uint64_t interval_ns, next_ns;
  bool has_pressure, has_processes;
  PROF_VEC (ProfCountedProcess) processes;     /* alive at the last row */
  uint64_t minor_faults, major_faults, cpu_ns; /* of those that have ended */
} ProfCounters;

/* interval_ns: between the first rows. */
void prof_counters_init (ProfCounters *counters, uint64_t interval_ns);
void prof_counters_finish (ProfCounters *counters);
/* Forgets the rows, not the sums. */
void prof_counters_reset (ProfCounters *counters, uint64_t interval_ns);

/* Whether it is time for a row. */
static inline bool
prof_counters_are_due (const ProfCounters *counters, uint64_t now_ns)
{
  return now_ns >= counters->next_ns;
}

/* Reads /proc and adds a row. Sums over at most the first PROF_MAX_COUNTED of the processes;
 * n_pids 0: of the system only. What can't be read keeps its last value. -ENOMEM: no row. */
#define PROF_MAX_COUNTED 64
int prof_counters_add_row (ProfCounters *counters,
                           uint64_t now_ns,
                           const pid_t *pids,
                           size_t n_pids);

/* A copy for another thread, of the rows alone. */
int prof_counters_clone (const ProfCounters *counters, ProfCounters *ret);

/* The rows as series with times of the Unix epoch: offset_ns is added to the rows' times. One
 * block: free(*ret). 0 rows: *ret_n is 0. */
int prof_counters_get_series (const ProfCounters *counters,
                              uint64_t offset_ns,
                              ProfSessionSeries **ret,
                              size_t *ret_n);
