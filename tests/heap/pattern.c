/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* pattern CASE: allocates what the recording must show. */
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "blocks.h"

/* About 4000 samples of 512 KiB: blocks of 64 bytes to 1 MiB, half of them freed. */
static int
run_mixed (char **arguments)
{
  (void)arguments;
  for (size_t size = 64; size <= 1 << 20; size *= 4)
    allocate (size, (unsigned)((256 << 20) / size), (unsigned)((128 << 20) / size));
  return 0;
}

enum { N_SLOTS = 1 << 14 };

static void *
churn_blocks (void *argument)
{
  unsigned long n = strtoul (argument, NULL, 10);
  static __thread void *blocks[N_SLOTS];
  uint32_t random = 1;
  for (unsigned long i = 0; i < n; i++) {
    random = random * 1664525 + 1013904223;
    uint32_t slot = random >> 18;
    free (blocks[slot]);
    blocks[slot] = malloc (16 + (random >> 8) % 240);
  }
  for (unsigned i = 0; i < N_SLOTS; i++)
    free (blocks[i]);
  return NULL;
}

/* churn N: two threads allocate N blocks each and free all of them. */
static int
run_churn (char **arguments)
{
  pthread_t thread;
  pthread_create (&thread, NULL, churn_blocks, arguments[2]);
  churn_blocks (arguments[2]);
  return pthread_join (thread, NULL);
}

/* pairs N: malloc and free at once, as fast as can be. */
static int
run_pairs (char **arguments)
{
  unsigned long n = strtoul (arguments[2], NULL, 10);
  for (unsigned long i = 0; i < n; i++) {
    void *volatile block = malloc (64);
    free (block);
  }
  return 0;
}

/* Two threads move their blocks about, each into what the other has just left. */
static void *
move_blocks (void *argument)
{
  (void)argument;
  void *block = malloc (200 << 10);
  for (int i = 0; i < 20000; i++)
    block = realloc (block, (size_t)(i % 3 * 90 + 200) << 10);
  free (block);
  return NULL;
}

static int
run_reallocs (char **arguments)
{
  (void)arguments;
  mallopt (M_MMAP_THRESHOLD, 1 << 30);
  mallopt (M_ARENA_MAX, 1);
  pthread_t thread;
  pthread_create (&thread, NULL, move_blocks, NULL);
  move_blocks (NULL);
  return pthread_join (thread, NULL);
}

/* One block that grows where it is, and one that shrinks. */
static int
run_in_place (char **arguments)
{
  (void)arguments;
  mallopt (M_TOP_PAD, 1 << 20);
  void *volatile first = malloc (100 << 10), *volatile second = malloc (100 << 10);
  free (second);
  free (first);
  char *volatile block = malloc (100 << 10);
  for (size_t n = 101; n <= 200; n++) {
    if (realloc (block, n << 10) != block)
      return 1;
  }
  if (realloc (block, 50 << 10) != block)
    return 1;
  free (block);
  return 0;
}

/* Failures leave the block where it was. */
static int
run_failed_realloc (char **arguments)
{
  (void)arguments;
  void *volatile block = malloc (MAIN_SIZE);
  volatile size_t huge = SIZE_MAX / 2;
  void *volatile moved = realloc (block, huge);
  if (moved)
    return 1;
  allocate (OTHER_SIZE, 1, 0);
  return 0;
}

int
main (int argc, char **argv)
{
  (void)argc;
  static const Case cases[] = {
    { "mixed", run_mixed },       { "churn", run_churn },
    { "pairs", run_pairs },       { "reallocs", run_reallocs },
    { "in-place", run_in_place }, { "failed-realloc", run_failed_realloc },
  };
  return RUN_CASE (cases, argv);
}
