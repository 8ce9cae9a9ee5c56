/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t
prof_clock_ns (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The axis that perf samples, heap samples, spans and counters share. */
static inline uint64_t
prof_monotonic_ns (void)
{
  return prof_clock_ns (CLOCK_MONOTONIC);
}
