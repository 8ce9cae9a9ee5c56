/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-rows.h"

#include <stdbool.h>

#include "base/hash.h"

/* PROF_HEAP_NEVER is then in another bucket than all times. */
enum { MAX_BUCKET_BITS = 63 };

#define MAX_TIME_NS ((UINT64_C (1) << MAX_BUCKET_BITS) - 1)

void
prof_heap_rows_init (ProfHeapRows *rows, size_t max_rows)
{
  *rows = (ProfHeapRows){
    .bucket_bits = PROF_HEAP_FIRST_BUCKET_BITS,
    .first_ns = UINT64_MAX,
    .max_rows = max_rows < PROF_HEAP_MIN_ROWS ? PROF_HEAP_MIN_ROWS : max_rows,
  };
}

void
prof_heap_rows_init_like (ProfHeapRows *rows, const ProfHeapRows *other)
{
  *rows = (ProfHeapRows){
    .bucket_bits = other->bucket_bits,
    .first_ns = other->first_ns,
    .last_ns = other->last_ns,
    .max_rows = other->max_rows,
    .detail = other->detail,
    .has_spans = other->has_spans,
    .n_without_span = other->n_without_span,
  };
}

void
prof_heap_rows_finish (ProfHeapRows *rows)
{
  prof_vec_clear (&rows->rows);
  prof_hash_index_clear (&rows->index);
}

static uint64_t
hash_row (const ProfHeapRows *rows, const ProfHeapRow *row)
{
  uint64_t hash = prof_hash_word (row->size, (uint64_t)row->stack << 32 | row->thread);
  hash = prof_hash_word (hash, row->time_ns >> rows->bucket_bits ^ (uint64_t)row->span << 32);
  hash ^= row->has_exited;
  return prof_hash_word (hash, row->freed_ns >> rows->bucket_bits);
}

static bool
row_equals (const void *table, uint32_t number, const void *key)
{
  const ProfHeapRows *rows = table;
  const ProfHeapRow *a = &rows->rows.items[number], *b = key;
  return a->stack == b->stack && a->thread == b->thread && a->size == b->size && a->span == b->span
         && a->has_exited == b->has_exited && (a->time_ns ^ b->time_ns) >> rows->bucket_bits == 0
         && (a->freed_ns ^ b->freed_ns) >> rows->bucket_bits == 0;
}

static uint64_t
round_up_to_power (uint64_t size)
{
  if (size <= 1)
    return size;
  unsigned bits = 64 - (unsigned)__builtin_clzll (size - 1);
  return UINT64_C (1) << (bits < 64 ? bits : 63);
}

static ProfHeapRow
drop_details (ProfHeapRows *rows, const ProfHeapRow *row)
{
  ProfHeapRow coarse = *row;
  if (rows->detail >= PROF_HEAP_ROWS_NO_SPANS && row->span != 0) {
    rows->n_without_span += row->n_samples;
    coarse.span = 0;
  }
  if (rows->detail >= PROF_HEAP_ROWS_SIZE_POWERS)
    coarse.size = round_up_to_power (row->size);
  if (rows->detail >= PROF_HEAP_ROWS_NO_THREADS)
    coarse.thread = PROF_HEAP_NO_THREAD;
  return coarse;
}

static uint32_t
find (const ProfHeapRows *rows, const ProfHeapRow *row, uint64_t *ret_hash)
{
  *ret_hash = hash_row (rows, row);
  return prof_hash_index_find (&rows->index, *ret_hash, row_equals, rows, row);
}

static void
sum (const ProfHeapRows *rows, ProfHeapRow *into, const ProfHeapRow *row)
{
  uint64_t bucket = (UINT64_C (1) << rows->bucket_bits) - 1;
  into->time_ns |= bucket;
  into->freed_ns |= bucket; /* of PROF_HEAP_NEVER all bits are set */
  into->n_samples += row->n_samples;
  into->count += row->count;
  into->bytes += row->bytes;
}

/* The steps end while there is room for three rows without a stack, of what was freed, what was
 * not, and what went with its process. */
static bool
is_full (const ProfHeapRows *rows)
{
  return rows->rows.n > rows->max_rows - 4;
}

static int
add_row (ProfHeapRows *rows, const ProfHeapRow *row)
{
  uint64_t hash;
  ProfHeapRow coarse = drop_details (rows, row);
  uint32_t found = find (rows, &coarse, &hash);
  if (found == PROF_HASH_INDEX_NONE && rows->detail == PROF_HEAP_ROWS_NO_STACKS && is_full (rows)) {
    coarse.stack = 0;
    coarse.size = 0;
    found = find (rows, &coarse, &hash);
  }
  if (found != PROF_HASH_INDEX_NONE) {
    sum (rows, &rows->rows.items[found], &coarse);
    return 0;
  }
  if (rows->rows.n >= UINT32_MAX || prof_vec_reserve (&rows->rows, 1) < 0
      || prof_hash_index_add (&rows->index, hash, (uint32_t)rows->rows.n) < 0)
    return -ENOMEM;
  rows->rows.items[rows->rows.n++] = coarse;
  return 0;
}

/* In place: there never are more rows than before, so that nothing is allocated. */
static void
sum_anew (ProfHeapRows *rows)
{
  size_t n_rows = rows->rows.n;
  rows->rows.n = 0;
  prof_hash_index_reset (&rows->index);
  for (size_t i = 0; i < n_rows; i++) {
    ProfHeapRow row = rows->rows.items[i];
    add_row (rows, &row);
  }
}

static void
take_step (ProfHeapRows *rows)
{
  uint64_t n_buckets = (rows->last_ns - rows->first_ns) >> rows->bucket_bits;
  if (rows->detail == PROF_HEAP_ROWS_EXACT && n_buckets >= PROF_HEAP_MIN_BUCKETS)
    rows->bucket_bits++;
  else if (rows->detail == PROF_HEAP_ROWS_EXACT && !rows->has_spans)
    rows->detail = PROF_HEAP_ROWS_SIZE_POWERS;
  else if (rows->detail < PROF_HEAP_ROWS_NO_THREADS)
    rows->detail++;
  else if (rows->bucket_bits == MAX_BUCKET_BITS)
    rows->detail = PROF_HEAP_ROWS_NO_STACKS;
  else if ((rows->first_ns ^ rows->last_ns) >> rows->bucket_bits == 0)
    rows->bucket_bits = MAX_BUCKET_BITS;
  else
    rows->bucket_bits++;
  sum_anew (rows);
}

static ProfHeapRow
bound_times (const ProfHeapRow *row)
{
  ProfHeapRow bounded = *row;
  if (bounded.time_ns > MAX_TIME_NS)
    bounded.time_ns = MAX_TIME_NS;
  if (bounded.freed_ns > MAX_TIME_NS && bounded.freed_ns != PROF_HEAP_NEVER)
    bounded.freed_ns = MAX_TIME_NS;
  if (bounded.freed_ns < bounded.time_ns)
    bounded.freed_ns = bounded.time_ns;
  return bounded;
}

static void
extend_recording (ProfHeapRows *rows, const ProfHeapRow *row)
{
  bool is_freed = row->freed_ns != PROF_HEAP_NEVER && !row->has_exited;
  uint64_t last_ns = is_freed ? row->freed_ns : row->time_ns;
  if (row->time_ns < rows->first_ns)
    rows->first_ns = row->time_ns;
  if (last_ns > rows->last_ns)
    rows->last_ns = last_ns;
}

/* Fewer than 70 steps in all bound the cost, also where one frees little. */
int
prof_heap_rows_add (ProfHeapRows *rows, const ProfHeapRow *row)
{
  ProfHeapRow bounded = bound_times (row);
  extend_recording (rows, &bounded);
  rows->has_spans |= bounded.span != 0;
  int r = add_row (rows, &bounded);
  while (is_full (rows) && rows->detail != PROF_HEAP_ROWS_NO_STACKS)
    take_step (rows);
  return r;
}

uint64_t
prof_heap_rows_clip (const ProfHeapRows *rows, uint64_t time_ns)
{
  return time_ns < rows->last_ns ? time_ns : rows->last_ns;
}

int
prof_heap_rows_clone (const ProfHeapRows *rows, ProfHeapRows *ret)
{
  prof_heap_rows_init_like (ret, rows);
  return prof_vec_append (&ret->rows, rows->rows.items, rows->rows.n);
}
