/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <time.h>

#include "shapes.h"

/* Most samples are in the vDSO's clock_gettime < the C library's < read_clock < main. */

static FRAME long
read_clock (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_nsec;
}

int
main (void)
{
  long sum = 0;
  for (int i = 0; i < 30000000; i++)
    sum += read_clock ();
  return sum == 1;
}
