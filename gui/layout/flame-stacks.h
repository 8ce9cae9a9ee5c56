/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "flame-shape.h"

/* What the stacks of a shape are worth in a profile, of one sample type. Where values are negative
 * (a diff), `totals` are what is left and `weights` what there is: new plus base; a weight of 0:
 * the stack is not in the profile. Immutable once made. */
typedef struct {
  PyroFlameShape *shape; /* a reference */
  int64_t *totals;
  double *weights;
  bool has_negative;
} PyroFlameStacks;

/* `shape` has to fit the profile. 0, -EINVAL (no such sample type), -ENOMEM. On failure nothing is
 * held. */
int pyro_flame_stacks_init (PyroFlameStacks *stacks,
                            PyroFlameShape *shape,
                            const ProfProfile *profile,
                            unsigned value_type);
void pyro_flame_stacks_finish (PyroFlameStacks *stacks);
