/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-stacks.h"

#include <errno.h>
#include <stdlib.h>

static void
add (PyroFlameStacks *stacks, uint32_t stack, int64_t value)
{
  if (__builtin_add_overflow (stacks->totals[stack], value, &stacks->totals[stack]))
    stacks->totals[stack] = value < 0 ? INT64_MIN : INT64_MAX;
  stacks->weights[stack] += value < 0 ? -(double)value : (double)value;
  stacks->has_negative |= value < 0;
}

static int
add_samples (PyroFlameStacks *stacks, const ProfProfile *profile, unsigned value_type)
{
  ProfStack *unused;
  uint32_t *rows;
  size_t n_types, n_samples, n;
  int r = prof_profile_number_stacks (profile, &unused, &n, &rows);
  if (r < 0)
    return r;
  prof_profile_get_value_types (profile, &n_types);
  prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n);
  for (size_t i = 0; i < n_samples; i++)
    add (stacks, stacks->shape->of_stacks[rows[i]], values[i * n_types + value_type]);
  free (unused);
  free (rows);
  return 0;
}

static int
build (PyroFlameStacks *stacks, const ProfProfile *profile, unsigned value_type)
{
  size_t n_types;
  prof_profile_get_value_types (profile, &n_types);
  if (value_type >= n_types)
    return -EINVAL;
  stacks->totals = calloc (stacks->shape->n + 1, sizeof *stacks->totals);
  stacks->weights = calloc (stacks->shape->n + 1, sizeof *stacks->weights);
  if (stacks->totals == NULL || stacks->weights == NULL)
    return -ENOMEM;
  return add_samples (stacks, profile, value_type);
}

int
pyro_flame_stacks_init (PyroFlameStacks *stacks,
                        PyroFlameShape *shape,
                        const ProfProfile *profile,
                        unsigned value_type)
{
  *stacks = (PyroFlameStacks){ .shape = pyro_flame_shape_ref (shape) };
  int r = build (stacks, profile, value_type);
  if (r < 0)
    pyro_flame_stacks_finish (stacks);
  return r;
}

void
pyro_flame_stacks_finish (PyroFlameStacks *stacks)
{
  free (stacks->totals);
  free (stacks->weights);
  if (stacks->shape != NULL)
    pyro_flame_shape_unref (stacks->shape);
  *stacks = (PyroFlameStacks){ 0 };
}
