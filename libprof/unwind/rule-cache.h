/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/unwind.h"

/* Rules by module and place in it: two-way set associative, so that two hot places of one set do
 * not drive each other out. 512 KiB, of which the kernel only gives what is used. */
enum { PROF_RULE_CACHE_SET_BITS = 14, PROF_RULE_CACHE_WAYS = 2 };

typedef struct {
  uint32_t check;
  ProfRule rule; /* `reserved` is 1 in a slot that is taken */
} ProfRuleCacheSlot;

_Static_assert(sizeof (ProfRuleCacheSlot) == 16, "two slots are half a cache line");

typedef struct {
  ProfRuleCacheSlot *slots;
} ProfRuleCache;

int prof_rule_cache_init (ProfRuleCache *cache);
void prof_rule_cache_finish (ProfRuleCache *cache);

/* Puts a rule that is not there before the others of its set. Those of module 16384 on, and from 4
 * GiB into a file on, are not kept. */
void prof_rule_cache_put (ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule rule);

/* The key is 14 bits of module and 32 of offset. Multiplied by an odd number modulo 2^46 it is
 * another number of as many bits for each key: its upper bits choose the set, and the lower 32,
 * which are compared, say the rest. */
static inline bool
prof_rule_cache_find_set (const ProfRuleCache *cache,
                          uint32_t module_id,
                          uint64_t offset,
                          ProfRuleCacheSlot **ret_set,
                          uint32_t *ret_check)
{
  if (module_id >> PROF_RULE_CACHE_SET_BITS != 0 || offset > UINT32_MAX)
    return false;
  uint64_t key = ((uint64_t)module_id << 32 | offset) * 0x9e3779b97f4a7c15u;
  uint64_t set = key >> 32 & ((1u << PROF_RULE_CACHE_SET_BITS) - 1);
  *ret_set = &cache->slots[set * PROF_RULE_CACHE_WAYS];
  *ret_check = (uint32_t)key;
  return true;
}

/* True, and the rule in *ret, if it is there. */
static inline bool
prof_rule_cache_get (const ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule *ret)
{
  ProfRuleCacheSlot *set;
  uint32_t check;
  if (!prof_rule_cache_find_set (cache, module_id, offset, &set, &check))
    return false;
  for (size_t i = 0; i < PROF_RULE_CACHE_WAYS; i++)
    if (set[i].check == check && set[i].rule.reserved != 0) {
      *ret = set[i].rule;
      return true;
    }
  return false;
}
