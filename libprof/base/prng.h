/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* splitmix64: small, seedable, good enough to draw samples with; not for secrets. */
typedef struct {
  uint64_t state;
} ProfPrng;

static inline uint64_t
prof_prng_next (ProfPrng *prng)
{
  uint64_t z = prng->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static inline double
prof_prng_uniform (ProfPrng *prng)
{
  return (double)(prof_prng_next (prng) >> 11) * 0x1.0p-53;
}
