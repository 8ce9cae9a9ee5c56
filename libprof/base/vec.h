/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A growing array of plain rows: `PROF_VEC (uint32_t) stack = { 0 };`. Zero-initialized is empty.
 * Functions return 0 or -ENOMEM; on failure the vec is as it was. Pointers to items are good until
 * the next growth. Items with n_allocated 0 are borrowed: they are not freed, and growing fails.
 * Not thread-safe. */
#define PROF_VEC(type)                                                                             \
  struct {                                                                                         \
    type *items;                                                                                   \
    size_t n;                                                                                      \
    size_t n_allocated;                                                                            \
  }

static inline int
prof_vec_grow_bytes (void **items, size_t *n_allocated, size_t n_wanted, size_t item_size)
{
  if (n_wanted <= *n_allocated)
    return 0;
  if (*n_allocated == 0 && *items != NULL)
    return -ENOMEM;
  size_t n = *n_allocated < 8 ? 8 : *n_allocated;
  while (n < n_wanted) {
    if (n > SIZE_MAX / 3 * 2 / item_size)
      return -ENOMEM;
    n += n / 2;
  }
  void *grown = realloc (*items, n * item_size);
  if (grown == NULL)
    return -ENOMEM;
  *items = grown;
  *n_allocated = n;
  return 0;
}

/* Makes room for `n_more` further items. */
#define prof_vec_reserve(vec, n_more)                                                              \
  prof_vec_grow_bytes ((void **)&(vec)->items, &(vec)->n_allocated, (vec)->n + (n_more),           \
                       sizeof *(vec)->items)

#define prof_vec_push(vec, ...)                                                                    \
  (prof_vec_reserve (vec, 1) < 0 ? -ENOMEM : ((vec)->items[(vec)->n++] = (__VA_ARGS__), 0))

/* Appends `n_more` items from an array of the same type. */
#define prof_vec_append(vec, array, n_more)                                                        \
  (prof_vec_reserve (vec, n_more) < 0 ? -ENOMEM                                                    \
                                      : ((n_more) == 0 ? (void *)0                                 \
                                                       : memcpy ((vec)->items + (vec)->n, (array), \
                                                                 (n_more) * sizeof *(vec)->items), \
                                         (vec)->n += (n_more), 0))

/* Frees the storage and leaves an empty vec. */
#define prof_vec_clear(vec)                                                                        \
  do {                                                                                             \
    if ((vec)->n_allocated > 0)                                                                    \
      free ((vec)->items);                                                                         \
    (vec)->items = NULL;                                                                           \
    (vec)->n = (vec)->n_allocated = 0;                                                             \
  } while (0)

/* The null pointer of an empty vec is not added to. */
#define prof_vec_end(vec) ((vec)->n == 0 ? (vec)->items : (vec)->items + (vec)->n)

#define prof_vec_foreach(item, vec)                                                                \
  for (__typeof__ ((vec)->items + 0) item = (vec)->items; item != prof_vec_end (vec); item++)
