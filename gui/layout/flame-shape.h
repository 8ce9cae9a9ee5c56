/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>

#include "flame-functions.h"
#include "flame-sort.h"

typedef struct {
  bool is_bottom_up;           /* stacks begin with the function that was running */
  bool is_recursion_collapsed; /* from a function back to itself is cut out of a stack */
} PyroFlameOrder;

/* The different stacks of a profile, whatever their values. Immutable; counted references. */
typedef struct {
  atomic_uint n_references;
  PyroFlameFunctions functions;
  PyroFlameOrder order;
  uint32_t *frames; /* functions */
  size_t n_frames;
  PyroFlameStack *stacks; /* those that begin alike are together, the shortest first */
  uint32_t n;
  uint32_t *common;    /* by stack: how many frames it has in common with the one before it */
  uint32_t n_levels;   /* of the longest stack */
  uint32_t *of_stacks; /* by stack of the profile (prof_profile_number_stacks) */
} PyroFlameShape;

/* 0, -ENOMEM, -EFBIG. Takes a reference to `profile`. */
int pyro_flame_shape_new (ProfProfile *profile, const PyroFlameOrder *order, PyroFlameShape **ret);
PyroFlameShape *pyro_flame_shape_ref (PyroFlameShape *shape);   /* any thread */
PyroFlameShape *pyro_flame_shape_unref (PyroFlameShape *shape); /* any thread; returns NULL */

/* Whether it is also the shape of another profile: one that was selected from the same stacks. */
bool pyro_flame_shape_fits (const PyroFlameShape *shape,
                            const ProfProfile *profile,
                            const PyroFlameOrder *order);

/* Whether both were made of one profile: then the shape may be wanted again when a filter that
 * changes stacks is taken back. */
bool pyro_flame_shape_is_akin (const PyroFlameShape *shape, const ProfProfile *profile);
