/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "live-set.h"

#include <string.h>

typedef _Atomic uint64_t Bucket[LIVE_SET_BUCKET];

/* An address is in one of two neighbours. */
static Bucket *
find_bucket (const LiveSet *set, uint64_t address, unsigned neighbour)
{
  uint64_t hash = (address >> 4) * 0x9e3779b97f4a7c15u;
  size_t i = (hash >> 32) % LIVE_SET_BUCKETS;
  return (Bucket *)&set->table[i ^ neighbour];
}

static void
count (uint8_t *n, int by)
{
  uint8_t old = __atomic_load_n (n, __ATOMIC_RELAXED);
  while (old < LIVE_SET_SATURATED && (by > 0 || old > 0)
         && !__atomic_compare_exchange_n (n, &old, (uint8_t)(old + by), true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED))
    ;
}

/* Replaces `old` by `new` in one place. */
static bool
replace (LiveSet *set, uint64_t address, uint64_t old, uint64_t new)
{
  for (unsigned neighbour = 0; neighbour < 2; neighbour++) {
    Bucket *bucket = find_bucket (set, address, neighbour);
    for (unsigned i = 0; i < LIVE_SET_BUCKET; i++) {
      uint64_t found = atomic_load_explicit (&(*bucket)[i], memory_order_relaxed);
      if (found == old && atomic_compare_exchange_strong (&(*bucket)[i], &found, new))
        return true;
    }
  }
  return false;
}

bool
live_set_add (LiveSet *set, uint64_t address)
{
  uint8_t *n = &set->filter[live_set_hash (address)];
  count (n, 1);
  if (replace (set, address, 0, address))
    return true;
  count (n, -1);
  return false;
}

bool
live_set_remove (LiveSet *set, uint64_t address)
{
  if (!replace (set, address, address, 0))
    return false;
  count (&set->filter[live_set_hash (address)], -1);
  return true;
}

bool
live_set_has (const LiveSet *set, uint64_t address)
{
  if (!live_set_may_have (set, address))
    return false;
  for (unsigned neighbour = 0; neighbour < 2; neighbour++) {
    Bucket *bucket = find_bucket (set, address, neighbour);
    for (unsigned i = 0; i < LIVE_SET_BUCKET; i++) {
      if (atomic_load_explicit (&(*bucket)[i], memory_order_relaxed) == address)
        return true;
    }
  }
  return false;
}

void
live_set_want_all (LiveSet *set, bool wants_all)
{
  memset (set->filter, wants_all ? LIVE_SET_ALL : 0, sizeof set->filter);
}

bool
live_set_wants_all (const LiveSet *set)
{
  return set->filter[LIVE_SET_FILTER - 1] == LIVE_SET_ALL;
}
