/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/rank.h"
#include "profile/profile-tables.h"

/* Numbers the different stacks of a profile's samples, without comparing them: samples whose stacks
 * begin at the same entry have the same stack. The empty one, which begins anywhere, is number 0.
 * 0 or -ENOMEM; prof_rank_finish it. */
int prof_stack_rank_init (ProfRank *rank, const ProfProfile *profile, size_t *ret_n_stacks);

static inline size_t
prof_stack_rank_of (const ProfRank *rank, const ProfSample *sample)
{
  return sample->n_locations == 0 ? 0 : 1 + prof_rank_of (rank, sample->first_location);
}
