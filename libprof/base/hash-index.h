/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Finds rows of somebody's table by key: open addressing over 32-bit row numbers. The table keeps
 * the rows; this keeps only their numbers and part of their hashes. Zero-initialized is empty. */
typedef struct {
  struct ProfHashSlot {
    uint32_t hash;
    uint32_t row; /* UINT32_MAX: empty */
  } * slots;
  size_t n_slots; /* a power of two, or 0 */
  size_t n_used;
} ProfHashIndex;

#define PROF_HASH_INDEX_NONE UINT32_MAX

/* Says whether row `row` of `table` has the key that `key` points to. */
typedef bool (*ProfHashEqual) (const void *table, uint32_t row, const void *key);

/* The row with this key, or PROF_HASH_INDEX_NONE. */
uint32_t prof_hash_index_find (const ProfHashIndex *index,
                               uint64_t hash,
                               ProfHashEqual equal,
                               const void *table,
                               const void *key);

/* Adds a row whose key is not there yet. 0 or -ENOMEM. */
int prof_hash_index_add (ProfHashIndex *index, uint64_t hash, uint32_t row);

/* Makes room for n rows in all. 0 or -ENOMEM. */
int prof_hash_index_reserve (ProfHashIndex *index, size_t n);

/* Fetches the place of a hash ahead of its use: big tables are in no cache. */
static inline void
prof_hash_index_prefetch (const ProfHashIndex *index, uint64_t hash)
{
  if (index->n_slots > 0)
    __builtin_prefetch (&index->slots[(uint32_t)(hash ^ (hash >> 32)) & (index->n_slots - 1)]);
}

/* Forgets all rows but keeps the slots: adding as many rows again can't fail. */
void prof_hash_index_reset (ProfHashIndex *index);

/* Frees the slots and leaves an empty index. */
void prof_hash_index_clear (ProfHashIndex *index);
