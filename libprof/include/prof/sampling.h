/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Decides which samples are worth unwinding. A sample that is taken stands for 1/probability
 * samples, so totals stay unbiased under every strategy. */
typedef struct ProfSampling ProfSampling;

/* A strategy of one's own; all but should_sample may be NULL. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  bool (*should_sample) (void *self, uint64_t now_ns); /* now: on CLOCK_MONOTONIC */
  /* The chance that the latest taken sample had; NULL: 1. */
  double (*get_probability) (void *self);
  void (*reset) (void *self); /* to the state it began with */
  void (*free) (void *self);
} ProfSamplingOps;

/* No functions. */
#define PROF_SAMPLING_OPS_INIT                                                                     \
  {                                                                                                \
    .size = sizeof (ProfSamplingOps), .should_sample = NULL, .get_probability = NULL,              \
    .reset = NULL, .free = NULL                                                                    \
  }

/* What a strategy has decided. */
typedef struct {
  size_t size;        /* set by the initializer; lets the struct grow */
  uint64_t seen;      /* samples that it was asked about */
  uint64_t taken;     /* of these */
  double probability; /* that the next sample is taken, as known now */
} ProfSamplingStats;

/* All 0. */
#define PROF_SAMPLING_STATS_INIT                                                                   \
  {                                                                                                \
    .size = sizeof (ProfSamplingStats), .seen = 0, .taken = 0, .probability = 0                    \
  }

/* ---- constructors: 0, -ENOMEM or what is said below; the reference is the caller's. A strategy
 * has a state, so that one recording at a time may use it. ---- */

/* Takes every sample. */
PROF_API int prof_sampling_new_always (ProfSampling **ret);
/* Takes none. */
PROF_API int prof_sampling_new_never (ProfSampling **ret);
/* Takes each sample with the same chance. -EINVAL unless 0 <= probability <= 1. Equal seeds draw
 * equal samples. */
PROF_API int prof_sampling_new_probabilistic (double probability,
                                              uint64_t seed,
                                              ProfSampling **ret);
/* At most `per_second` samples a second, of which a tenth may come at once. -EINVAL unless > 0. */
PROF_API int prof_sampling_new_rate (double per_second, ProfSampling **ret);
/* Moves its probability between min and max to meet target_per_second. -EINVAL unless
 * 0 < min <= max <= 1 and the target > 0. */
PROF_API int prof_sampling_new_adaptive (
    double target_per_second, double min, double max, uint64_t seed, ProfSampling **ret);
/* `ops` is copied; `self` is given away: ops->free, if any, is called with the last reference, or
 * here for want of memory. -EINVAL: should_sample is NULL or `size` is wrong, and `self`
 * still the caller's. A
 * recording calls should_sample and get_probability in its own thread, get_stats calls
 * get_probability in the caller's. */
PROF_API int prof_sampling_new_custom (const ProfSamplingOps *ops, void *self, ProfSampling **ret);
/* "always", "never", "probabilistic:0.1", "rate:50", "adaptive:100" or "adaptive:100:0.01:1",
 * seeded by the clock. -EINVAL says what is wrong. */
PROF_API int prof_sampling_new_from_string (const char *text,
                                            ProfSampling **ret,
                                            ProfError *reterr);
/* ---- use ---- */

PROF_API ProfSampling *prof_sampling_ref (ProfSampling *sampling);   /* any thread */
PROF_API ProfSampling *prof_sampling_unref (ProfSampling *sampling); /* any thread; returns NULL */

/* The clock is an argument, so tests need no sleeping. One thread at a time. */
PROF_API bool prof_sampling_should_sample (ProfSampling *sampling, uint64_t now_ns);
/* "always", "never", "probabilistic", "rate", "adaptive" or "custom". */
PROF_API const char *prof_sampling_get_name (const ProfSampling *sampling);
/* What the latest taken sample stands for: 1/probability, at least 1. */
PROF_API double prof_sampling_get_weight (const ProfSampling *sampling);
/* As if it were new: the same seed draws the same samples again. Not while a recording uses it. */
PROF_API void prof_sampling_reset (ProfSampling *sampling);
/* -EINVAL: *ret is not set by PROF_SAMPLING_STATS_INIT. Any thread. */
PROF_API int prof_sampling_get_stats (ProfSampling *sampling, ProfSamplingStats *ret);
/* Any thread. `load` is the fraction of its budget that the caller uses now: above 1 the
 * probability falls, below 1 it rises. -EOPNOTSUPP unless the strategy is adaptive;
 * -EINVAL: `load` is negative or no number. */
PROF_API int prof_sampling_update_probability (ProfSampling *sampling, double load);

#ifdef __cplusplus
}
#endif
