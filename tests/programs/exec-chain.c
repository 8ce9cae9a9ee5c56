/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>
#include <unistd.h>

#include "shapes.h"

/* One process, three programs: stage_one < main, then stage_two < main, then stage_three < main,
 * each after an exec of itself. */

static FRAME void
stage_one (void)
{
  BURN_MS (300);
}

static FRAME void
stage_two (void)
{
  BURN_MS (300);
}

static FRAME void
stage_three (void)
{
  BURN_MS (300);
}

int
main (int argc, char **argv)
{
  if (argc == 1) {
    stage_one ();
    execl ("/proc/self/exe", argv[0], "two", (char *)NULL);
  } else if (strcmp (argv[1], "two") == 0) {
    stage_two ();
    execl ("/proc/self/exe", argv[0], "three", (char *)NULL);
  } else {
    stage_three ();
    return 0;
  }
  return 1;
}
