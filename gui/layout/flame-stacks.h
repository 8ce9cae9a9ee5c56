/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "flame-functions.h"

typedef struct {
  bool is_bottom_up;           /* stacks begin with the function that was running */
  bool is_recursion_collapsed; /* from a function back to itself is cut out of a stack */
} PyroFlameOrder;

/* The different stacks of a profile that have a value of one sample type. Where values are
 * negative (a diff), `totals` are what is left and `weights` what there is: new plus base.
 * Immutable once made. */
typedef struct {
  uint32_t *frames; /* functions, stack by stack, each from the root of the tree on */
  size_t n_frames;
  uint32_t *starts; /* of each stack in frames; one more entry than stacks */
  int64_t *totals;
  double *weights;
  uint32_t n;
  uint32_t n_levels; /* of the longest stack */
  bool has_negative;
} PyroFlameStacks;

/* 0, -EINVAL (no such sample type), -ENOMEM, -EFBIG. On failure nothing is held. */
int pyro_flame_stacks_init (PyroFlameStacks *stacks,
                            const PyroFlameFunctions *functions,
                            unsigned value_type,
                            const PyroFlameOrder *order);
void pyro_flame_stacks_finish (PyroFlameStacks *stacks);
