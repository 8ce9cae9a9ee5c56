/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The allocator behind the hook: whatever the program would call without it. Until it has been
 * looked up, the functions here look it up and go on to it, so that callers never check. */
#define NEEDED_FUNCTIONS(X)                                                                        \
  X (malloc, void *, (size_t size), (size))                                                        \
  X (free, void, (void *block), (block))                                                           \
  X (calloc, void *, (size_t n, size_t size), (n, size))                                           \
  X (realloc, void *, (void *block, size_t size), (block, size))                                   \
  X (memalign, void *, (size_t alignment, size_t size), (alignment, size))                         \
  X (aligned_alloc, void *, (size_t alignment, size_t size), (alignment, size))                    \
  X (posix_memalign, int, (void **ret, size_t alignment, size_t size), (ret, alignment, size))     \
  X (valloc, void *, (size_t size), (size))                                                        \
  X (pvalloc, void *, (size_t size), (size))                                                       \
  X (malloc_usable_size, size_t, (void *block), (block))

/* C23's, which not every libc has. */
#define OPTIONAL_FUNCTIONS(X)                                                                      \
  X (free_sized, void, (void *block, size_t size), (block, size))                                  \
  X (free_aligned_sized, void, (void *block, size_t alignment, size_t size),                       \
     (block, alignment, size))

typedef struct {
#define DECLARE(name, type, parameters, arguments) type (*name) parameters;
  NEEDED_FUNCTIONS (DECLARE)
  OPTIONAL_FUNCTIONS (DECLARE)
#undef DECLARE
} NextFunctions;

extern NextFunctions next __attribute__ ((visibility ("hidden")));

/* Looks up what is behind the hook, at once. */
void next_look_up (void);

/* After a dlsym(3) that failed: the program's dlerror(3) does not tell of it. It is not called
 * here, as it allocates; a look-up that succeeds has the same effect. */
void next_forget_error (void);
