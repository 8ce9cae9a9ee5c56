/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests.h"

/* For programs that are linked with -Wl,--wrap: fail_each runs a function with the first, the
 * second, … allocation failing until it needs no more. Every failure must be -ENOMEM; the
 * sanitizers see leaks and what is used freed. */

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *pointer, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *pointer, size_t size);

static long n_left = -1; /* allocations until the one that fails; negative: none fails */

static inline bool
fails (void)
{
  if (n_left < 0)
    return false;
  return n_left-- == 0;
}

void *
__wrap_malloc (size_t size)
{
  return fails () ? NULL : __real_malloc (size);
}

void *
__wrap_calloc (size_t n, size_t size)
{
  return fails () ? NULL : __real_calloc (n, size);
}

void *
__wrap_realloc (void *pointer, size_t size)
{
  return fails () ? NULL : __real_realloc (pointer, size);
}

/* Returns how many allocations a success takes. */
static inline long
fail_each (int (*run) (void *), void *user_data)
{
  for (long n = 0;; n++) {
    n_left = n;
    int r = run (user_data);
    bool is_over = n_left >= 0;
    n_left = -1;
    if (is_over) {
      assert_true (r >= 0);
      return n;
    }
    assert_int_equal (r, -ENOMEM);
  }
}
