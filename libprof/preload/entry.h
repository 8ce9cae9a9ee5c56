/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include "known-stacks.h"

/* enter_X takes X's arguments, and is jumped to from X with nothing of its own on the stack: it
 * calls sample_X with the caller's place in the program as one argument more. In entry-*.S. */
#define SAMPLED_FUNCTIONS(X)                                                                       \
  X (malloc, void *, size_t size)                                                                  \
  X (calloc, void *, size_t n, size_t size)                                                        \
  X (realloc, void *, void *block, size_t size)                                                    \
  X (memalign, void *, size_t alignment, size_t size)                                              \
  X (aligned_alloc, void *, size_t alignment, size_t size)                                         \
  X (posix_memalign, int, void **ret, size_t alignment, size_t size)                               \
  X (valloc, void *, size_t size)                                                                  \
  X (pvalloc, void *, size_t size)                                                                 \
  X (_Znwm, void *, size_t size)                                                                   \
  X (_Znam, void *, size_t size)                                                                   \
  X (_ZnwmRKSt9nothrow_t, void *, size_t size, const void *nothrow)                                \
  X (_ZnamRKSt9nothrow_t, void *, size_t size, const void *nothrow)                                \
  X (_ZnwmSt11align_val_t, void *, size_t size, size_t alignment)                                  \
  X (_ZnamSt11align_val_t, void *, size_t size, size_t alignment)                                  \
  X (_ZnwmSt11align_val_tRKSt9nothrow_t, void *, size_t size, size_t alignment,                    \
     const void *nothrow)                                                                          \
  X (_ZnamSt11align_val_tRKSt9nothrow_t, void *, size_t size, size_t alignment, const void *nothrow)

#define DECLARE_ENTRY(name, type, ...)                                                             \
  __attribute__ ((visibility ("hidden"))) type enter_##name (__VA_ARGS__);                         \
  __attribute__ ((visibility ("hidden"))) type sample_##name (__VA_ARGS__, const Caller *caller);
SAMPLED_FUNCTIONS (DECLARE_ENTRY)
#undef DECLARE_ENTRY
