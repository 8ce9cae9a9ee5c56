/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

/* A global symbol at an instruction of its own. */
#define LABEL(name) __asm__ volatile(".globl " name "\n" name ": nop" ::: "memory")

#line 499
namespace shape
{
struct Counter {
  int value;

  ALWAYS_INLINE void
  add (int n) /* 505 */
  {
    LABEL ("in_add");
    value += n;
  }
};
}

#line 600
ALWAYS_INLINE void
middle (shape::Counter &counter, int n)
{
  counter.add (n); /* 603 */
}
