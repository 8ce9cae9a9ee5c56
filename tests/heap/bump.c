/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* An allocator that can be left at any point: it only ever goes on. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { N_BYTES = 1 << 30, HEADER = 16 };

static _Alignas(16) char memory[N_BYTES];
static atomic_size_t n_used;

void *
malloc (size_t size)
{
  size_t n = (size + HEADER + 15) / 16 * 16;
  size_t start = atomic_fetch_add (&n_used, n);
  if (size > N_BYTES || start + n > N_BYTES)
    return NULL;
  memcpy (memory + start, &size, sizeof size);
  return memory + start + HEADER;
}

void
free (void *block)
{
  (void)block;
}

void *
calloc (size_t n, size_t size)
{
  return malloc (n * size);
}

void *
realloc (void *block, size_t size)
{
  void *moved = malloc (size);
  size_t old_size = 0;
  if (block)
    memcpy (&old_size, (char *)block - HEADER, sizeof old_size);
  if (block && moved)
    memcpy (moved, block, old_size < size ? old_size : size);
  return moved;
}
