/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/stack-tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define copy(to, from) prof_vec_append (to, (from)->items, (from)->n)

static int
copy_modules (const ProfModuleCache *cache, ProfStackTables *ret)
{
  if (prof_vec_reserve (&ret->modules, cache->modules.n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < cache->modules.n; i++)
    ret->modules.items[ret->modules.n++] = prof_module_ref (cache->modules.items[i]);
  return 0;
}

int
prof_stack_tables_copy (const ProfStackTablesSource *source, ProfStackTables *ret)
{
  *ret = (ProfStackTables){ 0 };
  const ProfProcessTable *processes = source->processes;
  if (copy (&ret->nodes, &source->stacks->nodes) < 0
      || copy (&ret->frames, &source->frames->frames) < 0 || copy_modules (source->modules, ret) < 0
      || copy (&ret->threads, &processes->threads) < 0
      || copy (&ret->name_bytes, &processes->names.bytes) < 0
      || copy (&ret->name_starts, &processes->names.starts) < 0
      || copy (&ret->stack_ends, source->stack_ends) < 0
      || copy (&ret->spans, &source->spans->spans) < 0
      || (source->main_path != NULL && (ret->main_path = strdup (source->main_path)) == NULL)) {
    prof_stack_tables_finish (ret);
    return -ENOMEM;
  }
  ret->n_stitched = source->n_stitched;
  ret->n_without_span = source->spans->n_lost;
  return 0;
}

void
prof_stack_tables_finish (ProfStackTables *tables)
{
  prof_vec_foreach (module, &tables->modules) {
    prof_module_unref (*module);
  }
  prof_vec_clear (&tables->modules);
  prof_vec_clear (&tables->nodes);
  prof_vec_clear (&tables->frames);
  prof_vec_clear (&tables->threads);
  prof_vec_clear (&tables->name_bytes);
  prof_vec_clear (&tables->name_starts);
  prof_vec_clear (&tables->stack_ends);
  prof_vec_clear (&tables->spans);
  free (tables->main_path);
  tables->main_path = NULL;
}

const char *
prof_stack_tables_get_thread_name (const ProfStackTables *tables, uint32_t thread)
{
  uint32_t name = tables->threads.items[thread].name;
  return tables->name_bytes.items + tables->name_starts.items[name];
}
