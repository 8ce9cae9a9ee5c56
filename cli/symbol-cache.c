/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "symbol-cache.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* The XDG base directory specification has relative paths ignored. */
const char *
get_symbol_cache (void)
{
  static char path[PATH_MAX];
  const char *cache = getenv ("XDG_CACHE_HOME"), *home = getenv ("HOME");
  int n = 0;
  if (cache != NULL && cache[0] == '/')
    n = snprintf (path, sizeof path, "%s/prof", cache);
  else if (home != NULL && home[0] == '/')
    n = snprintf (path, sizeof path, "%s/.cache/prof", home);
  return n > 0 && n < (int)sizeof path ? path : NULL;
}
