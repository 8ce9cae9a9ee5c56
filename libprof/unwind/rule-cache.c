/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/rule-cache.h"

#include <errno.h>
#include <stdlib.h>

enum { N_SETS = 1 << PROF_RULE_CACHE_SET_BITS, N_WAYS = 2 };

#define KEY_MASK ((UINT64_C (1) << PROF_RULE_CACHE_KEY_BITS) - 1)

int
prof_rule_cache_init (ProfRuleCache *cache)
{
  cache->slots = calloc ((size_t)N_SETS * N_WAYS, sizeof *cache->slots);
  return cache->slots != NULL ? 0 : -ENOMEM;
}

void
prof_rule_cache_finish (ProfRuleCache *cache)
{
  free (cache->slots);
  cache->slots = NULL;
}

static bool
fits (uint32_t module_id, uint64_t offset)
{
  return module_id < N_SETS && offset <= UINT32_MAX;
}

/* A permutation of the keys: each step can be undone, so set and check together are the key. */
static uint64_t
mix (uint32_t module_id, uint64_t offset)
{
  uint64_t key = (uint64_t)module_id << 32 | offset;
  key = key * 0x9e3779b97f4a7c15u & KEY_MASK;
  key ^= key >> (PROF_RULE_CACHE_KEY_BITS / 2);
  key = key * 0xd6e8feb86659fd93u & KEY_MASK;
  return key ^ key >> (PROF_RULE_CACHE_KEY_BITS / 2);
}

static ProfRuleCacheSlot *
get_set (const ProfRuleCache *cache, uint64_t key)
{
  return &cache->slots[key % N_SETS * N_WAYS];
}

bool
prof_rule_cache_get (const ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule *ret)
{
  if (!fits (module_id, offset))
    return false;
  uint64_t key = mix (module_id, offset);
  const ProfRuleCacheSlot *set = get_set (cache, key);
  uint32_t check = (uint32_t)(key >> PROF_RULE_CACHE_SET_BITS);
  for (size_t i = 0; i < N_WAYS; i++)
    if (set[i].check == check && set[i].rule.reserved != 0) {
      *ret = set[i].rule;
      return true;
    }
  return false;
}

void
prof_rule_cache_put (ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule rule)
{
  if (!fits (module_id, offset))
    return;
  uint64_t key = mix (module_id, offset);
  ProfRuleCacheSlot *set = get_set (cache, key);
  rule.reserved = 1;
  set[1] = set[0];
  set[0] = (ProfRuleCacheSlot){ (uint32_t)(key >> PROF_RULE_CACHE_SET_BITS), rule };
}
