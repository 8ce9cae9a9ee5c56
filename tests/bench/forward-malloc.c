/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <dlfcn.h>
#include <stddef.h>

/* An interposer that only forwards: what interposing itself costs. */

static void *(*next_malloc) (size_t);
static void (*next_free) (void *);

__attribute__ ((constructor)) static void
find_next (void)
{
  next_malloc = (void *(*)(size_t))dlsym (RTLD_NEXT, "malloc");
  next_free = (void (*) (void *))dlsym (RTLD_NEXT, "free");
}

__attribute__ ((visibility ("default"))) void *malloc (size_t size);
__attribute__ ((visibility ("default"))) void free (void *block);

void *
malloc (size_t size)
{
  if (__builtin_expect (next_malloc == NULL, 0))
    find_next ();
  return next_malloc (size);
}

void
free (void *block)
{
  if (__builtin_expect (next_free == NULL, 0))
    find_next ();
  next_free (block);
}
