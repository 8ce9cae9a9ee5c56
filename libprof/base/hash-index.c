/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/hash-index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t
fold (uint64_t hash)
{
  return (uint32_t)(hash ^ (hash >> 32));
}

uint32_t
prof_hash_index_find (const ProfHashIndex *index,
                      uint64_t hash,
                      ProfHashEqual equal,
                      const void *table,
                      const void *key)
{
  if (index->n_slots == 0)
    return PROF_HASH_INDEX_NONE;
  uint32_t wanted = fold (hash);
  size_t mask = index->n_slots - 1;
  for (size_t i = wanted & mask;; i = (i + 1) & mask) {
    const struct ProfHashSlot *slot = &index->slots[i];
    if (slot->row == PROF_HASH_INDEX_NONE)
      return PROF_HASH_INDEX_NONE;
    if (slot->hash == wanted && equal (table, slot->row, key))
      return slot->row;
  }
}

static void
put (struct ProfHashSlot *slots, size_t n_slots, uint32_t hash, uint32_t row)
{
  size_t i = hash & (n_slots - 1);
  while (slots[i].row != PROF_HASH_INDEX_NONE)
    i = (i + 1) & (n_slots - 1);
  slots[i] = (struct ProfHashSlot){ hash, row };
}

static int
resize (ProfHashIndex *index, size_t n_slots)
{
  struct ProfHashSlot *slots = malloc (n_slots * sizeof *slots);
  if (slots == NULL)
    return -ENOMEM;
  memset (slots, 0xff, n_slots * sizeof *slots);
  for (size_t i = 0; i < index->n_slots; i++)
    if (index->slots[i].row != PROF_HASH_INDEX_NONE)
      put (slots, n_slots, index->slots[i].hash, index->slots[i].row);
  free (index->slots);
  index->slots = slots;
  index->n_slots = n_slots;
  return 0;
}

int
prof_hash_index_reserve (ProfHashIndex *index, size_t n)
{
  size_t n_slots = index->n_slots == 0 ? 64 : index->n_slots;
  while (n > n_slots / 2)
    n_slots *= 2;
  return n_slots > index->n_slots ? resize (index, n_slots) : 0;
}

int
prof_hash_index_add (ProfHashIndex *index, uint64_t hash, uint32_t row)
{
  if (prof_hash_index_reserve (index, index->n_used + 1) < 0)
    return -ENOMEM;
  put (index->slots, index->n_slots, fold (hash), row);
  index->n_used++;
  return 0;
}

void
prof_hash_index_reset (ProfHashIndex *index)
{
  if (index->n_slots > 0)
    memset (index->slots, 0xff, index->n_slots * sizeof *index->slots);
  index->n_used = 0;
}

void
prof_hash_index_clear (ProfHashIndex *index)
{
  free (index->slots);
  *index = (ProfHashIndex){ 0 };
}
