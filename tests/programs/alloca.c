/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <alloca.h>
#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* burn_on_alloca < with_alloca < main: the frame's size is known at run time only.
 * burn_on_aligned < with_alignment < main: the stack is realigned, so the CFA is behind a pointer.
 */

static FRAME void
burn_on_alloca (char *memory)
{
  memory[0] = 1;
  BURN_MS (5);
}

static FRAME void
burn_on_aligned (char *memory)
{
  memory[0] = 1;
  BURN_MS (5);
}

static FRAME void
with_alloca (size_t size)
{
  burn_on_alloca (memset (alloca (size), 0, size));
  KEEP_FRAME;
}

static FRAME void
with_alignment (size_t size)
{
  __attribute__ ((aligned (128))) char aligned[256];
  memset (aligned, 0, sizeof aligned);
  memset (alloca (size), 0, size);
  burn_on_aligned (aligned);
  KEEP_FRAME;
}

int
main (void)
{
  for (size_t i = 0; i < 100; i++) {
    with_alloca (16 + i * 37);
    with_alignment (16 + i * 37);
  }
  return 0;
}
