/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* burn_framed < framed_middle < main, with frame pointers. A leaf gets a frame only if it needs
 * one, and without one it hides its caller; so this one asks where its frame is. */

static FRAME void
burn_framed (void)
{
  __asm__ volatile("" : : "r"(__builtin_frame_address (0)));
  BURN_MS (1000);
}

static FRAME void
framed_middle (void)
{
  burn_framed ();
  KEEP_FRAME;
}

int
main (void)
{
  framed_middle ();
  KEEP_FRAME;
  return 0;
}
