/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "countdown.h"
#include "stack-bounds.h"

#define HIDDEN __attribute__ ((visibility ("hidden")))
#define LIKELY(x) __builtin_expect (!!(x), 1)
#define UNLIKELY(x) __builtin_expect (!!(x), 0)

/* What the hook keeps for a thread, without a constructor or destructor: all zeros is a thread that
 * has not been seen. A signal handler may find any state of it. */
typedef struct {
  Countdown countdown;
  uint64_t recording; /* that the countdown belongs to; 0: none */
  uint64_t tid_of;    /* the recording and process that tid was asked in */
  uint32_t tid;
  uint32_t n_ignored;
  HomeStack home;
} Thread;

extern __thread Thread this_thread HIDDEN __attribute__ ((tls_model ("initial-exec")));
