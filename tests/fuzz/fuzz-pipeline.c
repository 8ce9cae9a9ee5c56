/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "../lib/pipeline-fixture.h"
#include "engine/snapshot.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum {
  FOREIGN_PID = 1 << 23, /* over any pid_max: /proc has no such process */
  MAX_SAMPLES = 16,
  MAX_NODES = 64,
};

static void
expect (bool is_so)
{
  if (!is_so)
    abort ();
}

/* Few processes, so that records are about one another's. */
static void
take (PipelineFixture *fixture, const ProfRecord *parsed)
{
  ProfRecord record = *parsed;
  record.pid = FOREIGN_PID + record.pid % 4;
  record.tid = FOREIGN_PID + record.tid % 8;
  record.event_id %= 4;
  if (record.kind == PROF_RECORD_FORK || record.kind == PROF_RECORD_EXIT) {
    record.fork.parent_pid = FOREIGN_PID + record.fork.parent_pid % 4;
    record.fork.parent_tid = FOREIGN_PID + record.fork.parent_tid % 8;
  }
  prof_pipeline_take (&fixture->pipeline, &record);
}

static void
take_all (PipelineFixture *fixture, const uint8_t *bytes, size_t n_bytes)
{
  ProfRecordFormat format = { PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID
                                  | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN
                                  | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
                              prof_unwind_registers_mask (prof_native_arch ()) };
  struct perf_event_header header;
  for (size_t i = 0; n_bytes - i >= sizeof header; i += header.size) {
    ProfRecord record;
    memcpy (&header, bytes + i, sizeof header);
    if (header.size < sizeof header || header.size % 8 != 0 || header.size > n_bytes - i)
      return;
    if (prof_record_parse (&format, bytes + i, header.size, &record) == 0)
      take (fixture, &record);
  }
}

static void
check_rows (const ProfSnapshot *snapshot, uint64_t n_samples)
{
  uint64_t n = 0;
  prof_vec_foreach (row, &snapshot->aggregate.rows) {
    n += row->n_samples;
    expect (row->stack < snapshot->tables.nodes.n);
    expect (row->thread == PROF_NO_THREAD || row->thread < snapshot->tables.threads.n);
    expect (row->event < 2);
  }
  expect (n == n_samples);
  expect (snapshot->aggregate.rows.n <= MAX_SAMPLES + 3);
  expect (snapshot->tables.nodes.n <= MAX_NODES);
  for (size_t i = 1; i < snapshot->tables.nodes.n; i++) {
    expect (snapshot->tables.nodes.items[i].parent < i);
    expect (snapshot->tables.nodes.items[i].frame < snapshot->tables.frames.n);
  }
}

/* A byte that says how to unwind and whether to keep times, seven that are skipped, records. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 8 || size > 1 << 16)
    return 0;
  ProfPipelineConfig config = { .unwind_mode = (ProfUnwindMode)(data[0] % 3),
                                .keeps_time = data[0] & 128,
                                .max_frames = 16,
                                .max_samples = MAX_SAMPLES };
  PipelineFixture *fixture = NULL;
  ProfSnapshot snapshot;
  uint8_t *records = malloc (size); /* aligned as the kernel's are */
  if (records == NULL || pipeline_fixture_new (config, &fixture) < 0)
    abort ();
  fixture->pipeline.builder.stacks.max_nodes = MAX_NODES;
  memcpy (records, data + 8, size - 8);
  take_all (fixture, records, size - 8);
  expect (fixture->pipeline.error == 0);
  expect (prof_snapshot_take (&fixture->pipeline, &snapshot) == 0);
  check_rows (&snapshot, fixture->pipeline.n_samples);
  prof_snapshot_finish (&snapshot);
  pipeline_fixture_free (fixture);
  free (records);
  return 0;
}
