/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of a difference between two recordings is chance, because each of them saw a sample of
 * what happened only. What a program does otherwise from run to run is not in it. */

/* A sum of weighted samples, and the variance that sampling gives it: of n samples that weigh w
 * each n * w and n * w * w. value * value / variance is then the number of samples. */
typedef struct {
  double value, variance;
} PyroEstimate;

typedef struct {
  PyroEstimate base_whole, whole; /* of all samples */
  double scale;                   /* what the base is multiplied by */
  gboolean is_by_total;           /* to have the same whole: shares are compared */
} PyroNoise;

/* How likely chance alone makes a difference as great as between `base` and `current`, parts of the
 * two wholes: two-sided. Of few samples exact (binomial, or Fisher's of shares), else by the normal
 * distribution. */
double pyro_noise_get_chance (const PyroNoise *noise, PyroEstimate base, PyroEstimate current);
/* The standard deviation of current - scale * base. */
double pyro_noise_get_deviation (const PyroNoise *noise, PyroEstimate base, PyroEstimate current);
/* The greatest chance that counts as a finding if among all findings no more than 5% are to be
 * wrong (Benjamini and Hochberg 1995); less than 0: there is no finding. `chances` is sorted. */
double pyro_noise_find_limit (double *chances, gsize n);

G_END_DECLS
