/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* The strategies that decide which samples are worth unwinding, and one of one's own: strategies
 *
 * A recording takes one in ProfCpuConfig.sampling. Here they decide on 10 s of samples at 1 kHz
 * that nobody waits for: their clock is an argument. */
#include <prof/prof.h>

#include <stdio.h>

#define MILLISECOND_NS 1000000u

static void
run (ProfSampling *sampling)
{
  ProfSamplingStats stats = PROF_SAMPLING_STATS_INIT;
  double stands_for = 0;
  for (uint64_t i = 1; i <= 10000; i++)
    if (prof_sampling_should_sample (sampling, i * MILLISECOND_NS))
      stands_for += prof_sampling_get_weight (sampling);
  prof_sampling_get_stats (sampling, &stats);
  printf ("%s: %llu of %llu, which stand for %.0f\n", prof_sampling_get_name (sampling),
          (unsigned long long)stats.taken, (unsigned long long)stats.seen, stands_for);
}

/* ---- a strategy of one's own: each tenth sample ---- */

static bool
is_tenth (void *self, uint64_t now_ns)
{
  unsigned *n_seen = self;
  (void)now_ns;
  return ++*n_seen % 10 == 0;
}

/* What is taken is scaled up by this, so that the totals stay right. */
static double
one_in_ten (void *self)
{
  (void)self;
  return 0.1;
}

static void
start_again (void *self)
{
  *(unsigned *)self = 0;
}

static int
make_each_tenth (unsigned *n_seen, ProfSampling **ret)
{
  ProfSamplingOps ops = PROF_SAMPLING_OPS_INIT;
  ops.should_sample = is_tenth;
  ops.get_probability = one_in_ten;
  ops.reset = start_again;
  return prof_sampling_new_custom (&ops, n_seen, ret);
}

/* An adaptive one also listens to who knows better: here somebody at twice their budget. */
static void
halve (ProfSampling *sampling)
{
  ProfSamplingStats before = PROF_SAMPLING_STATS_INIT, after = PROF_SAMPLING_STATS_INIT;
  prof_sampling_get_stats (sampling, &before);
  prof_sampling_update_probability (sampling, 2.0);
  prof_sampling_get_stats (sampling, &after);
  printf ("adaptive: probability from %.4f to %.4f\n", before.probability, after.probability);
}

int
main (void)
{
  enum { N = 6, PROBABILISTIC = 2, ADAPTIVE = 4, SEED = 1 };
  ProfSampling *all[N] = { NULL };
  unsigned n_seen = 0;

  int r = prof_sampling_new_always (&all[0]);
  if (r >= 0)
    r = prof_sampling_new_never (&all[1]);
  if (r >= 0)
    r = prof_sampling_new_probabilistic (0.25, SEED,
                                         &all[PROBABILISTIC]); /* each with a chance of 1/4 */
  if (r >= 0)
    r = prof_sampling_new_rate (50, &all[3]); /* at most 50 a second, whatever comes */
  if (r >= 0)
    r = prof_sampling_new_adaptive (100, 0.01, 1, SEED, &all[ADAPTIVE]); /* about 100 a second */
  if (r >= 0)
    r = make_each_tenth (&n_seen, &all[5]);

  for (int i = 0; r >= 0 && i < N; i++)
    run (all[i]);
  if (r >= 0) {
    halve (all[ADAPTIVE]);
    prof_sampling_reset (all[PROBABILISTIC]); /* the same seed takes the same samples again */
    run (all[PROBABILISTIC]);
  }
  for (int i = 0; i < N; i++)
    prof_sampling_unref (all[i]);
  return r < 0;
}
