/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* A program with a malloc of its own. */
#include <stddef.h>
#include <string.h>

static char memory[8 << 20];
static size_t n_used;

void *malloc (size_t size);
void free (void *block);
void *calloc (size_t n, size_t size);
void *realloc (void *block, size_t size);

void *
malloc (size_t size)
{
  size_t *block = (size_t *)(memory + n_used);
  n_used += (size + 31) / 16 * 16;
  if (n_used > sizeof memory)
    return NULL;
  block[0] = size;
  return block + 2;
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
  if (block && moved)
    memcpy (moved, block, ((size_t *)block)[-2] < size ? ((size_t *)block)[-2] : size);
  return moved;
}

int
main (void)
{
  char *volatile block = malloc (4321);
  return block < memory || block >= memory + sizeof memory;
}
