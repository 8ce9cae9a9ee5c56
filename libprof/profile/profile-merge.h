/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

/* How samples are changed while they are merged. */
typedef struct {
  const double *ratios; /* one for each sample type; NULL: all 1 */
  bool negates;
  bool drops_zeros;  /* samples of which nothing is left */
  const char *label; /* added to each with the value "true"; NULL: none */
} ProfMergeChange;

/* 0, or -EINVAL if the sample types or the period types differ. */
int prof_profile_check_kinds (const ProfProfile *a, const ProfProfile *b, ProfError *reterr);

int prof_profile_merge_changed (ProfProfile *profile,
                                const ProfProfile *other,
                                const ProfMergeChange *change,
                                ProfError *reterr);
