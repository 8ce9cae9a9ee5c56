/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

/* A sampled block of memory that was not freed yet. */
typedef struct {
  uint64_t address; /* 0: not in use */
  uint64_t size;
  uint64_t time_ns;
  uint32_t stack, thread;
  float count; /* blocks that it stands for */
  uint32_t next_unused;
} ProfLiveBlock;

_Static_assert(sizeof (ProfLiveBlock) == 40, "a million of them are 40 MB");

typedef struct {
  uint32_t address_bits;
  uint32_t block; /* UINT32_MAX: empty */
} ProfLiveSlot;

/* The live blocks of one process, by address. Zero-initialized is empty. Blocks that are removed
 * are used again, the latest first, so that temporaries stay in the cache. */
typedef struct {
  PROF_VEC (ProfLiveBlock) blocks; /* also those not in use */
  ProfLiveSlot *slots;
  size_t n_slots; /* a power of two, or 0 */
  size_t n_live;
  uint32_t first_unused; /* block number + 1; 0: none */
} ProfLiveBlocks;

void prof_live_blocks_finish (ProfLiveBlocks *live);

/* The block at an address, NULL if there is none. Borrowed until the next add. */
ProfLiveBlock *prof_live_blocks_find (const ProfLiveBlocks *live, uint64_t address);

/* Adds a block whose address is not 0 and has none yet. 0 or -ENOMEM. */
int prof_live_blocks_add (ProfLiveBlocks *live, const ProfLiveBlock *block);

/* True, and the block in *ret, if there was one. */
bool prof_live_blocks_remove (ProfLiveBlocks *live, uint64_t address, ProfLiveBlock *ret);
