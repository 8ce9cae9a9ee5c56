/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

int plt_increment (int value);

FRAME int
plt_increment (int value)
{
  return value + 1;
}
