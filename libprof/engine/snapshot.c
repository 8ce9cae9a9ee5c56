/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/snapshot.h"

int
prof_snapshot_take (const ProfPipeline *pipeline, ProfSnapshot *ret)
{
  *ret = (ProfSnapshot){ 0 };
  ProfStackTablesSource source
      = prof_stack_builder_get_source (&pipeline->builder, &pipeline->processes, &pipeline->spans,
                                       pipeline->main_path);
  int r = prof_aggregate_clone (&pipeline->aggregate, &ret->aggregate);
  if (r < 0 || (r = prof_stack_tables_copy (&source, &ret->tables)) < 0)
    prof_snapshot_finish (ret);
  return r;
}

void
prof_snapshot_finish (ProfSnapshot *snapshot)
{
  prof_aggregate_finish (&snapshot->aggregate);
  prof_stack_tables_finish (&snapshot->tables);
}
