/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/perf_event.h>

#include <prof/error.h>

/* An event as perf_event_open takes it. `value_type` and `value_unit` describe what its period
 * counts: "cpu" in "nanoseconds" for clocks, the event's own name in "count" for the rest. */
typedef struct {
  struct perf_event_attr attr;   /* size, type, config*, exclude_*, precise_ip, pinned, exclusive;
                                    sample_period and freq if the name has :period= or :freq= */
  char *name;                    /* owned; of a generic event its usual one: "cycles:u" */
  char *value_type, *value_unit; /* owned */
  bool is_clock;                 /* period counts nanoseconds */
  bool is_in_kernel;             /* happens in the kernel only: exclude_kernel leaves nothing */
} ProfPerfEvent;

/* Resolves "cycles", "cpu-clock", "task-clock", "page-faults", libpfm4 names with umasks and
 * modifiers ("INST_RETIRED:ANY_P:u", "perf::PERF_COUNT_SW_CPU_CLOCK"), tracepoints
 * ("sched:sched_switch") and raw codes ("r1a8"). Does not open it. Any thread. -ENOENT: unknown,
 * with the nearest names in the message; -EINVAL: its modifiers are wrong; -EACCES: tracefs can't
 * be read. */
int prof_perf_event_resolve (const char *name, ProfPerfEvent *ret, ProfError *reterr);
void prof_perf_event_finish (ProfPerfEvent *event);
