/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* deep-work SECONDS: recursion through frames of various sizes, some realigned, and sorting with a
 * callback. It is compiled in several ways by stacks.py. */

typedef struct {
  uint64_t words[8];
} __attribute__ ((aligned (64))) Block;

__attribute__ ((noinline)) static uint64_t
mix (volatile Block *block, uint64_t value)
{
  for (int i = 0; i < 8; i++)
    value = (value ^ block->words[i]) * UINT64_C (0x9e3779b97f4a7c15) + (uint64_t)i;
  return value;
}

__attribute__ ((noinline)) static uint64_t
descend (unsigned depth, uint64_t value)
{
  volatile Block block;
  for (int i = 0; i < 8; i++)
    block.words[i] = value + (uint64_t)i;
  if (depth == 0)
    return mix (&block, value);
  value = descend (depth - 1, value + depth);
  return mix (&block, value) + block.words[depth % 8];
}

static int
compare_words (const void *a, const void *b)
{
  const uint64_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

int
main (int argc, char **argv)
{
  static uint64_t words[4096];
  time_t end = time (NULL) + (argc > 1 ? atoi (argv[1]) : 3);
  uint64_t value = 1;
  while (time (NULL) < end) {
    for (unsigned i = 0; i < 4096; i++)
      words[i] = value = descend (i % 40, value);
    qsort (words, 4096, sizeof *words, compare_words);
  }
  printf ("%llu\n", (unsigned long long)words[0]);
  return 0;
}
