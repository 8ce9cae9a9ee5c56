/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/error.h"
#include "base/text.h"
#include "profile/profile-merge.h"
#include "profile/profile-tables.h"

static double
sum_values (const ProfProfile *profile, size_t value_type)
{
  double sum = 0;
  for (size_t i = value_type; i < profile->values.n; i += profile->value_types.n)
    sum += (double)profile->values.items[i];
  return sum;
}

/* Values of a type that has none in the base need no scale. */
static double
get_total_ratio (const ProfProfile *base, const ProfProfile *profile, size_t value_type)
{
  double base_sum = sum_values (base, value_type);
  return base_sum == 0 ? 1 : sum_values (profile, value_type) / base_sum;
}

/* One ratio for each sample type; NULL when there is no memory. */
static double *
new_ratios (const ProfProfile *base, const ProfProfile *profile, ProfNormalize normalize)
{
  size_t n_types = base->value_types.n;
  double *ratios = malloc ((n_types + 1) * sizeof *ratios);
  for (size_t i = 0; ratios != NULL && i < n_types; i++)
    ratios[i] = normalize == PROF_NORMALIZE_NONE ? 1
                : normalize == PROF_NORMALIZE_TOTAL
                    ? get_total_ratio (base, profile, i)
                    : (double)profile->duration_ns / (double)base->duration_ns;
  return ratios;
}

static int
check (const ProfProfile *base,
       const ProfProfile *profile,
       ProfNormalize normalize,
       ProfError *reterr)
{
  if (base == NULL || profile == NULL)
    return prof_error_set (reterr, -EINVAL, "Can't diff: two profiles are needed, neither NULL.");
  if (normalize == PROF_NORMALIZE_DURATION && (base->duration_ns <= 0 || profile->duration_ns <= 0))
    return prof_error_set (reterr, -EINVAL,
                           "Can't normalize by duration: the %s profile does not say how long it "
                           "took; normalize by total instead.",
                           base->duration_ns <= 0 ? _ ("base") : _ ("new"));
  return prof_profile_check_kinds (base, profile, reterr);
}

int
prof_profile_diff (const ProfProfile *base,
                   const ProfProfile *profile,
                   ProfNormalize normalize,
                   ProfProfile **ret,
                   ProfError *reterr)
{
  int r = check (base, profile, normalize, reterr);
  if (r < 0)
    return r;
  cleanup (prof_profile_unref) ProfProfile *diff = NULL;
  cleanup (prof_free) double *ratios = new_ratios (base, profile, normalize);
  if (ratios == NULL || prof_profile_new (&diff) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't diff the profiles: out of memory.");
  r = prof_profile_merge (diff, profile, reterr);
  if (r < 0)
    return r;
  ProfMergeChange change
      = { .ratios = ratios, .negates = true, .drops_zeros = true, .label = "pprof::base" };
  r = prof_profile_merge_changed (diff, base, &change, reterr);
  if (r < 0)
    return r;
  *ret = steal (&diff);
  return 0;
}
