/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/span-join.h"

#include <errno.h>

#include "base/hash.h"

void
prof_span_join_begin (ProfSpanJoin *join)
{
  if (join->max_spans == 0)
    join->max_spans = PROF_MAX_SPANS;
  prof_span_reader_begin (&join->reader);
}

void
prof_span_join_end (ProfSpanJoin *join)
{
  prof_span_reader_end (&join->reader);
}

void
prof_span_join_reset (ProfSpanJoin *join)
{
  join->spans.n = 0;
  prof_hash_index_reset (&join->index);
}

void
prof_span_join_finish (ProfSpanJoin *join)
{
  prof_span_join_end (join);
  prof_vec_clear (&join->spans);
  prof_hash_index_clear (&join->index);
}

static bool
span_equals (const void *table, uint32_t row, const void *key)
{
  const ProfSpanJoin *join = table;
  return memcmp (&join->spans.items[row], key, sizeof (ProfTraceLink)) == 0;
}

static int
get_number (ProfSpanJoin *join, const ProfTraceLink *link, uint32_t *ret)
{
  uint64_t hash = prof_hash_bytes (0, link, sizeof *link);
  uint32_t row = prof_hash_index_find (&join->index, hash, span_equals, join, link);
  if (row == PROF_HASH_INDEX_NONE && join->spans.n >= join->max_spans) {
    join->n_lost++;
    *ret = 0;
    return 0;
  }
  if (row == PROF_HASH_INDEX_NONE) {
    row = (uint32_t)join->spans.n;
    if (prof_vec_reserve (&join->spans, 1) < 0 || prof_hash_index_add (&join->index, hash, row) < 0)
      return -ENOMEM;
    join->spans.items[join->spans.n++] = *link;
  }
  *ret = row + 1;
  return 0;
}

int
prof_span_join_find (ProfSpanJoin *join, uint32_t tid, uint64_t time_ns, uint32_t *ret_number)
{
  ProfTraceLink link;
  *ret_number = 0;
  if (!join->reader.is_open)
    return 0;
  ProfSpanResult result = prof_span_reader_find (&join->reader, tid, time_ns, &link);
  if (result == PROF_SPAN_LOST)
    join->n_lost++;
  return result == PROF_SPAN_FOUND ? get_number (join, &link, ret_number) : 0;
}
