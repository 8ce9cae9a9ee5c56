/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The addresses of the sampled blocks that are live. Every free asks a small filter, and few go on
 * to the table. No locks: a signal handler may come at any point, and a thread may never come back.
 * The owner of a block adds it before any other thread can know of it. */
#define LIVE_SET_FILTER (1u << 18)
#define LIVE_SET_BUCKET 8u /* addresses in a cache line */
#define LIVE_SET_BUCKETS (1u << 14)

#define LIVE_SET_SATURATED 254 /* a count that stays so */
#define LIVE_SET_ALL 255

typedef struct {
  uint8_t filter[LIVE_SET_FILTER]; /* how many addresses have this hash; atomic */
  _Alignas(64) _Atomic uint64_t table[LIVE_SET_BUCKETS][LIVE_SET_BUCKET];
} LiveSet;

/* Blocks within 1 KiB share a count, and those within 64 KiB a cache line: a program that frees all
 * over its heap misses few lines here, and those that it does are near what it frees anyway. */
static inline size_t
live_set_hash (uint64_t address)
{
  return (address >> 10 ^ address >> 28) % LIVE_SET_FILTER;
}

/* False: the address is not in the set. A plain load, which compilers make one instruction of with
 * the comparison: the owner of a block sees what was counted for it. */
static inline bool
live_set_may_have (const LiveSet *set, uint64_t address)
{
  return set->filter[live_set_hash (address)] != 0;
}

/* False: no room near the address's place. */
bool live_set_add (LiveSet *set, uint64_t address);
/* False: not in the set. Of many callers one only gets true. */
bool live_set_remove (LiveSet *set, uint64_t address);
bool live_set_has (const LiveSet *set, uint64_t address);

/* All frees are of interest: every address may be in the set, and none is looked for. */
void live_set_want_all (LiveSet *set, bool wants_all);
bool live_set_wants_all (const LiveSet *set);
