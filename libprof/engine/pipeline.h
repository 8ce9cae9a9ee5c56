/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <prof/cpu.h>

#include "capture/perf-session.h"
#include "engine/process-table.h"
#include "engine/span-join.h"
#include "engine/stack-builder.h"
#include "profile/aggregate.h"

/* From records to sums: keeps processes and their maps, asks the sampling strategy, unwinds, and
 * aggregates. Belongs to the collector's thread; the counters may be read by any. */
typedef struct {
  ProfPerfSession *session;
  ProfSampling *sampling; /* NULL: always */
  ProfUnwindMode unwind_mode;
  bool keeps_time;
  uint64_t start_ns; /* samples before it are not taken … */
  uint64_t pause_ns; /* … nor those from here on; UINT64_MAX: no pause */
  uint32_t self_pid; /* the process whose samples have spans; 0: none */
  ProfSpanJoin spans;

  ProfProcessTable processes;
  ProfStackBuilder builder;
  ProfAggregate aggregate;
  char *main_path; /* of the first file mapped by the target */

  atomic_ullong n_samples, n_lost, n_throttled, n_refused, n_without_stack;
  atomic_uint n_processes, n_threads;
  unsigned long long n_lost_before; /* at the latest restart */
  int error;                        /* the first negative errno that stopped the work; 0: none */
} ProfPipeline;

typedef struct {
  ProfPerfSession *session;  /* borrowed */
  ProfHelperChannel *helper; /* borrowed; NULL: none reads the maps that are closed to us */
  ProfSampling *sampling;    /* borrowed */
  ProfUnwindMode unwind_mode;
  size_t max_frames, max_samples;
  bool keeps_time;
} ProfPipelineConfig;

int prof_pipeline_init (ProfPipeline *pipeline, const ProfPipelineConfig *config);
void prof_pipeline_finish (ProfPipeline *pipeline);

/* Begins a new profile: forgets samples and stacks, and who has ended. The counters go on. What is
 * known of those who run stays, so that the next sample costs no more than the one before; modules
 * are forgotten once there are very many: *ret_forgot_modules. 0 or -ENOMEM, where nothing is lost
 * but the limit. */
int prof_pipeline_restart (ProfPipeline *pipeline, bool *ret_forgot_modules);

/* Takes one record, in the order of times. */
void prof_pipeline_take (ProfPipeline *pipeline, const ProfRecord *record);

/* Unwinds a sample's stack and gives its node; returns as prof_stack_builder_add. */
int prof_pipeline_add_stack (ProfPipeline *pipeline, const ProfRecord *record, uint32_t *ret_node);
