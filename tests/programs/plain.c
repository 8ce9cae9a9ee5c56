/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* burn_leaf < plain_middle < main. Built in several ways: PIE, at a fixed address, static, static
 * PIE and stripped of its symbols. */

static FRAME void
burn_leaf (void)
{
  BURN_MS (1000);
}

static FRAME void
plain_middle (void)
{
  burn_leaf ();
  KEEP_FRAME;
}

int
main (void)
{
  plain_middle ();
  KEEP_FRAME;
  return 0;
}
