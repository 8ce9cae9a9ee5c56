/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/live-blocks.h"

#include <errno.h>
#include <stdlib.h>

/* Linear probing over slots of which at most 5 of 8 are taken. */
enum { N_FIRST_SLOTS = 64, NEIGHBOUR_BITS = 5 };

void
prof_live_blocks_finish (ProfLiveBlocks *live)
{
  free (live->slots);
  *live = (ProfLiveBlocks){ 0 };
}

/* Where the search for an address begins. Blocks that are neighbours in memory (allocators align
 * them to 16) are so here too: what is allocated together shares cache lines and pages. */
static size_t
get_home (const ProfLiveBlocks *live, uint64_t address)
{
  uint64_t place = address >> 4;
  uint64_t region = (place >> NEIGHBOUR_BITS) * 0x9e3779b97f4a7c15u;
  return ((region >> 32) + (place & ((1u << NEIGHBOUR_BITS) - 1))) & (live->n_slots - 1);
}

/* The block's slot, or the empty one that ends the search. */
static ProfLiveBlock *
find_slot (const ProfLiveBlocks *live, uint64_t address)
{
  size_t i = get_home (live, address);
  while (live->slots[i].address != address && live->slots[i].address != 0)
    i = (i + 1) & (live->n_slots - 1);
  return &live->slots[i];
}

ProfLiveBlock *
prof_live_blocks_find (const ProfLiveBlocks *live, uint64_t address)
{
  if (live->n_live == 0)
    return NULL;
  ProfLiveBlock *slot = find_slot (live, address);
  return slot->address == 0 ? NULL : slot;
}

static int
grow (ProfLiveBlocks *live)
{
  ProfLiveBlocks grown = { .n_slots = live->n_slots == 0 ? N_FIRST_SLOTS : live->n_slots * 2,
                           .n_live = live->n_live };
  grown.slots = calloc (grown.n_slots, sizeof *grown.slots);
  if (grown.slots == NULL)
    return -ENOMEM;
  prof_live_blocks_foreach (block, live) * find_slot (&grown, block->address) = *block;
  free (live->slots);
  *live = grown;
  return 0;
}

int
prof_live_blocks_add (ProfLiveBlocks *live, const ProfLiveBlock *block)
{
  if ((live->n_live + 1) * 8 > live->n_slots * 5 && grow (live) < 0)
    return -ENOMEM;
  *find_slot (live, block->address) = *block;
  live->n_live++;
  return 0;
}

/* Those behind that would not be found any more, with an empty slot before them, move up. */
void
prof_live_blocks_remove (ProfLiveBlocks *live, ProfLiveBlock *block)
{
  size_t mask = live->n_slots - 1, hole = (size_t)(block - live->slots);
  for (size_t i = (hole + 1) & mask; live->slots[i].address != 0; i = (i + 1) & mask) {
    size_t distance = (i - get_home (live, live->slots[i].address)) & mask;
    if (distance >= ((i - hole) & mask)) {
      live->slots[hole] = live->slots[i];
      hole = i;
    }
  }
  live->slots[hole].address = 0;
  live->n_live--;
}
