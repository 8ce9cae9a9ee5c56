/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "engine/heap-profile-maker.h"
#include "tests.h"

/* What a heap recorder has, with two stacks of anonymous code: main calls leaf, and main alone. */
typedef struct {
  ProfStackTree stacks;
  ProfFrameTable frames;
  ProfModuleCache modules;
  ProfProcessTable processes;
  ProfStackEndVec stack_ends;
  ProfSpanJoin spans;
  ProfHeapStore store;
  uint32_t leaf, main; /* nodes */
  uint32_t thread;
} HeapRecorder;

enum { HEAP_PID = 5000001, HEAP_TID = 5000002 }; /* greater than any of Linux */

static inline int
heap_recorder_add_stacks (HeapRecorder *recorder)
{
  ProfModule *module;
  uint32_t frames[2];
  int r = prof_module_cache_get_anonymous (&recorder->modules, HEAP_PID, &module);
  if (r < 0 || (r = prof_frame_table_add (&recorder->frames, module->id, 0x1010, &frames[0])) < 0
      || (r = prof_frame_table_add (&recorder->frames, module->id, 0x2020, &frames[1])) < 0
      || (r = prof_stack_tree_add (&recorder->stacks, frames, 2, &recorder->leaf)) < 0
      || (r = prof_stack_tree_add (&recorder->stacks, frames + 1, 1, &recorder->main)) < 0)
    return r;
  return prof_vec_push (&recorder->stack_ends, (ProfStackEndCounts){ { [PROF_STACK_ROOT] = 9 } });
}

/* The first error. Call finish also then. */
static inline int
heap_recorder_init (HeapRecorder *recorder, const ProfHeapStoreConfig *config)
{
  *recorder = (HeapRecorder){ 0 };
  prof_module_cache_init (&recorder->modules);
  prof_heap_store_init (&recorder->store, config);
  int r = prof_process_table_init (&recorder->processes);
  if (r < 0 || (r = prof_stack_tree_init (&recorder->stacks)) < 0
      || (r = prof_process_table_rename (&recorder->processes, HEAP_PID, HEAP_TID, "worker", false))
             < 0
      || (r = prof_process_table_get_thread (&recorder->processes, HEAP_PID, HEAP_TID,
                                             &recorder->thread))
             < 0)
    return r;
  return heap_recorder_add_stacks (recorder);
}

static inline void
heap_recorder_finish (HeapRecorder *recorder)
{
  prof_span_join_finish (&recorder->spans);
  prof_heap_store_finish (&recorder->store);
  prof_vec_clear (&recorder->stack_ends);
  prof_process_table_finish (&recorder->processes);
  prof_frame_table_finish (&recorder->frames);
  prof_stack_tree_finish (&recorder->stacks);
  prof_module_cache_finish (&recorder->modules);
}

static inline int
heap_recorder_allocate (
    HeapRecorder *recorder, uint32_t stack, uint64_t address, uint64_t size, uint64_t time_ns)
{
  ProfHeapSample sample = {
    .stack = stack, .thread = recorder->thread, .address = address, .size = size, .time_ns = time_ns
  };
  return prof_heap_store_allocate (&recorder->store, &sample);
}

static inline int
heap_recorder_make_profile (const HeapRecorder *recorder,
                            const ProfHeapProfileConfig *config,
                            ProfProfile **ret)
{
  ProfStackTablesSource source = {
    .stacks = &recorder->stacks,
    .frames = &recorder->frames,
    .modules = &recorder->modules,
    .processes = &recorder->processes,
    .stack_ends = &recorder->stack_ends,
    .spans = &recorder->spans,
  };
  ProfHeapSnapshot snapshot;
  ProfProfileMakerStats stats;
  int r = prof_heap_snapshot_take (&source, &recorder->store, &snapshot);
  if (r < 0)
    return r;
  r = prof_heap_profile_make (&snapshot, config, ret, &stats);
  prof_heap_snapshot_finish (&snapshot);
  return r;
}
