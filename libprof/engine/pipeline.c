/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Time is kept to this at first; the aggregate doubles it when a session grows long. */
#define FIRST_RESOLUTION_NS 1000000u

static uint64_t
get_first_resolution (const ProfPipeline *pipeline)
{
  return pipeline->keeps_time ? FIRST_RESOLUTION_NS : 0;
}

int
prof_pipeline_init (ProfPipeline *pipeline, const ProfPipelineConfig *config)
{
  *pipeline = (ProfPipeline){
    .session = config->session,
    .sampling = config->sampling,
    .unwind_mode = config->unwind_mode,
    .pause_ns = UINT64_MAX,
    .keeps_time = config->keeps_time,
  };
  prof_aggregate_init (&pipeline->aggregate, get_first_resolution (pipeline), config->max_samples);
  int r = prof_process_table_init (&pipeline->processes);
  pipeline->processes.helper = config->helper;
  if (r >= 0)
    r = prof_stack_builder_init (&pipeline->builder, config->unwind_mode, config->max_frames);
  if (r < 0)
    prof_pipeline_finish (pipeline);
  return r;
}

void
prof_pipeline_finish (ProfPipeline *pipeline)
{
  prof_span_join_finish (&pipeline->spans);
  prof_aggregate_finish (&pipeline->aggregate);
  prof_stack_builder_finish (&pipeline->builder);
  prof_process_table_finish (&pipeline->processes);
  free (pipeline->main_path);
  *pipeline = (ProfPipeline){ 0 };
}

int
prof_pipeline_restart (ProfPipeline *pipeline, bool *ret_forgot_modules)
{
  unsigned long long n_lost = pipeline->n_lost;
  prof_aggregate_reset (&pipeline->aggregate, get_first_resolution (pipeline));
  prof_stack_builder_reset (&pipeline->builder);
  prof_span_join_reset (&pipeline->spans);
  prof_process_table_trim (&pipeline->processes, n_lost > pipeline->n_lost_before);
  pipeline->n_lost_before = n_lost;
  int r = prof_stack_builder_limit_modules (&pipeline->builder);
  *ret_forgot_modules = r > 0;
  if (r <= 0)
    return r;
  prof_vec_foreach (process, &pipeline->processes.processes) {
    prof_address_space_forget_modules (&(*process)->space);
  }
  return 0;
}

/* ---- records ---- */

static bool
passes_gate (ProfPipeline *pipeline, uint64_t time_ns, double *ret_weight)
{
  *ret_weight = 1;
  if (pipeline->sampling == NULL)
    return true;
  if (!prof_sampling_should_sample (pipeline->sampling, time_ns)) {
    atomic_fetch_add_explicit (&pipeline->n_refused, 1, memory_order_relaxed);
    return false;
  }
  *ret_weight = prof_sampling_get_weight (pipeline->sampling);
  return true;
}

static int
take_sample (ProfPipeline *pipeline, const ProfRecord *record)
{
  int event = prof_perf_session_find_event (pipeline->session, record->event_id, record->tid);
  double weight;
  if (event < 0 || record->time_ns < pipeline->start_ns || record->time_ns >= pipeline->pause_ns
      || !passes_gate (pipeline, record->time_ns, &weight))
    return 0;
  ProfAggregateRow row = {
    .event = (uint32_t)event,
    .n_samples = 1,
    .time_ns = record->time_ns,
    .weight = weight,
    .value = weight * (double)record->sample.period,
  };
  int r
      = prof_process_table_get_thread (&pipeline->processes, record->pid, record->tid, &row.thread);
  if (r < 0 || (r = prof_pipeline_add_stack (pipeline, record, &row.stack)) < 0)
    return r;
  bool is_kept = r != PROF_STACK_NOT_KEPT;
  if (is_kept && record->pid == pipeline->self_pid)
    r = prof_span_join_find (&pipeline->spans, record->tid, record->time_ns, &row.span);
  if (!is_kept)
    row.thread = PROF_NO_THREAD;
  if (r < 0)
    return r;
  atomic_fetch_add_explicit (&pipeline->n_samples, 1, memory_order_relaxed);
  r = prof_aggregate_add (&pipeline->aggregate, &row);
  atomic_store_explicit (&pipeline->n_without_stack, pipeline->aggregate.n_without_stack,
                         memory_order_relaxed);
  return r;
}

static int
take_map (ProfPipeline *pipeline, const ProfRecord *record)
{
  const ProfRecordMap *map = &record->map;
  if (!map->is_executable || map->length == 0 || map->start + map->length < map->start)
    return 0;
  ProfProcess *process;
  int r = prof_process_table_get (&pipeline->processes, record->pid, &process);
  if (r < 0)
    return r;
  if (pipeline->main_path == NULL && map->inode != 0
      && (pipeline->main_path = strdup (map->filename)) == NULL)
    return -ENOMEM;
  ProfCodeMap code = {
    .start = map->start,
    .end = map->start + map->length,
    .offset = map->offset,
    .key = { .path = map->filename,
             .device_major = map->device_major,
             .device_minor = map->device_minor,
             .inode = map->inode },
  };
  return prof_address_space_add (&process->space, &code);
}

static int
dispatch (ProfPipeline *pipeline, const ProfRecord *record)
{
  ProfProcessTable *processes = &pipeline->processes;
  switch (record->kind) {
  case PROF_RECORD_SAMPLE:
    return take_sample (pipeline, record);
  case PROF_RECORD_MAP:
    return take_map (pipeline, record);
  case PROF_RECORD_COMM:
    return prof_process_table_rename (processes, record->pid, record->tid, record->comm.name,
                                      record->comm.is_exec);
  case PROF_RECORD_FORK:
    return prof_process_table_fork (processes, record->pid, record->tid, record->fork.parent_pid,
                                    record->fork.parent_tid);
  case PROF_RECORD_EXIT:
    return prof_process_table_exit (processes, record->pid, record->tid);
  case PROF_RECORD_LOST:
    atomic_fetch_add (&pipeline->n_lost, record->lost.n_lost);
    return 0;
  case PROF_RECORD_THROTTLE:
    atomic_fetch_add (&pipeline->n_throttled, 1);
    return 0;
  case PROF_RECORD_OTHER:
    return 0;
  }
  return 0;
}

void
prof_pipeline_take (ProfPipeline *pipeline, const ProfRecord *record)
{
  int r = dispatch (pipeline, record);
  if (r < 0 && pipeline->error == 0)
    pipeline->error = r;
  atomic_store_explicit (&pipeline->n_processes, pipeline->processes.n_processes,
                         memory_order_relaxed);
  atomic_store_explicit (&pipeline->n_threads, pipeline->processes.n_threads, memory_order_relaxed);
}
