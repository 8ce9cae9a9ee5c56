/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/range-map.h"

#include <stdbool.h>

#include "base/sort.h"

typedef PROF_VEC (ProfRange) Ranges;

/* A binary heap of the ranges that hold the current position; the winner is on top. */
typedef PROF_VEC (const ProfRange *) Heap;

int
prof_range_map_add (ProfRangeMap *map, uint64_t start, uint64_t end, uint32_t value)
{
  if (start >= end)
    return 0;
  if (map->ranges.n >= UINT32_MAX - 1)
    return -EOVERFLOW;
  return prof_vec_push (&map->ranges, (ProfRange){ start, end, value, (uint32_t)map->ranges.n });
}

static int
compare (const void *pa, const void *pb)
{
  const ProfRange *a = pa, *b = pb;
  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;
  return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static int
heap_push (Heap *heap, const ProfRange *range)
{
  if (prof_vec_push (heap, range) < 0)
    return -ENOMEM;
  size_t i = heap->n - 1;
  while (i > 0 && heap->items[(i - 1) / 2]->rank < range->rank) {
    heap->items[i] = heap->items[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  heap->items[i] = range;
  return 0;
}

static void
heap_pop (Heap *heap)
{
  const ProfRange *last = heap->items[--heap->n];
  size_t i = 0;
  for (;;) {
    size_t child = 2 * i + 1;
    if (child + 1 < heap->n && heap->items[child + 1]->rank > heap->items[child]->rank)
      child++;
    if (child >= heap->n || heap->items[child]->rank < last->rank)
      break;
    heap->items[i] = heap->items[child];
    i = child;
  }
  heap->items[i] = last;
}

static int
emit (Ranges *ranges, uint64_t start, uint64_t end, const ProfRange *winner)
{
  ProfRange *last = ranges->n > 0 ? &ranges->items[ranges->n - 1] : NULL;
  if (last != NULL && last->end == start && last->rank == winner->rank) {
    last->end = end;
    return 0;
  }
  return prof_vec_push (ranges, (ProfRange){ start, end, winner->value, winner->rank });
}

/* Goes over the addresses from each start or end of a range to the next. */
static int
cut (const ProfRangeMap *map, Heap *open, Ranges *ret)
{
  const ProfRange *next = map->ranges.items, *end = next + map->ranges.n;
  uint64_t at = 0;
  while (next < end || open->n > 0) {
    if (open->n == 0)
      at = next->start;
    for (; next < end && next->start <= at; next++)
      if (heap_push (open, next) < 0)
        return -ENOMEM;
    while (open->n > 0 && open->items[0]->end <= at)
      heap_pop (open);
    if (open->n == 0)
      continue;
    const ProfRange *winner = open->items[0];
    uint64_t until = next < end && next->start < winner->end ? next->start : winner->end;
    if (emit (ret, at, until, winner) < 0)
      return -ENOMEM;
    at = until;
  }
  return 0;
}

static bool
overlaps (const ProfRangeMap *map)
{
  for (size_t i = 1; i < map->ranges.n; i++)
    if (map->ranges.items[i].start < map->ranges.items[i - 1].end)
      return true;
  return false;
}

int
prof_range_map_finish (ProfRangeMap *map)
{
  prof_sort (map->ranges.items, map->ranges.n, sizeof *map->ranges.items, compare);
  if (!overlaps (map))
    return 0;
  Heap open = { 0 };
  Ranges ranges = { 0 };
  int r = cut (map, &open, &ranges);
  prof_vec_clear (&open);
  if (r < 0) {
    prof_vec_clear (&ranges);
    return r;
  }
  prof_vec_clear (&map->ranges);
  map->ranges.items = ranges.items;
  map->ranges.n = ranges.n;
  map->ranges.n_allocated = ranges.n_allocated;
  return 0;
}

/* The number of the first range that begins above the address. */
static size_t
find_above (const ProfRangeMap *map, uint64_t address)
{
  size_t low = 0, high = map->ranges.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (map->ranges.items[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint32_t
prof_range_map_find (const ProfRangeMap *map, uint64_t address)
{
  size_t above = find_above (map, address);
  if (above == 0 || address >= map->ranges.items[above - 1].end)
    return PROF_RANGE_NONE;
  return map->ranges.items[above - 1].value;
}

void
prof_range_map_cut (const ProfRangeMap *map, uint64_t address, ProfExtent *extent)
{
  size_t above = find_above (map, address);
  for (size_t i = above > 0 ? above - 1 : 0; i <= above && i < map->ranges.n; i++)
    prof_extent_cut (extent, address, map->ranges.items[i].start, map->ranges.items[i].end);
}
