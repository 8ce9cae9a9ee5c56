/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Profiles a part of this program: cpu FILE */
#include <prof/prof.h>

#include <stdio.h>
#include <time.h>

static unsigned long
count_primes (unsigned long limit)
{
  unsigned long n = 0;
  for (unsigned long i = 2; i < limit; i++) {
    unsigned long divisor = 2;
    while (divisor * divisor <= i && i % divisor != 0)
      divisor++;
    n += divisor * divisor > i;
  }
  return n;
}

/* Half a second of CPU time. */
static unsigned long
work (void)
{
  unsigned long n = 0, limit = 10000;
  for (clock_t end = clock () + CLOCKS_PER_SEC / 2; clock () < end; limit++)
    n += count_primes (limit);
  return n;
}

/* Each function returns a negative errno when it fails, and then says in `error` what was tried,
 * why it failed and what to try. The objects are NULL until they are made, and NULL may be freed:
 * one way out is enough. */
static int
profile_work (const char *path, ProfError *error)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT; /* all threads of this process, at 100 Hz */
  ProfCpuProfiler *profiler = NULL;
  ProfProfile *profile = NULL;
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  unsigned long n_primes = 0;

  int r = prof_cpu_profiler_new (&config, &profiler, error);
  if (r >= 0)
    r = prof_cpu_profiler_start (profiler, error);
  if (r >= 0) {
    n_primes = work (); /* only what runs between start and stop is sampled */
    r = prof_cpu_profiler_stop (profiler, error);
  }
  /* Looks names and lines up, in this thread. */
  if (r >= 0)
    r = prof_cpu_profiler_generate_profile (profiler, &profile, error);
  if (r >= 0)
    r = prof_pprof_save (profile, path, error);
  if (r >= 0) {
    prof_cpu_profiler_get_stats (profiler, &stats);
    printf ("%lu primes\n", n_primes);
    printf ("%llu samples, %llu lost\n", (unsigned long long)stats.total_samples,
            (unsigned long long)stats.dropped_samples);
  }

  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
  return r;
}

int
main (int argc, char **argv)
{
  ProfError error = PROF_ERROR_INIT;
  if (profile_work (argc > 1 ? argv[1] : "cpu.pb.gz", &error) < 0) {
    fprintf (stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
