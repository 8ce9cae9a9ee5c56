/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "blocks.h"

int run (void);

__attribute__ ((constructor)) static void
begin (void)
{
  allocate (MAIN_SIZE, 10, 5);
}

int
run (void)
{
  allocate (OTHER_SIZE, 4, 3);
  return 0;
}
