/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Functions from the root of the tree on: n entries of an array of frames from `start` on. */
typedef struct {
  uint32_t start, n;
} PyroFlameStack;

/* Puts stacks that begin alike next to each other, a stack before those that go on from its end.
 * No two may be equal. Writes their numbers in that order to `order`, and to `common` how many
 * frames each in that order has in common with the one before it. 0 or -ENOMEM. */
int pyro_flame_sort (const uint32_t *frames,
                     uint32_t n_functions,
                     const PyroFlameStack *stacks,
                     uint32_t n,
                     uint32_t *order,
                     uint32_t *common);
