/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"
#include "capture/perf-record.h"

/* A process whose records are wanted. */
typedef struct {
  uint32_t pid;
  uint32_t n_threads; /* 0: it has ended. Of one that was there before: 1, whatever it does */
  bool is_counted;    /* all its threads were seen to begin, so that its end is seen */
  bool awaits_exec;   /* of a command: what comes before is the recorder's own code */
  uint64_t since_ns;  /* CLOCK_MONOTONIC: it had begun by then */
} ProfWantedProcess;

/* Of the records of whole CPUs, those of the wanted processes and of their children to come. What
 * is of others is told apart by its pid alone, and nothing of it is kept. Rows are as many as twice
 * the wanted processes that run. One thread's. */
typedef struct {
  bool is_on; /* otherwise everything passes */
  /* When a pid's present process began, on CLOCK_MONOTONIC; 0: there is none. Asked once records
   * are lost, as that of a new process with a wanted pid may be. */
  uint64_t (*get_birth_ns) (uint32_t pid);
  bool leaves_children_out;
  PROF_VEC (ProfWantedProcess) processes;
  ProfHashIndex by_pid;
  size_t n_alive;
  atomic_ullong n_foreign_samples; /* that did not pass */
} ProfProcessFilter;

void prof_process_filter_finish (ProfProcessFilter *filter);

/* A process that is there already, or will be once it execs. 0 or -ENOMEM. */
int prof_process_filter_add (ProfProcessFilter *filter,
                             uint32_t pid,
                             bool awaits_exec,
                             uint64_t now_ns);
void prof_process_filter_remove (ProfProcessFilter *filter, uint32_t pid);

/* Records in the order of their times: 1 if this one is wanted, 0 or -ENOMEM. */
int prof_process_filter_take (ProfProcessFilter *filter, const ProfRecord *record);
