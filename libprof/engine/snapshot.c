/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define copy(to, from) prof_vec_append (to, (from)->items, (from)->n)

static int
copy_modules (const ProfModuleCache *cache, ProfSnapshot *ret)
{
  if (prof_vec_reserve (&ret->modules, cache->modules.n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < cache->modules.n; i++)
    ret->modules.items[ret->modules.n++] = prof_module_ref (cache->modules.items[i]);
  return 0;
}

int
prof_snapshot_take (const ProfPipeline *pipeline, ProfSnapshot *ret)
{
  *ret = (ProfSnapshot){ 0 };
  const ProfProcessTable *processes = &pipeline->processes;
  if (prof_aggregate_clone (&pipeline->aggregate, &ret->aggregate) < 0
      || copy (&ret->nodes, &pipeline->stacks.nodes) < 0
      || copy (&ret->frames, &pipeline->frames.frames) < 0
      || copy_modules (&pipeline->modules, ret) < 0 || copy (&ret->threads, &processes->threads) < 0
      || copy (&ret->name_bytes, &processes->names.bytes) < 0
      || copy (&ret->name_starts, &processes->names.starts) < 0
      || copy (&ret->stack_ends, &pipeline->stack_ends) < 0
      || (pipeline->main_path != NULL && (ret->main_path = strdup (pipeline->main_path)) == NULL)) {
    prof_snapshot_finish (ret);
    return -ENOMEM;
  }
  return 0;
}

void
prof_snapshot_finish (ProfSnapshot *snapshot)
{
  prof_aggregate_finish (&snapshot->aggregate);
  prof_vec_foreach (module, &snapshot->modules) {
    prof_module_unref (*module);
  }
  prof_vec_clear (&snapshot->modules);
  prof_vec_clear (&snapshot->nodes);
  prof_vec_clear (&snapshot->frames);
  prof_vec_clear (&snapshot->threads);
  prof_vec_clear (&snapshot->name_bytes);
  prof_vec_clear (&snapshot->name_starts);
  prof_vec_clear (&snapshot->stack_ends);
  free (snapshot->main_path);
  snapshot->main_path = NULL;
}

const char *
prof_snapshot_get_thread_name (const ProfSnapshot *snapshot, uint32_t thread)
{
  uint32_t name = snapshot->threads.items[thread].name;
  return snapshot->name_bytes.items + snapshot->name_starts.items[name];
}
