/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* Addresses for which the same is known: from `start` to before `end`. */
typedef struct {
  uint64_t start, end;
} ProfExtent;

/* Leaves the part around `address` that neither end of another range is in. */
static inline void
prof_extent_cut (ProfExtent *extent, uint64_t address, uint64_t low, uint64_t high)
{
  const uint64_t ends[] = { low, high };
  for (int i = 0; i < 2; i++)
    if (ends[i] > address)
      extent->end = ends[i] < extent->end ? ends[i] : extent->end;
    else
      extent->start = ends[i] > extent->start ? ends[i] : extent->start;
}
