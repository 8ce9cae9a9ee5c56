/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/aggregate.h"

#include "base/hash.h"

enum { MANY_SLOTS = 64 };

void
prof_aggregate_init (ProfAggregate *aggregate, uint64_t resolution_ns, size_t max_rows)
{
  *aggregate = (ProfAggregate){ .resolution_ns = resolution_ns, .max_rows = max_rows };
}

void
prof_aggregate_finish (ProfAggregate *aggregate)
{
  prof_vec_clear (&aggregate->rows);
  prof_hash_index_clear (&aggregate->index);
}

/* A bucket that was much fuller than this one must not make each new one expensive. */
static void
forget_bucket (ProfAggregate *aggregate)
{
  ProfHashIndex *index = &aggregate->index;
  if (index->n_slots > MANY_SLOTS && index->n_used < index->n_slots / MANY_SLOTS)
    prof_hash_index_clear (index);
  else
    prof_hash_index_reset (index);
}

void
prof_aggregate_reset (ProfAggregate *aggregate, uint64_t resolution_ns)
{
  aggregate->rows.n = 0;
  aggregate->resolution_ns = resolution_ns;
  aggregate->n_without_stack = 0;
  forget_bucket (aggregate);
}

static void
enter_bucket (ProfAggregate *aggregate, uint64_t time_ns)
{
  uint64_t bucket = aggregate->resolution_ns == 0 ? 0 : time_ns / aggregate->resolution_ns;
  if (bucket != aggregate->bucket)
    forget_bucket (aggregate);
  aggregate->bucket = bucket;
}

static uint64_t
hash_row (const ProfAggregateRow *row)
{
  uint64_t hash = prof_hash_word (row->span, row->event);
  return prof_hash_word (hash, (uint64_t)row->stack << 32 | row->thread);
}

static bool
row_equals (const void *rows, uint32_t row, const void *key)
{
  const ProfAggregateRow *a = (const ProfAggregateRow *)rows + row, *b = key;
  return a->stack == b->stack && a->thread == b->thread && a->event == b->event
         && a->span == b->span;
}

static void
sum (ProfAggregateRow *into, const ProfAggregateRow *row)
{
  if (__builtin_add_overflow (into->n_samples, row->n_samples, &into->n_samples))
    into->n_samples = UINT32_MAX;
  if (row->time_ns > into->time_ns)
    into->time_ns = row->time_ns;
  into->weight += row->weight;
  into->value += row->value;
}

static bool
is_full (const ProfAggregate *aggregate)
{
  return aggregate->resolution_ns == 0 && aggregate->rows.n >= aggregate->max_rows
         && !aggregate->has_spans;
}

static bool
is_rest (const ProfAggregateRow *row)
{
  return row->stack == 0 && row->thread == PROF_NO_THREAD;
}

static int
add_row (ProfAggregate *aggregate, const ProfAggregateRow *row)
{
  enter_bucket (aggregate, row->time_ns);
  uint64_t hash = hash_row (row);
  uint32_t found
      = prof_hash_index_find (&aggregate->index, hash, row_equals, aggregate->rows.items, row);
  if (found != PROF_HASH_INDEX_NONE) {
    sum (&aggregate->rows.items[found], row);
    return 0;
  }
  if (is_full (aggregate) && !is_rest (row)) {
    ProfAggregateRow rest = *row;
    rest.stack = 0;
    rest.thread = PROF_NO_THREAD;
    rest.span = 0;
    aggregate->n_without_stack += row->n_samples;
    return add_row (aggregate, &rest);
  }
  if (aggregate->rows.n >= UINT32_MAX || prof_vec_reserve (&aggregate->rows, 1) < 0)
    return -ENOMEM;
  aggregate->rows.items[aggregate->rows.n++] = *row;
  /* A row that is not found again gets another beside it: no sum is lost. */
  return prof_hash_index_add (&aggregate->index, hash, (uint32_t)aggregate->rows.n - 1);
}

static void
forget_span (ProfAggregate *aggregate, ProfAggregateRow *row)
{
  if (row->span != 0)
    aggregate->n_without_span += row->n_samples;
  row->span = 0;
}

static void
coarsen (ProfAggregate *aggregate)
{
  bool is_coarse = aggregate->resolution_ns == 0
                   || aggregate->resolution_ns >= PROF_AGGREGATE_SPAN_RESOLUTION_NS;
  if (aggregate->has_spans && is_coarse) {
    aggregate->has_spans = false;
    aggregate->drops_spans = true;
  } else if (aggregate->resolution_ns > UINT64_MAX / 2) {
    aggregate->resolution_ns = 0;
  } else {
    aggregate->resolution_ns *= 2;
  }
}

/* In place: there never are more rows than before, and all are kept also where one fails. */
static int
sum_anew (ProfAggregate *aggregate)
{
  size_t n_rows = aggregate->rows.n;
  aggregate->rows.n = 0;
  forget_bucket (aggregate);
  int r = 0;
  for (size_t i = 0; i < n_rows; i++) {
    ProfAggregateRow row = aggregate->rows.items[i];
    if (aggregate->drops_spans)
      forget_span (aggregate, &row);
    if (add_row (aggregate, &row) < 0)
      r = -ENOMEM;
  }
  return r;
}

/* A resolution can be doubled 64 times at most: that bounds the cost, also where it frees little.
 */
int
prof_aggregate_add (ProfAggregate *aggregate, const ProfAggregateRow *row)
{
  ProfAggregateRow added = *row;
  if (is_rest (row))
    aggregate->n_without_stack += row->n_samples;
  if (aggregate->drops_spans)
    forget_span (aggregate, &added);
  aggregate->has_spans |= added.span != 0;
  int r = add_row (aggregate, &added);
  while (aggregate->rows.n > aggregate->max_rows
         && (aggregate->resolution_ns != 0 || aggregate->has_spans)) {
    coarsen (aggregate);
    if (sum_anew (aggregate) < 0)
      r = -ENOMEM;
  }
  return r;
}

int
prof_aggregate_clone (const ProfAggregate *aggregate, ProfAggregate *ret)
{
  prof_aggregate_init (ret, aggregate->resolution_ns, aggregate->max_rows);
  ret->n_without_stack = aggregate->n_without_stack;
  ret->n_without_span = aggregate->n_without_span;
  return prof_vec_append (&ret->rows, aggregate->rows.items, aggregate->rows.n);
}
