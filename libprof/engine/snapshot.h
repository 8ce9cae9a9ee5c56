/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/pipeline.h"

/* What a pipeline knows at one moment, copied, so that another thread can make a profile of it. */
typedef struct {
  ProfAggregate aggregate;
  PROF_VEC (ProfStackNode) nodes;
  PROF_VEC (ProfFrame) frames;
  PROF_VEC (ProfModule *) modules; /* references, by id */
  PROF_VEC (ProfThread) threads;
  PROF_VEC (char) name_bytes;
  PROF_VEC (uint32_t) name_starts;
  ProfStackEndVec stack_ends;
  char *main_path;
} ProfSnapshot;

int prof_snapshot_take (const ProfPipeline *pipeline, ProfSnapshot *ret);
void prof_snapshot_finish (ProfSnapshot *snapshot);

const char *prof_snapshot_get_thread_name (const ProfSnapshot *snapshot, uint32_t thread);
