/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* heap-pair MILLIONS LIVE_MIB: nanoseconds of a malloc and its free, with that much live: the least
 * of many short slices, of which what else runs on the machine can only disturb some. The blocks
 * are of 64 sizes, so that what is freed is at as many addresses. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLICE = 100000, LIVE_BLOCK = 32 << 10 };

static double
now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static double
run_slice (void)
{
  static void *blocks[64];
  double start = now_ns ();
  for (unsigned i = 0; i < SLICE; i++) {
    free (blocks[i % 64]);
    blocks[i % 64] = malloc (64);
  }
  return (now_ns () - start) / SLICE;
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  unsigned long n_slices = strtoul (argv[1], NULL, 10) * (1000000 / SLICE);
  unsigned long n_live = strtoul (argv[2], NULL, 10) * ((1 << 20) / LIVE_BLOCK);
  void *volatile live = NULL;
  for (unsigned long i = 0; i < n_live; i++) {
    void **block = malloc (LIVE_BLOCK);
    *block = live;
    live = block;
  }
  double least = run_slice ();
  for (unsigned long i = 1; i < n_slices; i++) {
    double ns = run_slice ();
    least = ns < least ? ns : least;
  }
  printf ("%.3f\n", least);
}
