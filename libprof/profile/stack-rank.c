/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/stack-rank.h"

#include "base/cleanup.h"

int
prof_stack_rank_init (ProfRank *rank, const ProfProfile *profile, size_t *ret_n_stacks)
{
  if (prof_rank_init (rank, profile->stacks.n) < 0)
    return -ENOMEM;
  prof_vec_foreach (sample, &profile->samples) {
    if (sample->n_locations > 0)
      prof_rank_add (rank, sample->first_location);
  }
  *ret_n_stacks = 1 + prof_rank_count (rank);
  return 0;
}

/* The profile whose stack array it is. */
static const ProfProfile *
get_owner (const ProfProfile *profile)
{
  while (profile->shared != NULL && profile->stacks.items == profile->shared->stacks.items)
    profile = profile->shared;
  return profile;
}

static int
list (const ProfRank *rank, const ProfProfile *owner, size_t n, ProfStack **ret)
{
  ProfStack *stacks = calloc (n, sizeof *stacks);
  if (stacks == NULL)
    return -ENOMEM;
  prof_vec_foreach (sample, &owner->samples) {
    if (sample->n_locations > 0)
      stacks[prof_stack_rank_of (rank, sample)]
          = (ProfStack){ sample->first_location, sample->n_locations };
  }
  *ret = stacks;
  return 0;
}

int
prof_profile_number_stacks (const ProfProfile *profile,
                            ProfStack **ret,
                            size_t *ret_n,
                            uint32_t **ret_rows)
{
  ProfRank rank;
  size_t n;
  const ProfProfile *owner = get_owner (profile);
  if (prof_stack_rank_init (&rank, owner, &n) < 0)
    return -ENOMEM;
  cleanup (prof_free) uint32_t *rows = calloc (profile->samples.n + 1, sizeof *rows);
  int r = rows == NULL ? -ENOMEM : list (&rank, owner, n, ret);
  for (size_t i = 0; r == 0 && i < profile->samples.n; i++)
    rows[i] = (uint32_t)prof_stack_rank_of (&rank, &profile->samples.items[i]);
  prof_rank_finish (&rank);
  if (r < 0)
    return r;
  *ret_n = n;
  *ret_rows = steal (&rows);
  return 0;
}
