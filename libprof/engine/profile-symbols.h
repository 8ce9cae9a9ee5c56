/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "engine/stack-tables.h"

struct ProfSymbolizer;

typedef struct {
  uint64_t n_functions, n_locations;
} ProfProfileMakerStats;

/* One that looks names up as profiles want them. `cache_directory` may be NULL, and kallsyms_fd as
 * in ProfSymbolizerConfig. 0 or -ENOMEM. */
int prof_profile_open_symbolizer (const char *cache_directory,
                                  int kallsyms_fd,
                                  struct ProfSymbolizer **ret);

/* Adds a location for each frame of a recorder's stacks, with its mapping and its functions as
 * the symbolizer finds them: locations[frame] is its index. The symbolizer is of the same modules;
 * NULL: one for this profile, with that cache. */
int prof_profile_add_symbols (ProfProfile *profile,
                              const ProfStackTables *tables,
                              struct ProfSymbolizer *symbolizer,
                              const char *cache_directory,
                              int kallsyms_fd,
                              uint32_t *locations,
                              ProfProfileMakerStats *ret_stats);
