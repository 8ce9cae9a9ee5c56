/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* Built twice, as plugins whose code is at different places, with PLUGIN_BURN as the function. */

void PLUGIN_BURN (void);
void plugin_run (void);

#ifdef PLUGIN_PADDING
int plugin_padding (int value);

/* Moves the code: an address of one plugin is another function in the other. */
FRAME int
plugin_padding (int value)
{
  for (int i = 0; i < value; i++)
    value ^= value << (i & 7);
  return value;
}
#endif

FRAME void
PLUGIN_BURN (void)
{
  BURN_MS (10);
}

FRAME void
plugin_run (void)
{
  PLUGIN_BURN ();
  KEEP_FRAME;
}
