/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "engine/pipeline.h"
#include "engine/stack-tables.h"

/* What a pipeline knows at one moment, copied, so that another thread can make a profile of it. */
typedef struct {
  ProfAggregate aggregate;
  ProfStackTables tables;
} ProfSnapshot;

/* 0 or -ENOMEM. */
int prof_snapshot_take (const ProfPipeline *pipeline, ProfSnapshot *ret);
void prof_snapshot_finish (ProfSnapshot *snapshot);
