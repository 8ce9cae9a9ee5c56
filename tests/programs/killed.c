/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <signal.h>

#include "shapes.h"

/* burn_until_killed < main, then killed by a signal that can't be caught. */

static FRAME void
burn_until_killed (void)
{
  BURN_MS (1000);
}

int
main (void)
{
  burn_until_killed ();
  raise (SIGKILL);
  return 0;
}
