/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/heap.h>

#include "base/cleanup.h"
#include "base/vec.h"

struct ProfSuppressions {
  PROF_VEC (ProfSuppressionUse) uses; /* each owns its pattern */
};

PROF_DEFINE_CLEANUP (ProfSuppressions *, prof_suppressions_free)

/* Whether a text holds a pattern. */
bool prof_suppression_matches (const char *pattern, const char *text);

/* The first pattern that one of the texts holds, or -1. */
long prof_suppressions_find (const ProfSuppressions *suppressions,
                             const char *const *texts,
                             size_t n_texts);
