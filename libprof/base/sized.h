/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Public structs that may grow begin with their size as the program was compiled with it. */

/* False: not set by the struct's initializer, or of a newer library. */
static inline bool
prof_sized_is_valid (const void *sized, size_t known_size)
{
  size_t size;
  if (sized == NULL)
    return false;
  memcpy (&size, sized, sizeof size);
  return size >= sizeof size && size <= known_size;
}

/* Fills the caller's struct with as much of `from` as it has room for. 0, or -EINVAL and nothing is
 * written. */
static inline int
prof_sized_fill (void *ret, const void *from, size_t known_size)
{
  size_t size;
  if (!prof_sized_is_valid (ret, known_size))
    return -EINVAL;
  memcpy (&size, ret, sizeof size);
  memcpy ((char *)ret + sizeof size, (const char *)from + sizeof size, size - sizeof size);
  return 0;
}
