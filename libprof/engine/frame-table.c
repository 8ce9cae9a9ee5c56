/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/frame-table.h"

#include <errno.h>
#include <stdbool.h>

#include "base/hash.h"

static bool
has_key (const void *table, uint32_t row, const void *key)
{
  const ProfFrame *frame = &((const ProfFrameTable *)table)->frames.items[row];
  const ProfFrame *wanted = key;
  return frame->address == wanted->address && frame->module == wanted->module;
}

int
prof_frame_table_add (ProfFrameTable *table, uint32_t module, uint64_t address, uint32_t *ret)
{
  ProfFrame frame = { address, module };
  uint64_t hash = prof_hash_word (module, address);
  uint32_t row = prof_hash_index_find (&table->index, hash, has_key, table, &frame);
  if (row != PROF_HASH_INDEX_NONE) {
    *ret = row;
    return 0;
  }
  if (table->frames.n >= (table->max_frames > 0 ? table->max_frames : INT32_MAX))
    return -ENOSPC;
  row = (uint32_t)table->frames.n;
  if (prof_vec_reserve (&table->frames, 1) < 0
      || prof_hash_index_add (&table->index, hash, row) < 0)
    return -ENOMEM;
  table->frames.items[table->frames.n++] = frame;
  *ret = row;
  return 0;
}

void
prof_frame_table_finish (ProfFrameTable *table)
{
  prof_vec_clear (&table->frames);
  prof_hash_index_clear (&table->index);
}

void
prof_frame_table_reset (ProfFrameTable *table)
{
  table->frames.n = 0;
  prof_hash_index_reset (&table->index);
}
