/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <math.h>
#include <stdint.h>

/* Sums of values from outside stop at the ends of int64_t. */
static inline int64_t
prof_add_saturated (int64_t a, int64_t b)
{
  int64_t sum;
  if (__builtin_add_overflow (a, b, &sum))
    return b < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

static inline int64_t
prof_negate_saturated (int64_t a)
{
  return a == INT64_MIN ? INT64_MAX : -a;
}

static inline uint64_t
prof_magnitude (int64_t a)
{
  return a < 0 ? -(uint64_t)a : (uint64_t)a;
}

/* To the nearest, halves away from zero; NaN is 0. */
static inline int64_t
prof_round_saturated (double a)
{
  double rounded = round (a);
  if (rounded >= 0x1p63)
    return INT64_MAX;
  if (rounded <= -0x1p63)
    return INT64_MIN;
  return rounded == rounded ? (int64_t)rounded : 0;
}
