/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdlib.h>
#include <string.h>

#include <linux/perf_event.h>

#include "base/hash.h"
#include "capture/perf-session-private.h"
#include "engine/pipeline.h"

/* A pipeline without a kernel: its session has events of the ids 1 and 2 that nobody opened. The
 * test gives the records. */
typedef struct {
  ProfPerfSession session;
  ProfPipeline pipeline;
} PipelineFixture;

static inline void
pipeline_fixture_free (PipelineFixture *fixture)
{
  prof_pipeline_finish (&fixture->pipeline);
  prof_vec_clear (&fixture->session.open);
  prof_hash_index_clear (&fixture->session.open_by_id);
  free (fixture);
}

static inline int
pipeline_fixture_open (ProfPerfSession *session)
{
  for (uint32_t row = 0; row < 2; row++) {
    ProfOpenEvent open = { .fd = 1 << 30, .event = row, .id = row + 1 };
    if (prof_vec_push (&session->open, open) < 0
        || prof_hash_index_add (&session->open_by_id, prof_hash_word (0, open.id), row) < 0)
      return -ENOMEM;
  }
  return 0;
}

static inline int
pipeline_fixture_new (ProfPipelineConfig config, PipelineFixture **ret)
{
  PipelineFixture *fixture = calloc (1, sizeof *fixture);
  if (fixture == NULL)
    return -ENOMEM;
  config.session = &fixture->session;
  int r = pipeline_fixture_open (&fixture->session);
  if (r >= 0)
    r = prof_pipeline_init (&fixture->pipeline, &config);
  if (r < 0) {
    pipeline_fixture_free (fixture);
    return r;
  }
  *ret = fixture;
  return 0;
}

/* ---- records ---- */

static inline void
take_map (PipelineFixture *fixture, uint32_t pid, uint64_t start, uint64_t length, const char *path)
{
  ProfRecord record = { .kind = PROF_RECORD_MAP, .pid = pid, .tid = pid };
  record.map.start = start;
  record.map.length = length;
  record.map.inode = 1;
  record.map.is_executable = true;
  record.map.filename = path;
  prof_pipeline_take (&fixture->pipeline, &record);
}

static inline void
take_comm (PipelineFixture *fixture, uint32_t pid, const char *name, bool is_exec)
{
  ProfRecord record = { .kind = PROF_RECORD_COMM, .pid = pid, .tid = pid };
  record.comm.name = name;
  record.comm.is_exec = is_exec;
  prof_pipeline_take (&fixture->pipeline, &record);
}

static inline void
take_fork (PipelineFixture *fixture, uint32_t pid, uint32_t parent)
{
  ProfRecord record = { .kind = PROF_RECORD_FORK, .pid = pid, .tid = pid };
  record.fork.parent_pid = record.fork.parent_tid = parent;
  prof_pipeline_take (&fixture->pipeline, &record);
}

static inline void
take_exit (PipelineFixture *fixture, uint32_t pid)
{
  ProfRecord record = { .kind = PROF_RECORD_EXIT, .pid = pid, .tid = pid };
  record.fork.parent_pid = record.fork.parent_tid = pid;
  prof_pipeline_take (&fixture->pipeline, &record);
}

/* A sample of event 0 whose stack the kernel walked: of a leaf and its caller, if that is not 0. */
static inline void
take_sample (
    PipelineFixture *fixture, uint32_t pid, uint64_t time_ns, uint64_t leaf, uint64_t caller)
{
  const uint64_t chain[] = { (uint64_t)PERF_CONTEXT_USER, leaf, caller };
  ProfRecord record
      = { .kind = PROF_RECORD_SAMPLE, .pid = pid, .tid = pid, .time_ns = time_ns, .event_id = 1 };
  record.sample.ip = leaf;
  record.sample.period = 1000;
  record.sample.callchain = chain;
  record.sample.n_callchain = caller != 0 ? 3 : 2;
  prof_pipeline_take (&fixture->pipeline, &record);
}
