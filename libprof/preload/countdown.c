/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "countdown.h"

#include <string.h>

/* Vigna's splitmix64. */
static uint64_t
draw (Countdown *countdown)
{
  uint64_t x = countdown->random += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* ln x for normal x > 0, to within 1e-9: the exponent, and a series for a mantissa around 1. */
static double
logarithm (double x)
{
  uint64_t bits;
  memcpy (&bits, &x, sizeof bits);
  int64_t exponent = (int64_t)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  double mantissa;
  memcpy (&mantissa, &bits, sizeof mantissa);
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    exponent++;
  }
  double s = (mantissa - 1) / (mantissa + 1), s2 = s * s;
  double series = 1 + s2 * (1. / 3 + s2 * (1. / 5 + s2 * (1. / 7 + s2 * (1. / 9 + s2 / 11))));
  return exponent * 0.6931471805599453 + 2 * s * series;
}

/* Bytes that are not hit before the next that is. Rounded down, the exponential distribution is the
 * geometric one: a block of S bytes is hit with a chance of just 1 - exp (-S / rate). */
static uint64_t
draw_gap (Countdown *countdown, uint64_t rate)
{
  double uniform = ((draw (countdown) >> 11) + 1) * 0x1p-53;
  double gap = -logarithm (uniform) * (double)rate;
  return gap < 0x1p62 ? (uint64_t)gap : (uint64_t)1 << 62;
}

static void
set_gap (Countdown *countdown, uint64_t gap)
{
  uint64_t step = gap < COUNTDOWN_STEP ? gap : COUNTDOWN_STEP;
  countdown->rest = gap - step;
  countdown->left = (int64_t)step;
}

/* Negative from the start: blocks of no bytes are hit, too. */
static void
hit_always (Countdown *countdown)
{
  countdown->rest = 0;
  countdown->left = -1;
}

void
countdown_begin (Countdown *countdown, uint64_t seed, uint64_t rate)
{
  countdown->random = seed;
  if (rate <= 1)
    hit_always (countdown);
  else
    set_gap (countdown, draw_gap (countdown, rate));
}

bool
countdown_step (Countdown *countdown, uint64_t rate)
{
  uint64_t overshoot = -(uint64_t)countdown->left;
  bool is_hit = rate <= 1 || overshoot > countdown->rest;
  if (rate <= 1)
    hit_always (countdown);
  else
    set_gap (countdown, is_hit ? draw_gap (countdown, rate) : countdown->rest - overshoot);
  return is_hit;
}
