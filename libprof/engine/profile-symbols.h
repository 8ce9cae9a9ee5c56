/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "engine/stack-tables.h"

typedef struct {
  uint64_t n_functions, n_locations;
} ProfProfileMakerStats;

/* Adds a location for each frame of a recorder's stacks, with its mapping and its functions as
 * the symbolizer finds them: locations[frame] is its index. */
int prof_profile_add_symbols (ProfProfile *profile,
                              const ProfStackTables *tables,
                              uint32_t *locations,
                              ProfProfileMakerStats *ret_stats);
