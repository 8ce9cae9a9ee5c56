/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* burn_on_big < big_frame x 10 < main, 30 KiB a frame: no copy of the stack holds them all. The
 * stack is right as far as it goes, and counted as truncated. */

static FRAME void
burn_on_big (volatile char *memory)
{
  memory[0] = 1;
  BURN_MS (1000);
}

static FRAME void
big_frame (unsigned depth)
{
  volatile char memory[30000];
  memory[0] = memory[sizeof memory - 1] = 0;
  if (depth == 1)
    burn_on_big (memory);
  else
    big_frame (depth - 1);
  KEEP_FRAME;
}

int
main (void)
{
  big_frame (10);
  return 0;
}
