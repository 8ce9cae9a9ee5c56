/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/rule-cache.h"

#include <errno.h>
#include <stdlib.h>

int
prof_rule_cache_init (ProfRuleCache *cache)
{
  cache->slots
      = calloc ((size_t)PROF_RULE_CACHE_WAYS << PROF_RULE_CACHE_SET_BITS, sizeof *cache->slots);
  return cache->slots != NULL ? 0 : -ENOMEM;
}

void
prof_rule_cache_finish (ProfRuleCache *cache)
{
  free (cache->slots);
  cache->slots = NULL;
}

void
prof_rule_cache_put (ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule rule)
{
  ProfRuleCacheSlot *set;
  uint32_t check;
  if (!prof_rule_cache_find_set (cache, module_id, offset, &set, &check))
    return;
  rule.reserved = 1;
  set[1] = set[0];
  set[0] = (ProfRuleCacheSlot){ check, rule };
}
