/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* A function of a program of known shape: the compiler may not inline, clone, split or drop it. */
#if defined(__has_attribute) && __has_attribute(noipa)
#define FRAME __attribute__ ((noipa))
#else
#define FRAME __attribute__ ((noinline))
#endif

#define INLINED static inline __attribute__ ((always_inline))

/* Behind a call: keeps it from being a tail call. */
#define KEEP_FRAME __asm__ volatile("")

/* Burns CPU in the function that says it, with no call: a turn is a cycle or two. */
#define BURN_MS(ms)                                                                                \
  do {                                                                                             \
    for (unsigned long turn_ = 0; turn_ < 3000000ul * (ms); turn_++)                               \
      __asm__ volatile("" : "+r"(turn_));                                                          \
  } while (0)
