/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* Calls through the PLT that do next to nothing: samples in the stub < call_through_plt < main, and
 * plt_increment < call_through_plt < main. */

int plt_increment (int value);

static FRAME int
call_through_plt (int value)
{
  for (int i = 0; i < 300000000; i++)
    value = plt_increment (value);
  return value;
}

int
main (void)
{
  return call_through_plt (1) == 1;
}
