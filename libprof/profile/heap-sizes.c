/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/heap.h"

enum { N_CLASSES = 64 };

/* The mean stands in for a size that is not known. */
static int64_t
get_size (const ProfHeapBlock *block)
{
  if (block->size >= 0)
    return block->size;
  int64_t size = block->objects > 0 ? block->bytes / block->objects : block->bytes;
  return size > 0 ? size : 0;
}

static unsigned
get_class (int64_t size)
{
  return size == 0 ? 0 : 64 - (unsigned)__builtin_clzll ((uint64_t)size);
}

static void
add (int64_t *sum, int64_t value)
{
  *sum = prof_add_saturated (*sum, value);
}

static void
count_block (const ProfHeapBlock *block, int64_t max_lifetime_ns, ProfHeapSizeClass *class)
{
  add (&class->allocated_objects, block->objects);
  add (&class->allocated_bytes, block->bytes);
  if (block->is_leaked) {
    add (&class->live_objects, block->objects);
    add (&class->live_bytes, block->bytes);
  }
  if (prof_heap_is_temporary (block, max_lifetime_ns)) {
    add (&class->temporary_objects, block->objects);
    add (&class->temporary_bytes, block->bytes);
  }
}

int
prof_heap_get_sizes (const ProfHeap *heap,
                     int64_t max_lifetime_ns,
                     ProfHeapSizeClass **ret,
                     size_t *ret_n)
{
  if (heap == NULL || ret == NULL || ret_n == NULL)
    return -EINVAL;
  ProfHeapSizeClass classes[N_CLASSES] = { 0 };
  unsigned first = N_CLASSES, end = 0;
  prof_vec_foreach (block, &heap->blocks) {
    unsigned class = get_class (get_size (block));
    count_block (block, max_lifetime_ns, &classes[class]);
    first = class < first ? class : first;
    end = class >= end ? class + 1 : end;
  }
  size_t n = end > first ? end - first : 0;
  *ret = malloc ((n + 1) * sizeof **ret);
  if (*ret == NULL)
    return -ENOMEM;
  for (unsigned i = first; i < end; i++) {
    classes[i].min_bytes = i == 0 ? 0 : INT64_C (1) << (i - 1);
    classes[i].max_bytes = i == 0 ? 0 : classes[i].min_bytes - 1 + classes[i].min_bytes;
    (*ret)[i - first] = classes[i];
  }
  *ret_n = n;
  return 0;
}
