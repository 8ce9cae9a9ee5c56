/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "base/vec.h"
#include "symbol/extent.h"

typedef struct {
  uint64_t start, end;
  uint32_t value;
  uint32_t rank; /* the order of adding */
} ProfRange;

/* Numbers by address range. Ranges may overlap: the one added later wins there. Zero-initialized
 * is empty; freed with prof_vec_clear (&map->ranges). */
typedef struct {
  PROF_VEC (ProfRange) ranges; /* once finished: sorted, no overlap */
} ProfRangeMap;

#define PROF_RANGE_NONE UINT32_MAX

/* An empty range is left out. 0, -ENOMEM, or -EOVERFLOW after UINT32_MAX - 1 ranges. */
int prof_range_map_add (ProfRangeMap *map, uint64_t start, uint64_t end, uint32_t value);

/* Sorts and cuts; call it once, after the last add and before the first find. 0 or -ENOMEM. */
int prof_range_map_finish (ProfRangeMap *map);

/* The value at `address`, or PROF_RANGE_NONE. */
uint32_t prof_range_map_find (const ProfRangeMap *map, uint64_t address);

/* Leaves of the extent the addresses around this one that have the same value, or none either. */
void prof_range_map_cut (const ProfRangeMap *map, uint64_t address, ProfExtent *extent);
