/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Frames of the pcs seen lately, so that most need neither their map nor the frame table. A slot
 * holds for the maps (process and generation) that the pc was looked up in. */
typedef struct {
  uint64_t pc;
  uint64_t space; /* prof_frame_cache_key; 0: empty */
  uint32_t frame;
  uint32_t module;
} ProfFrameCacheSlot;

enum { PROF_FRAME_CACHE_SLOTS = 4096 };

typedef struct {
  ProfFrameCacheSlot slots[PROF_FRAME_CACHE_SLOTS];
} ProfFrameCache;

/* Never 0. */
static inline uint64_t
prof_frame_cache_key (uint32_t pid, uint64_t generation)
{
  return (uint64_t)pid << 32 | (uint32_t)(generation + 1);
}

static inline ProfFrameCacheSlot *
prof_frame_cache_slot (ProfFrameCache *cache, uint64_t pc)
{
  return &cache->slots[(pc ^ pc >> 12) % PROF_FRAME_CACHE_SLOTS];
}
