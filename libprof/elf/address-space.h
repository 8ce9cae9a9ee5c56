/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/vec.h"
#include "elf/module.h"

/* The executable mappings of one process at the time of the record that is being processed. Owned
 * by the collector's thread. Modules are opened at the first look-up, not at the mapping. */
typedef struct {
  uint64_t start, end, offset;
  ProfModuleKey key;  /* path owned */
  ProfModule *module; /* borrowed from the cache; NULL until looked up */
} ProfCodeMap;

typedef struct {
  pid_t pid;
  PROF_VEC (ProfCodeMap) maps; /* sorted, no overlap */
  uint64_t generation;         /* grows with every change */
  size_t latest;               /* the map found last */
} ProfAddressSpace;

void prof_address_space_init (ProfAddressSpace *space, pid_t pid);
void prof_address_space_finish (ProfAddressSpace *space);
void prof_address_space_clear (ProfAddressSpace *space); /* exec */
/* Modules are looked up again: the cache has forgotten them. */
void prof_address_space_forget_modules (ProfAddressSpace *space);
/* fork: `ret` must be initialized and empty. */
int prof_address_space_clone (const ProfAddressSpace *space, ProfAddressSpace *ret);

/* The newest mapping wins where two overlap: the kernel reports a new one without unmapping the
 * old; the rest of the old one stays. `map->key.path` is copied, `map->module` is ignored. */
int prof_address_space_add (ProfAddressSpace *space, const ProfCodeMap *map);

/* The mapping that holds `address` with its module opened (through `cache`), or NULL. */
const ProfCodeMap *prof_address_space_find (ProfAddressSpace *space,
                                            ProfModuleCache *cache,
                                            uint64_t address);
