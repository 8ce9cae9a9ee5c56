/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "engine/profile-maker.h"

/* Adds a location for each frame of the snapshot's stacks, with its mapping and its functions as
 * the symbolizer finds them: locations[frame] is its index. */
int prof_profile_add_symbols (ProfProfile *profile,
                              const ProfSnapshot *snapshot,
                              uint32_t *locations,
                              ProfProfileMakerStats *ret_stats);
