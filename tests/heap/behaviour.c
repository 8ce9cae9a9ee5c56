/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Prints how the allocation functions behave: the same with the hook and without it. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
tell (const char *what, const void *block, size_t alignment)
{
  printf ("%-28s %s errno %d aligned %d usable %d\n", what, block ? "block" : "NULL", errno,
          (uintptr_t)block % alignment == 0, block && malloc_usable_size ((void *)block) > 0);
  errno = 4321;
}

/* An expression's block; it is freed. */
#define TELL(alignment, expression)                                                                \
  do {                                                                                             \
    void *volatile block = expression;                                                             \
    tell (#expression, block, alignment);                                                          \
    free (block);                                                                                  \
  } while (0)

static volatile size_t zero = 0, huge = SIZE_MAX, half = SIZE_MAX / 2 + 1, odd = 48,
                       much = (size_t)1 << 62;

static void
tell_allocations (void)
{
  TELL (8, malloc (zero));
  TELL (8, malloc (1));
  TELL (16, malloc (huge));
  TELL (16, malloc (half));
  TELL (16, malloc (much));
  TELL (8, calloc (zero, 5));
  TELL (8, calloc (5, zero));
  TELL (16, calloc (huge, 2));
  TELL (16, calloc (much, 4));
  TELL (16, calloc (100, 100));
  TELL (64, memalign (64, 100));
  TELL (64, memalign (odd, 100));
  TELL (4096, memalign (4096, zero));
  TELL (64, memalign (64, huge));
  TELL (256, aligned_alloc (256, 512));
  TELL (256, aligned_alloc (256, huge));
  TELL (4096, valloc (10));
  TELL (4096, valloc (huge));
}

/* An allocator that lacks it gets libc's block to free. */
static void
tell_pvalloc (void)
{
  TELL (4096, pvalloc (10));
  TELL (4096, pvalloc (huge));
}

static void
tell_posix_memalign (size_t alignment, size_t size)
{
  void *block = NULL;
  int r = posix_memalign (&block, alignment, size);
  printf ("posix_memalign %zu: %d\n", alignment, r);
  tell ("posix_memalign", block, alignment);
  free (block);
}

static void *
move (void *volatile block, size_t size)
{
  void *volatile moved = realloc (block, size);
  if (!moved && size)
    free (block);
  return moved;
}

static void
tell_reallocs (void)
{
  TELL (8, move (NULL, 10));
  TELL (8, move (NULL, zero));
  TELL (8, move (malloc (10), zero));
  TELL (16, move (malloc (10), 1000));
  TELL (8, move (malloc (1000), 10));
  TELL (16, move (malloc (10), huge));
  TELL (16, reallocarray (NULL, 10, 10));
  TELL (16, reallocarray (NULL, huge, 10));
  char *block = strcpy (malloc (10), "kept");
  block = reallocarray (block, 1000, 1000);
  printf ("%s\n", block);
  free (block);
}

static void
check_zeros (void)
{
  char *dirty = memset (malloc (5000), 0xff, 5000);
  free (dirty);
  char *clean = calloc (1, 5000);
  size_t n = 0;
  for (size_t i = 0; i < 5000; i++)
    n += clean[i] == 0;
  printf ("zeros %zu\n", n);
  free (clean);
}

/* An argument: without pvalloc. */
int
main (int argc, char **argv)
{
  (void)argv;
  free (malloc (1));
  errno = 4321;
  for (int round = 0; round < 3; round++) {
    tell_allocations ();
    if (argc == 1)
      tell_pvalloc ();
    tell_posix_memalign (64, 100);
    tell_posix_memalign (64, zero);
    tell_posix_memalign (7, 100);
    tell_posix_memalign (64, huge);
    tell_reallocs ();
    check_zeros ();
  }
  free (NULL);
  printf ("errno %d\n", errno);
}
