/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* burn_leaf < plain_middle < main. Built in several ways: PIE, at a fixed address, static, static
 * PIE and stripped of its symbols. An argument makes it brief. */

static FRAME void
burn_leaf (unsigned long ms)
{
  BURN_MS (ms);
}

static FRAME void
plain_middle (unsigned long ms)
{
  burn_leaf (ms);
  KEEP_FRAME;
}

int
main (int argc, char **argv)
{
  (void)argv;
  plain_middle (argc > 1 ? 100 : 1000);
  KEEP_FRAME;
  return 0;
}
