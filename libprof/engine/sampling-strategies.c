/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/prng.h"
#include "engine/sampling.h"

#define SECOND_NS 1000000000.0

/* ---- always and never: no state ---- */

static bool
take (void *self, uint64_t now_ns)
{
  (void)self, (void)now_ns;
  return true;
}

static bool
refuse (void *self, uint64_t now_ns)
{
  (void)self, (void)now_ns;
  return false;
}

static double
zero (void *self)
{
  (void)self;
  return 0;
}

int
prof_sampling_new_always (ProfSampling **ret)
{
  static const ProfSamplingOps ops = { .should_sample = take };
  return prof_sampling_new_named ("always", &ops, NULL, NULL, ret);
}

int
prof_sampling_new_never (ProfSampling **ret)
{
  static const ProfSamplingOps ops = { .should_sample = refuse, .get_probability = zero };
  return prof_sampling_new_named ("never", &ops, NULL, NULL, ret);
}

/* ---- probabilistic ---- */

typedef struct {
  double probability;
  uint64_t seed;
  ProfPrng prng;
} Probabilistic;

static bool
draw (void *self, uint64_t now_ns)
{
  Probabilistic *strategy = self;
  (void)now_ns;
  return prof_prng_uniform (&strategy->prng) < strategy->probability;
}

static double
probabilistic_get_probability (void *self)
{
  return ((Probabilistic *)self)->probability;
}

static void
probabilistic_reset (void *self)
{
  Probabilistic *strategy = self;
  strategy->prng.state = strategy->seed;
}

int
prof_sampling_new_probabilistic (double probability, uint64_t seed, ProfSampling **ret)
{
  static const ProfSamplingOps ops = { .should_sample = draw,
                                       .get_probability = probabilistic_get_probability,
                                       .reset = probabilistic_reset,
                                       .free = free };
  if (!(probability >= 0 && probability <= 1))
    return -EINVAL;
  Probabilistic *strategy = calloc (1, sizeof *strategy);
  if (strategy == NULL)
    return -ENOMEM;
  *strategy = (Probabilistic){ probability, seed, { seed } };
  return prof_sampling_new_named ("probabilistic", &ops, strategy, NULL, ret);
}

/* ---- rate: a token bucket; a sample that is taken stands for the refused ones before it ---- */

typedef struct {
  double per_second;
  double tokens, max_tokens;
  uint64_t latest_ns; /* 0: no sample yet */
  uint64_t n_refused;
  _Atomic double probability;
} Rate;

static void
refill (Rate *strategy, uint64_t now_ns)
{
  if (strategy->latest_ns != 0 && now_ns > strategy->latest_ns)
    strategy->tokens += (double)(now_ns - strategy->latest_ns) / SECOND_NS * strategy->per_second;
  if (strategy->tokens > strategy->max_tokens)
    strategy->tokens = strategy->max_tokens;
  if (now_ns > strategy->latest_ns)
    strategy->latest_ns = now_ns;
}

static bool
rate_should_sample (void *self, uint64_t now_ns)
{
  Rate *strategy = self;
  refill (strategy, now_ns);
  if (strategy->tokens < 1) {
    strategy->n_refused++;
    return false;
  }
  strategy->tokens -= 1;
  strategy->probability = 1 / (1 + (double)strategy->n_refused);
  strategy->n_refused = 0;
  return true;
}

static double
rate_get_probability (void *self)
{
  return ((Rate *)self)->probability;
}

static void
rate_reset (void *self)
{
  Rate *strategy = self;
  strategy->tokens = 1;
  strategy->latest_ns = 0;
  strategy->n_refused = 0;
  strategy->probability = 1;
}

int
prof_sampling_new_rate (double per_second, ProfSampling **ret)
{
  static const ProfSamplingOps ops = { .should_sample = rate_should_sample,
                                       .get_probability = rate_get_probability,
                                       .reset = rate_reset,
                                       .free = free };
  if (!(per_second > 0))
    return -EINVAL;
  Rate *strategy = calloc (1, sizeof *strategy);
  if (strategy == NULL)
    return -ENOMEM;
  strategy->per_second = per_second;
  /* A tenth of a second may be spent at once, so that bursts are seen. */
  strategy->max_tokens = per_second > 10 ? per_second / 10 : 1;
  rate_reset (strategy);
  return prof_sampling_new_named ("rate", &ops, strategy, NULL, ret);
}

/* ---- adaptive: a coin whose probability follows the rate of samples ---- */

typedef struct {
  double target_per_second, min, max;
  uint64_t seed;
  ProfPrng prng;
  uint64_t window_start_ns, n_seen_in_window;
  _Atomic double probability;
} Adaptive;

#define ADAPTIVE_WINDOW_NS 250000000u

static double
clamp (double value, double min, double max)
{
  return value < min ? min : value > max ? max : value;
}

/* Once a window, aims at the target from the rate that was seen, half of the way at a time. */
static void
adapt (Adaptive *strategy, uint64_t now_ns)
{
  if (strategy->window_start_ns == 0 || now_ns < strategy->window_start_ns) {
    strategy->window_start_ns = now_ns;
    strategy->n_seen_in_window = 0;
    return;
  }
  uint64_t elapsed_ns = now_ns - strategy->window_start_ns;
  if (elapsed_ns < ADAPTIVE_WINDOW_NS)
    return;
  double seen_per_second = (double)strategy->n_seen_in_window * SECOND_NS / (double)elapsed_ns;
  double wanted
      = seen_per_second > 0 ? strategy->target_per_second / seen_per_second : strategy->max;
  double now = strategy->probability;
  strategy->probability = clamp ((now + clamp (wanted, strategy->min, strategy->max)) / 2,
                                 strategy->min, strategy->max);
  strategy->window_start_ns = now_ns;
  strategy->n_seen_in_window = 0;
}

static bool
adaptive_should_sample (void *self, uint64_t now_ns)
{
  Adaptive *strategy = self;
  adapt (strategy, now_ns);
  strategy->n_seen_in_window++;
  return prof_prng_uniform (&strategy->prng) < strategy->probability;
}

static double
adaptive_get_probability (void *self)
{
  return ((Adaptive *)self)->probability;
}

static void
adaptive_reset (void *self)
{
  Adaptive *strategy = self;
  strategy->prng.state = strategy->seed;
  strategy->window_start_ns = strategy->n_seen_in_window = 0;
  strategy->probability = strategy->max;
}

static int
adaptive_update (void *self, double load)
{
  Adaptive *strategy = self;
  double factor = clamp (load > 0 ? 1 / load : 2, 0.5, 2);
  double now = strategy->probability, wanted;
  do
    wanted = clamp (now * factor, strategy->min, strategy->max);
  while (!atomic_compare_exchange_weak (&strategy->probability, &now, wanted));
  return 0;
}

int
prof_sampling_new_adaptive (
    double target_per_second, double min, double max, uint64_t seed, ProfSampling **ret)
{
  static const ProfSamplingOps ops = { .should_sample = adaptive_should_sample,
                                       .get_probability = adaptive_get_probability,
                                       .reset = adaptive_reset,
                                       .free = free };
  if (!(target_per_second > 0 && min > 0 && min <= max && max <= 1))
    return -EINVAL;
  Adaptive *strategy = calloc (1, sizeof *strategy);
  if (strategy == NULL)
    return -ENOMEM;
  strategy->target_per_second = target_per_second;
  strategy->min = min;
  strategy->max = max;
  strategy->seed = seed;
  adaptive_reset (strategy);
  return prof_sampling_new_named ("adaptive", &ops, strategy, adaptive_update, ret);
}
