/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/noise.h"

#include <math.h>
#include <stdlib.h>

static const double max_exact = 10000; /* samples */
static const double false_share = 0.05;

/* `hits` of `n` samples, spread over two recordings, are of the new one. Either each is so with
 * odds of its own, or they are drawn from n_new and n_base samples and not put back. */
typedef struct {
  double hits, n;
  double odds; /* 0: draw */
  double n_new, n_base;
} Spread;

static double
log_choose (double n, double k)
{
  return lgamma (n + 1) - lgamma (k + 1) - lgamma (n - k + 1);
}

static double
get_probability (const Spread *spread, double hits)
{
  if (spread->odds > 0)
    return exp (log_choose (spread->n, hits) + hits * log (spread->odds)
                - spread->n * log1p (spread->odds));
  return exp (log_choose (spread->n_new, hits) + log_choose (spread->n_base, spread->n - hits)
              - log_choose (spread->n_new + spread->n_base, spread->n));
}

/* Of one hit more than `hits` to that of `hits`. */
static double
get_growth (const Spread *spread, double hits)
{
  double growth = (spread->n - hits) / (hits + 1);
  if (spread->odds > 0)
    return growth * spread->odds;
  return growth * (spread->n_new - hits) / (spread->n_base - spread->n + hits + 1);
}

static double
get_expected (const Spread *spread)
{
  double share = spread->odds > 0 ? spread->odds / (1 + spread->odds)
                                  : spread->n_new / (spread->n_new + spread->n_base);
  return spread->n * share;
}

/* From the observed number on, away from the expected one: the terms only get smaller. */
static double
sum_tail (const Spread *spread)
{
  int step = spread->hits > get_expected (spread) ? 1 : -1;
  double least = spread->odds > 0 ? 0 : fmax (0, spread->n - spread->n_base);
  double most = spread->odds > 0 ? spread->n : fmin (spread->n, spread->n_new);
  double term = get_probability (spread, spread->hits), sum = term;
  for (double hits = spread->hits; step > 0 ? hits < most : hits > least; hits += step) {
    term *= step > 0 ? get_growth (spread, hits) : 1 / get_growth (spread, hits - 1);
    sum += term;
    if (term < sum * 1e-12)
      break;
  }
  return fmin (1, 2 * sum);
}

static double
count (PyroEstimate part)
{
  return part.variance > 0 ? part.value * part.value / part.variance : 0;
}

/* Of a sample of the base to one of the new recording. Where one of them has none, as in the whole.
 */
static double
get_weight_ratio (const PyroNoise *noise, PyroEstimate base, PyroEstimate current)
{
  if (base.value <= 0 || current.value <= 0) {
    base = noise->base_whole;
    current = noise->whole;
  }
  return base.variance / base.value * (current.value / current.variance);
}

static PyroEstimate
subtract (PyroEstimate whole, PyroEstimate part)
{
  return (PyroEstimate){ fmax (0, whole.value - part.value),
                         fmax (0, whole.variance - part.variance) };
}

/* A sum without a variance is not made of samples, but exact. */
static gboolean
is_sampled (PyroEstimate part)
{
  return part.value <= 0 || part.variance > 0;
}

static Spread
make_spread (const PyroNoise *noise, PyroEstimate base, PyroEstimate current)
{
  double n_base = round (count (base)), n_new = round (count (current));
  Spread spread = { .hits = n_new, .n = n_base + n_new };
  if (noise->is_by_total) {
    spread.n_new = n_new + round (count (subtract (noise->whole, current)));
    spread.n_base = n_base + round (count (subtract (noise->base_whole, base)));
  } else {
    spread.odds = noise->scale * get_weight_ratio (noise, base, current);
  }
  return spread;
}

/* The variance of a part's share of the whole, of which it is a part. */
static double
get_share_variance (PyroEstimate part, PyroEstimate whole)
{
  double share = part.value / whole.value;
  return fmax (0, part.variance * (1 - 2 * share) + share * share * whole.variance)
         / (whole.value * whole.value);
}

double
pyro_noise_get_deviation (const PyroNoise *noise, PyroEstimate base, PyroEstimate current)
{
  if (!noise->is_by_total)
    return sqrt (current.variance + noise->scale * noise->scale * base.variance);
  return noise->whole.value
         * sqrt (get_share_variance (base, noise->base_whole)
                 + get_share_variance (current, noise->whole));
}

double
pyro_noise_get_chance (const PyroNoise *noise, PyroEstimate base, PyroEstimate current)
{
  double change = fabs (current.value - noise->scale * base.value);
  double slack = 1e-9 * fmax (current.value, noise->scale * base.value);
  if (change <= slack)
    return 1;
  Spread spread = make_spread (noise, base, current);
  gboolean is_counted = noise->base_whole.variance > 0 && noise->whole.variance > 0
                        && is_sampled (base) && is_sampled (current);
  if (is_counted && spread.n > 0 && spread.n <= max_exact)
    return sum_tail (&spread);
  double deviation = pyro_noise_get_deviation (noise, base, current);
  return deviation > 0 ? erfc (change / deviation * M_SQRT1_2) : 0;
}

static int
compare_chances (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

double
pyro_noise_find_limit (double *chances, gsize n)
{
  if (n > 0)
    qsort (chances, n, sizeof *chances, compare_chances);
  for (gsize i = n; i > 0; i--)
    if (chances[i - 1] <= false_share * (double)i / (double)n)
      return chances[i - 1];
  return -1;
}
