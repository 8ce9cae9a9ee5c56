/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
prof_strings_free (char **strings)
{
  for (size_t i = 0; strings != NULL && strings[i] != NULL; i++)
    free (strings[i]);
  free (strings);
}

int
prof_strings_copy (const char *const *strings, char ***ret)
{
  *ret = NULL;
  if (strings == NULL)
    return 0;
  size_t n = 0;
  while (strings[n] != NULL)
    n++;
  char **copies = calloc (n + 1, sizeof *copies);
  if (copies == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    if ((copies[i] = strdup (strings[i])) == NULL) {
      prof_strings_free (copies);
      return -ENOMEM;
    }
  *ret = copies;
  return 0;
}

int
prof_string_copy (const char *string, char **ret)
{
  *ret = string != NULL ? strdup (string) : NULL;
  return string != NULL && *ret == NULL ? -ENOMEM : 0;
}
