/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "engine/frame-table.h"
#include "engine/process-table.h"
#include "engine/span-join.h"
#include "engine/stack-ends.h"
#include "profile/stack-tree.h"

/* What the numbers of stacks and threads mean in a recorder's sums, copied at one moment, so that
 * another thread can make a profile of them. */
typedef struct {
  PROF_VEC (ProfStackNode) nodes;
  PROF_VEC (ProfFrame) frames;
  PROF_VEC (ProfModule *) modules; /* references, by id */
  PROF_VEC (ProfThread) threads;
  PROF_VEC (char) name_bytes;
  PROF_VEC (uint32_t) name_starts;
  ProfStackEndVec stack_ends;
  uint64_t n_stitched; /* stacks with frames that were not copied */
  ProfSpanVec spans;
  uint64_t n_without_span; /* samples whose span is not known */
  char *main_path;
} ProfStackTables;

/* Where a recorder keeps them. */
typedef struct {
  const ProfStackTree *stacks;
  const ProfFrameTable *frames;
  const ProfModuleCache *modules;
  const ProfProcessTable *processes;
  const ProfStackEndVec *stack_ends;
  uint64_t n_stitched;
  const ProfSpanJoin *spans;
  const char *main_path; /* NULL: not known */
} ProfStackTablesSource;

/* 0 or -ENOMEM. */
int prof_stack_tables_copy (const ProfStackTablesSource *source, ProfStackTables *ret);
void prof_stack_tables_finish (ProfStackTables *tables);

const char *prof_stack_tables_get_thread_name (const ProfStackTables *tables, uint32_t thread);
