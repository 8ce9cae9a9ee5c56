/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"

/* bench-pprof IN [OUT]: prints how long reading IN takes, and writing it as OUT, and the memory. */

static long
peak_mb (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/* Both clocks: on a busy machine only that of the processor says much. */
typedef struct {
  uint64_t wall_ns, cpu_ns;
} Times;

static Times
now (void)
{
  return (Times){ prof_monotonic_ns (), prof_clock_ns (CLOCK_PROCESS_CPUTIME_ID) };
}

static void
print_since (const char *what, Times start)
{
  Times end = now ();
  printf ("libprof %s %5.2f s, %5.2f s of CPU, %4ld MB peak", what,
          (double)(end.wall_ns - start.wall_ns) / 1e9, (double)(end.cpu_ns - start.cpu_ns) / 1e9,
          peak_mb ());
}

static int
bench_read (const char *path, ProfProfile **ret, ProfError *reterr)
{
  size_t n_samples, n_frames;
  Times start = now ();
  int r = prof_pprof_open (path, ret, reterr);
  if (r < 0)
    return r;
  print_since ("read: ", start);
  prof_profile_get_samples (*ret, &n_samples);
  prof_profile_get_stacks (*ret, &n_frames);
  printf (" (%zu samples, %zu frames)\n", n_samples, n_frames);
  return 0;
}

static int
bench_write (const ProfProfile *profile, const char *path, ProfError *reterr)
{
  struct stat status = { 0 };
  Times start = now ();
  int r = prof_pprof_save (profile, path, reterr);
  if (r < 0)
    return r;
  print_since ("write:", start);
  stat (path, &status);
  printf (", %.1f MB file\n", (double)status.st_size / 1e6);
  return 0;
}

int
main (int argc, char **argv)
{
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *profile = NULL;
  if (argc < 2) {
    fprintf (stderr, "usage: bench-pprof IN [OUT]\n");
    return 2;
  }
  int r = bench_read (argv[1], &profile, &error);
  if (r == 0 && argc > 2)
    r = bench_write (profile, argv[2], &error);
  if (r < 0)
    fprintf (stderr, "bench-pprof: %s\n", error.message);
  prof_profile_unref (profile);
  return r < 0;
}
