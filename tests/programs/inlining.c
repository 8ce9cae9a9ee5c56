/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* innermost < middle < outermost, all inlined into < host < main. */

INLINED void
innermost (void)
{
  BURN_MS (1000);
}

INLINED void
middle (void)
{
  innermost ();
}

INLINED void
outermost (void)
{
  middle ();
}

static FRAME void
host (void)
{
  outermost ();
}

int
main (void)
{
  host ();
  KEEP_FRAME;
  return 0;
}
