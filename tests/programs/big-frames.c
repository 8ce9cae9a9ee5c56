/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>

#include "shapes.h"

/* burn_on_big < big_frame x 20 < main, 10 kB a frame: no copy of the stack holds them all. The
 * stack is right as far as it goes, and counted as truncated. All of it is written to: the kernel
 * stops copying at a page that is not there yet. */

static FRAME void
burn_on_big (char *memory)
{
  memory[0] = 1;
  BURN_MS (1000);
}

static FRAME void
big_frame (unsigned depth)
{
  char memory[10000];
  memset (memory, (int)depth, sizeof memory);
  if (depth == 1)
    burn_on_big (memory);
  else
    big_frame (depth - 1);
  KEEP_FRAME;
}

int
main (void)
{
  big_frame (20);
  return 0;
}
