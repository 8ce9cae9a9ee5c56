/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <stdio.h>

#include "profile-text.h"

/* compare-profiles A B: prints the first line of all that they say that is not the same, and is 1
 * then; sessions and what OTLP has no place for, labels with a key that was there already, aside.
 */

static char *
read_text (const char *path)
{
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  if (prof_pprof_open (path, &profile, &error) < 0) {
    fprintf (stderr, "%s\n", error.message);
    return NULL;
  }
  char *text = write_profile_text (profile, true);
  prof_profile_unref (profile);
  return text;
}

int
main (int argc, char **argv)
{
  char *a = argc > 1 ? read_text (argv[1]) : NULL, *b = argc > 2 ? read_text (argv[2]) : NULL;
  int status = 0;
  if (a == NULL || b == NULL)
    return 2;
  char *x = a, *y = b;
  while (status == 0 && (x != NULL || y != NULL)) {
    char *line = strsep (&x, "\n"), *other = strsep (&y, "\n");
    if (line == NULL || other == NULL || strcmp (line, other) != 0) {
      printf ("- %s\n+ %s\n", line != NULL ? line : "", other != NULL ? other : "");
      status = 1;
    }
  }
  free (a);
  free (b);
  return status;
}
