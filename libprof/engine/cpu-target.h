/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include <prof/cpu.h>
#include <prof/trace.h>

#include "capture/perf-session.h"
#include "capture/spawn.h"
#include "engine/collector.h"
#include "engine/pipeline.h"
#include "engine/process-filter.h"

/* What is recorded: this process, others, a command or the whole system. Borrows all but the
 * command. */
typedef struct {
  const ProfCpuConfig *config;
  ProfPerfSession *session;
  ProfCollector *collector;
  ProfPipeline *pipeline;
  ProfProcessFilter *filter; /* is on: all CPUs have events, and these processes are wanted */
  ProfSpawn spawn;           /* pid 0: no command */
  ProfTraceLink link;        /* that a command was started with; may be none */
} ProfCpuTarget;

void prof_cpu_target_init (ProfCpuTarget *target, const ProfCpuConfig *config);
void prof_cpu_target_finish (ProfCpuTarget *target);

/* Finds the target and opens what can be opened before the start. Caller's thread. */
int prof_cpu_target_open (ProfCpuTarget *target, ProfError *reterr);
/* Lets a command run whose events are enabled later, after a delay. Caller's thread. */
int prof_cpu_target_launch (ProfCpuTarget *target, ProfError *reterr);
/* From here on there are samples. Collector's thread. */
int prof_cpu_target_begin (ProfCpuTarget *target, ProfError *reterr);

/* As prof_cpu_profiler_wait_command. */
int prof_cpu_target_wait (ProfCpuTarget *target, bool block, int *ret_status);
