/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* heap-work KIND SECONDS [N_THREADS]: allocates for some time and prints nanoseconds of CPU time
 * per pair of malloc and free, and millions of pairs a second. pair   64 bytes, freed at once live
 * the same, while half a GiB in blocks of 4 KiB is live mixed  blocks of 16 to 2,000 bytes out of
 * functions 30 deep, freed out of order, some filled */

typedef struct {
  pthread_t thread;
  double seconds;
  uint64_t n_pairs;
  void (*run) (void);
  uint64_t random;
} Worker;

enum { N_KEPT = 4096, N_LIVE = 131072, BATCH = 1000 };

static __thread void *kept[N_KEPT];
static __thread uint64_t state = 88172645463325252u;

static uint64_t
draw (void)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static double
read_clock (clockid_t clock)
{
  struct timespec t;
  clock_gettime (clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
now (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

static void
pair (void)
{
  void *volatile block = malloc (64);
  free (block);
}

static __attribute__ ((noinline)) void
exchange (void)
{
  uint64_t random = draw ();
  void **slot = &kept[random % N_KEPT];
  size_t size = 16 + (random >> 20) % 1985;
  free (*slot);
  *slot = malloc (size);
  if (*slot != NULL && random % 4 == 0)
    memset (*slot, 1, size);
}

static __attribute__ ((noinline)) void
descend (unsigned depth)
{
  if (depth > 0)
    descend (depth - 1);
  else
    for (int i = 0; i < 8; i++)
      exchange ();
  __asm__ volatile("" ::: "memory");
}

static void
mixed (void)
{
  descend ((unsigned)(draw () % 30));
}

static void *
work (void *data)
{
  Worker *worker = data;
  state += worker->random;
  double end = now () + worker->seconds;
  while (now () < end) {
    for (int i = 0; i < BATCH; i++)
      worker->run ();
    worker->n_pairs += worker->run == mixed ? 8 * BATCH : BATCH;
  }
  return NULL;
}

int
main (int argc, char **argv)
{
  enum { MAX_THREADS = 64 };
  static Worker workers[MAX_THREADS];
  static void *live[N_LIVE];
  if (argc < 3)
    return 2;
  unsigned n = argc > 3 ? (unsigned)strtoul (argv[3], NULL, 10) : 1;
  for (unsigned i = 0; strcmp (argv[1], "live") == 0 && i < N_LIVE; i++)
    live[i] = malloc (4096);
  double start = now (), start_cpu = read_clock (CLOCK_PROCESS_CPUTIME_ID);
  uint64_t n_pairs = 0;
  for (unsigned i = 0; i < n && i < MAX_THREADS; i++) {
    workers[i] = (Worker){ .seconds = strtod (argv[2], NULL),
                           .run = strcmp (argv[1], "mixed") == 0 ? mixed : pair,
                           .random = i };
    if (pthread_create (&workers[i].thread, NULL, work, &workers[i]) != 0)
      return 1;
  }
  for (unsigned i = 0; i < n && i < MAX_THREADS; i++) {
    pthread_join (workers[i].thread, NULL);
    n_pairs += workers[i].n_pairs;
  }
  double seconds = now () - start, cpu = read_clock (CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
  printf ("%.2f ns %.2f M/s\n", cpu * 1e9 / (double)n_pairs, (double)n_pairs / seconds / 1e6);
  return live[0] == (void *)1;
}
