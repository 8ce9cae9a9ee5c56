/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* burn_at_tail < caller < main: first_tail and second_tail jumped, and left no frame. */

static FRAME void
burn_at_tail (void)
{
  BURN_MS (1000);
}

static FRAME void
second_tail (void)
{
  burn_at_tail ();
}

static FRAME void
first_tail (void)
{
  second_tail ();
}

static FRAME void
caller (void)
{
  first_tail ();
  KEEP_FRAME;
}

int
main (void)
{
  caller ();
  KEEP_FRAME;
  return 0;
}
