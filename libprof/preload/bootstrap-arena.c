/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "bootstrap-arena.h"

#include <stdatomic.h>
#include <stddef.h>

#define ARENA_BYTES 16384u

typedef struct {
  _Alignas(max_align_t) size_t size;
  _Alignas(max_align_t) char bytes[];
} Block;

static _Alignas(max_align_t) char arena[ARENA_BYTES];
static atomic_size_t n_used;

void *
bootstrap_arena_allocate (size_t size)
{
  size_t used = atomic_load (&n_used), needed;
  do {
    if (size > ARENA_BYTES - sizeof (Block))
      return NULL;
    needed = sizeof (Block)
             + (size + sizeof (max_align_t) - 1) / sizeof (max_align_t) * sizeof (max_align_t);
    if (needed > ARENA_BYTES - used)
      return NULL;
  } while (!atomic_compare_exchange_weak (&n_used, &used, used + needed));
  Block *block = (Block *)(arena + used);
  block->size = size;
  return block->bytes;
}

bool
bootstrap_arena_has (const void *block)
{
  return (const char *)block >= arena && (const char *)block < arena + ARENA_BYTES;
}

size_t
bootstrap_arena_get_size (const void *block)
{
  return ((const Block *)((const char *)block - offsetof (Block, bytes)))->size;
}

bool
bootstrap_arena_is_used (void)
{
  return atomic_load (&n_used) != 0;
}
