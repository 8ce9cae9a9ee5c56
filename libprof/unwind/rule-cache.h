/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "unwind/unwind.h"

/* Rules by module and place in it: two-way set associative, so that two hot places of one set do
 * not drive each other out. 512 KiB, of which the kernel only gives what is used. */
enum {
  PROF_RULE_CACHE_SET_BITS = 14,
  PROF_RULE_CACHE_KEY_BITS = PROF_RULE_CACHE_SET_BITS + 32,
};

typedef struct {
  uint32_t check; /* the bits of the mixed key that did not choose the set */
  ProfRule rule;  /* `reserved` is 1 in a slot that is taken */
} ProfRuleCacheSlot;

_Static_assert(sizeof (ProfRuleCacheSlot) == 16, "two slots are half a cache line");

typedef struct {
  ProfRuleCacheSlot *slots;
} ProfRuleCache;

int prof_rule_cache_init (ProfRuleCache *cache);
void prof_rule_cache_finish (ProfRuleCache *cache);

/* True, and the rule in *ret, if it is there. */
bool prof_rule_cache_get (const ProfRuleCache *cache,
                          uint32_t module_id,
                          uint64_t offset,
                          ProfRule *ret);
/* Puts a rule that is not there before the others of its set. Keys of more than
 * PROF_RULE_CACHE_KEY_BITS (module 16384, or 4 GiB into a file) are not kept. */
void prof_rule_cache_put (ProfRuleCache *cache, uint32_t module_id, uint64_t offset, ProfRule rule);
