/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>

#include "shapes.h"

/* burn_deep < descend x 1000 < main: deeper than any default limit, 16 to 32 KiB of stack. */

static FRAME void
burn_deep (void)
{
  BURN_MS (1000);
}

static FRAME void
descend (unsigned depth)
{
  if (depth == 1)
    burn_deep ();
  else
    descend (depth - 1);
  KEEP_FRAME;
}

int
main (int argc, char **argv)
{
  descend (argc > 1 ? (unsigned)atoi (argv[1]) : 1000);
  return 0;
}
