/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Records the heap of this program: memory FILE
 *
 * Links libprof-heap, which takes the place of malloc: pkg-config --libs libprof libprof-heap */
#include <prof/prof.h>

#include <stdio.h>
#include <stdlib.h>

enum { N_BLOCKS = 1000, BLOCK_BYTES = 4000 };

static void *cache[N_BLOCKS];

static void
fill_cache (void)
{
  for (int i = 0; i < N_BLOCKS; i++)
    cache[i] = malloc (BLOCK_BYTES);
}

static void
empty_half_of_cache (void)
{
  for (int i = 0; i < N_BLOCKS; i += 2) {
    free (cache[i]);
    cache[i] = NULL;
  }
}

/* The same steps as with the CPU; what differs is the config. */
static int
record (ProfProfile **ret, ProfError *error)
{
  ProfMemoryConfig config = PROF_MEMORY_CONFIG_INIT; /* this process, a sample each 512 KiB */
  config.sampling_rate = 1;                          /* each allocation: exact, but dearer */
  ProfMemoryProfiler *profiler = NULL;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;

  int r = prof_memory_profiler_new (&config, &profiler, error);
  if (r >= 0)
    r = prof_memory_profiler_start (profiler, error);
  if (r >= 0) {
    fill_cache ();
    empty_half_of_cache ();
    r = prof_memory_profiler_stop (profiler, error);
  }
  if (r >= 0)
    r = prof_memory_profiler_generate_profile (profiler, ret, error);
  if (r >= 0) {
    prof_memory_profiler_get_stats (profiler, &stats);
    printf ("%llu bytes allocated, %llu in use\n", (unsigned long long)stats.total_allocated_bytes,
            (unsigned long long)stats.current_allocated_bytes);
  }
  prof_memory_profiler_free (profiler);
  return r;
}

int
main (int argc, char **argv)
{
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  int r = record (&profile, &error);
  if (r >= 0)
    r = prof_pprof_save (profile, argc > 1 ? argv[1] : "memory.pb.gz", &error);
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);
  prof_profile_unref (profile);
  return r < 0;
}
