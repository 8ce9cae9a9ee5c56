/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/sampling.h>

/* As prof_sampling_new_custom; `name` is a literal, `update` serves
 * prof_sampling_update_probability and may be called from any thread. `self` is freed on failure
 * too. */
int prof_sampling_new_named (const char *name,
                             const ProfSamplingOps *ops,
                             void *self,
                             int (*update) (void *self, double load),
                             ProfSampling **ret);
