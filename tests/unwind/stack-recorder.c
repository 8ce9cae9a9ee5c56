/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "stack-recorder.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "capture/record-merge.h"
#include "capture/spawn.h"
#include "engine/pipeline.h"

enum { POLL_MS = 20, MAX_SAMPLES = 1000 };

typedef struct {
  ProfPipeline pipeline;
  StackTaker take;
  void *user_data;
  bool has_enough;
} Recorder;

static void
take_sample (Recorder *recorder, const ProfRecord *record)
{
  ProfProcess *process;
  const ProfRecordSample *sample = &record->sample;
  if (recorder->has_enough || !sample->has_user_registers
      || prof_process_table_get (&recorder->pipeline.processes, record->pid, &process) < 0
      || process->is_in_exec)
    return;
  RecordedStack stack
      = { .space = &process->space, .modules = &recorder->pipeline.builder.modules };
  prof_unwind_registers_from_perf (STACK_RECORDER_ARCH, sample->registers, &stack.registers);
  stack.slice = (ProfStackSlice){ stack.registers.sp, sample->stack, sample->stack_bytes };
  recorder->has_enough = !recorder->take (recorder->user_data, &stack);
}

static void
take_record (void *user_data, const ProfRecord *record)
{
  Recorder *recorder = user_data;
  prof_pipeline_take (&recorder->pipeline, record);
  if (record->kind == PROF_RECORD_SAMPLE)
    take_sample (recorder, record);
}

static void
read_rings (Recorder *recorder, ProfPerfSession *session)
{
  size_t n_rings;
  ProfPerfRing *rings = prof_perf_session_get_rings (session, &n_rings);
  ProfRecordMergeStats stats = { 0 };
  prof_record_merge (rings, n_rings, prof_perf_session_get_format (session), UINT64_MAX,
                     take_record, recorder, &stats);
}

static int
run (Recorder *recorder, ProfPerfSession *session, char **command, ProfError *error)
{
  ProfSpawn spawn;
  int status, r = prof_spawn_new ((const char *const *)command, NULL, NULL, &spawn, error);
  if (r < 0)
    return r;
  r = prof_perf_session_add_thread (session, spawn.pid, true, error);
  if (r >= 0)
    r = prof_spawn_start (&spawn, command[0], error);
  while (r >= 0 && !recorder->has_enough && !prof_perf_session_has_ended (session)) {
    poll (NULL, 0, POLL_MS);
    read_rings (recorder, session);
    prof_spawn_wait (&spawn, false, &status);
  }
  if (r >= 0 && !spawn.is_reaped) {
    kill (spawn.pid, SIGKILL);
    prof_spawn_wait (&spawn, true, &status);
  }
  prof_spawn_finish (&spawn);
  return r;
}

int
stack_recorder_run (char **command, StackTaker take, void *user_data)
{
  ProfPerfSessionConfig config = {
    .events = (const char *const[]){ "cpu-clock", NULL },
    .frequency_hz = STACK_RECORDER_HZ,
    .inherit = true,
    .stack_bytes = STACK_RECORDER_BYTES,
    .regs_mask = prof_unwind_registers_mask (STACK_RECORDER_ARCH),
  };
  static Recorder recorder;
  ProfPerfSession *session = NULL;
  ProfError error = PROF_ERROR_INIT;
  recorder = (Recorder){ .take = take, .user_data = user_data };
  int r = prof_perf_session_new (&config, &session, &error);
  if (r >= 0) {
    ProfPipelineConfig pipeline
        = { .session = session, .max_frames = 1, .max_samples = MAX_SAMPLES };
    r = prof_pipeline_init (&recorder.pipeline, &pipeline);
  }
  if (r >= 0)
    r = run (&recorder, session, command, &error);
  if (r < 0)
    fprintf (stderr, "%s: %s\n", command[0], error.message);
  prof_pipeline_finish (&recorder.pipeline);
  prof_perf_session_free (session);
  return r;
}
