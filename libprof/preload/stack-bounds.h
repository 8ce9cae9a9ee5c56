/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* The part of a thread's own stack that has been found readable, up to its end. It stays readable
 * as long as the thread lives; no other memory does. */
typedef struct {
  uint64_t start, end; /* 0: not seen yet */
} HomeStack;

/* Where what can be read from `sp` on ends, at most `n_bytes` further. */
uint64_t stack_readable_end (HomeStack *home, uint64_t sp, uint64_t n_bytes);

/* The main thread's stack ends here, and the kernel keeps `n_bytes` below free for it. */
void stack_set_main (uint64_t end, uint64_t n_bytes);
