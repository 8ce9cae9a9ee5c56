/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sampled block of memory that was not freed yet. */
typedef struct {
  uint64_t address; /* 0: an empty slot */
  uint64_t size;
  uint64_t time_ns;
  uint32_t stack, thread;
  float count;   /* blocks that it stands for */
  uint32_t span; /* number in a ProfSpanTable; 0: none */
} ProfLiveBlock;

_Static_assert(sizeof (ProfLiveBlock) == 40, "a million of them are 40 MB, in as much again");

/* The live blocks of one process, by address. Zero-initialized is empty. */
typedef struct {
  ProfLiveBlock *slots;
  size_t n_slots; /* a power of two, or 0 */
  size_t n_live;
} ProfLiveBlocks;

#define prof_live_blocks_foreach(block, live)                                                      \
  for (ProfLiveBlock *block = (live)->slots;                                                       \
       block != NULL && block < (live)->slots + (live)->n_slots; block++)                          \
    if (block->address != 0)

void prof_live_blocks_finish (ProfLiveBlocks *live);

/* The block at an address, NULL if there is none. Borrowed until the next add or remove. */
ProfLiveBlock *prof_live_blocks_find (const ProfLiveBlocks *live, uint64_t address);

/* Adds a block whose address is not 0 and has none yet. 0 or -ENOMEM. */
int prof_live_blocks_add (ProfLiveBlocks *live, const ProfLiveBlock *block);

/* Removes a block that was found. */
void prof_live_blocks_remove (ProfLiveBlocks *live, ProfLiveBlock *block);
