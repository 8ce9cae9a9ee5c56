/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* The C allocation functions, as the program calls them. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "entry.h"
#include "next.h"
#include "record.h"

#define PUBLIC __attribute__ ((visibility ("default")))

/* C23's, of which libc's header may know nothing. */
PUBLIC void free_sized (void *block, size_t size);
PUBLIC void free_aligned_sized (void *block, size_t alignment, size_t size);

/* Too great a product fails behind the hook; here it is nothing. */
static inline size_t
multiply (size_t n, size_t size)
{
  size_t n_bytes;
  return __builtin_mul_overflow (n, size, &n_bytes) ? 0 : n_bytes;
}

PUBLIC void *
malloc (size_t size)
{
  return count_bytes (size) ? enter_malloc (size) : next.malloc (size);
}

void *
sample_malloc (size_t size, const Caller *caller)
{
  return record_or_uncount (next.malloc (size), size, caller);
}

PUBLIC void *
calloc (size_t n, size_t size)
{
  return count_bytes (multiply (n, size)) ? enter_calloc (n, size) : next.calloc (n, size);
}

void *
sample_calloc (size_t n, size_t size, const Caller *caller)
{
  return record_or_uncount (next.calloc (n, size), multiply (n, size), caller);
}

/* Of a block that is not sampled, where the countdown will not run out. */
static void *
realloc_counted (void *block, size_t size)
{
  size_t old_size = block ? next.malloc_usable_size (block) : 0;
  void *moved = next.realloc (block, size);
  if (moved && moved != block)
    count_bytes (size);
  else if (moved && size > old_size)
    count_bytes (size - old_size);
  return moved;
}

PUBLIC void *
realloc (void *block, size_t size)
{
  return may_run_out (size) || is_maybe_sampled (block) ? enter_realloc (block, size)
                                                        : realloc_counted (block, size);
}

void *
sample_realloc (void *block, size_t size, const Caller *caller)
{
  return record_realloc (block, size, caller);
}

/* glibc's calls realloc, and would be counted twice. */
PUBLIC void *
reallocarray (void *block, size_t n, size_t size)
{
  size_t n_bytes;
  if (__builtin_mul_overflow (n, size, &n_bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return may_run_out (n_bytes) || is_maybe_sampled (block) ? enter_realloc (block, n_bytes)
                                                           : realloc_counted (block, n_bytes);
}

PUBLIC void *
memalign (size_t alignment, size_t size)
{
  return count_bytes (size) ? enter_memalign (alignment, size) : next.memalign (alignment, size);
}

void *
sample_memalign (size_t alignment, size_t size, const Caller *caller)
{
  return record_or_uncount (next.memalign (alignment, size), size, caller);
}

PUBLIC void *
aligned_alloc (size_t alignment, size_t size)
{
  return count_bytes (size) ? enter_aligned_alloc (alignment, size)
                            : next.aligned_alloc (alignment, size);
}

void *
sample_aligned_alloc (size_t alignment, size_t size, const Caller *caller)
{
  return record_or_uncount (next.aligned_alloc (alignment, size), size, caller);
}

PUBLIC int
posix_memalign (void **ret, size_t alignment, size_t size)
{
  return count_bytes (size) ? enter_posix_memalign (ret, alignment, size)
                            : next.posix_memalign (ret, alignment, size);
}

int
sample_posix_memalign (void **ret, size_t alignment, size_t size, const Caller *caller)
{
  int r = next.posix_memalign (ret, alignment, size);
  record_or_uncount (r == 0 ? *ret : NULL, size, caller);
  return r;
}

PUBLIC void *
valloc (size_t size)
{
  return count_bytes (size) ? enter_valloc (size) : next.valloc (size);
}

void *
sample_valloc (size_t size, const Caller *caller)
{
  return record_or_uncount (next.valloc (size), size, caller);
}

PUBLIC void *
pvalloc (size_t size)
{
  return count_bytes (size) ? enter_pvalloc (size) : next.pvalloc (size);
}

void *
sample_pvalloc (size_t size, const Caller *caller)
{
  return record_or_uncount (next.pvalloc (size), size, caller);
}

static __attribute__ ((noinline)) void
free_sampled (void *block)
{
  record_free (block);
  next.free (block);
}

PUBLIC void
free (void *block)
{
  if (is_maybe_sampled (block))
    free_sampled (block);
  else
    next.free (block);
}

static __attribute__ ((noinline)) void
free_sized_sampled (void *block, size_t size)
{
  record_free (block);
  next.free_sized (block, size);
}

PUBLIC void
free_sized (void *block, size_t size)
{
  if (is_maybe_sampled (block))
    free_sized_sampled (block, size);
  else
    next.free_sized (block, size);
}

static __attribute__ ((noinline)) void
free_aligned_sized_sampled (void *block, size_t alignment, size_t size)
{
  record_free (block);
  next.free_aligned_sized (block, alignment, size);
}

PUBLIC void
free_aligned_sized (void *block, size_t alignment, size_t size)
{
  if (is_maybe_sampled (block))
    free_aligned_sized_sampled (block, alignment, size);
  else
    next.free_aligned_sized (block, alignment, size);
}
