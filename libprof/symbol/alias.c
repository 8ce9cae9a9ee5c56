/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/alias.h"

#include <stdbool.h>
#include <string.h>

int
prof_compare_aliases (const char *a, const char *b)
{
  size_t underscores_a = strspn (a, "_"), underscores_b = strspn (b, "_");
  if (underscores_a != underscores_b)
    return underscores_a > underscores_b ? -1 : 1;
  size_t n_a = strlen (a), n_b = strlen (b);
  bool versioned_a = memchr (a, '@', n_a) != NULL, versioned_b = memchr (b, '@', n_b) != NULL;
  if (versioned_a != versioned_b)
    return versioned_a ? -1 : 1;
  if (n_a != n_b)
    return n_a < n_b ? -1 : 1;
  return -strcmp (a, b);
}
