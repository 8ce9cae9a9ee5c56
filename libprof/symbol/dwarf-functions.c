/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-functions.h"

#include <dwarf.h>

enum {
  MAX_DEPTH = 256,        /* of entries within a function */
  IN_NESTED = UINT16_MAX, /* not a depth: within a function in the function */
};

static int
add_function_range (void *user_data, uint64_t low, uint64_t high)
{
  ProfDwarfFunctions *functions = user_data;
  return prof_range_map_add (&functions->map, low, high, (uint32_t)functions->functions.n - 1);
}

static int
add_function (ProfDwarfFunctions *functions, const ProfEntry *entry, ProfRangeSource *ranges)
{
  if (entry->has_addresses && (entry->low < ranges->lowest_address || entry->low >= entry->high))
    return 0;
  ProfDwarfFunction function = { .offset = entry->offset, .origin = entry->origin };
  if (prof_vec_push (&functions->functions, function) < 0)
    return -ENOMEM;
  if (entry->has_addresses)
    return add_function_range (functions, entry->low, entry->high);
  return prof_range_source_read (ranges, entry->offset, add_function_range, functions);
}

int
prof_dwarf_functions_read (ProfDwarfFunctions *functions,
                           ProfEntryCursor cursor,
                           ProfRangeSource *ranges)
{
  cursor.wants_inlined = false;
  for (ProfEntry entry; prof_entry_cursor_next (&cursor, &entry);) {
    if (entry.tag != DW_TAG_subprogram || (!entry.has_addresses && !entry.has_ranges))
      continue;
    int r = add_function (functions, &entry, ranges);
    if (r < 0)
      return r;
  }
  return prof_range_map_finish (&functions->map);
}

void
prof_dwarf_functions_finish (ProfDwarfFunctions *functions)
{
  prof_vec_foreach (function, &functions->functions)
    prof_vec_clear (&function->inlined);
  prof_vec_clear (&functions->functions);
  prof_vec_clear (&functions->map.ranges);
}

ProfDwarfFunction *
prof_dwarf_functions_find (ProfDwarfFunctions *functions, uint64_t address)
{
  uint32_t number = prof_range_map_find (&functions->map, address);
  return number != PROF_RANGE_NONE ? &functions->functions.items[number] : NULL;
}

typedef struct {
  ProfDwarfFunction *function;
  ProfDwarfInlined inlined; /* but for its addresses */
} InlinedRanges;

static int
add_inlined_range (void *user_data, uint64_t low, uint64_t high)
{
  InlinedRanges *ranges = user_data;
  ranges->inlined.low = low;
  ranges->inlined.high = high;
  return prof_vec_push (&ranges->function->inlined, ranges->inlined);
}

static int
add_inlined (ProfDwarfFunction *function,
             const ProfEntry *entry,
             uint16_t depth,
             ProfRangeSource *ranges)
{
  InlinedRanges to = { .function = function,
                       .inlined = {
                           .origin = entry->origin,
                           .depth = depth,
                           .call_file = entry->call_file,
                           .call_line = entry->call_line,
                           .call_column = entry->call_column,
                       } };
  if (entry->has_addresses)
    return entry->low < entry->high ? add_inlined_range (&to, entry->low, entry->high) : 0;
  if (entry->has_ranges)
    return prof_range_source_read (ranges, entry->offset, add_inlined_range, &to);
  return 0;
}

static int
compare (const void *pa, const void *pb)
{
  const ProfDwarfInlined *a = pa, *b = pb;
  if (a->depth != b->depth)
    return a->depth < b->depth ? -1 : 1;
  return a->low < b->low ? -1 : a->low > b->low;
}

/* `depths`: how deep in inlined functions each entry is that contains the current one. */
static int
read_contents (ProfDwarfFunction *function, ProfEntryCursor *cursor, ProfRangeSource *ranges)
{
  uint16_t depths[MAX_DEPTH] = { 0 };
  size_t level = 1;
  for (ProfEntry entry; level > 0 && prof_entry_cursor_next (cursor, &entry);) {
    if (entry.tag == 0) {
      level--;
      continue;
    }
    uint16_t depth = depths[level - 1];
    if (entry.tag == DW_TAG_subprogram)
      depth = IN_NESTED;
    else if (entry.tag == DW_TAG_inlined_subroutine && depth != IN_NESTED) {
      depth++;
      if (add_inlined (function, &entry, depth, ranges) < 0)
        return -ENOMEM;
    }
    if (entry.has_children && level == MAX_DEPTH)
      return 0;
    if (entry.has_children)
      depths[level++] = depth;
  }
  return 0;
}

int
prof_dwarf_function_read_inlined (ProfDwarfFunction *function,
                                  ProfEntryCursor cursor,
                                  ProfRangeSource *ranges)
{
  ProfEntry entry;
  int r = 0;
  function->is_read = true;
  cursor.wants_inlined = true;
  if (prof_entry_cursor_next (&cursor, &entry) && entry.has_children)
    r = read_contents (function, &cursor, ranges);
  if (function->inlined.n > 1)
    qsort (function->inlined.items, function->inlined.n, sizeof *function->inlined.items, compare);
  return r;
}

/* The number of the first at or after `from` that is deeper, or as deep and above the address. */
static size_t
find_behind (const ProfDwarfFunction *function, size_t from, uint32_t depth, uint64_t address)
{
  size_t low = from, high = function->inlined.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const ProfDwarfInlined *inlined = &function->inlined.items[middle];
    if (inlined->depth < depth || (inlined->depth == depth && inlined->low <= address))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

size_t
prof_dwarf_function_find_inlined (const ProfDwarfFunction *function,
                                  uint64_t address,
                                  const ProfDwarfInlined **ret,
                                  size_t max)
{
  size_t n = 0, from = 0;
  while (n < max) {
    from = find_behind (function, from, (uint32_t)n + 1, address);
    if (from == 0)
      break;
    const ProfDwarfInlined *inlined = &function->inlined.items[from - 1];
    if (inlined->depth != n + 1 || address >= inlined->high)
      break;
    ret[n++] = inlined;
  }
  return n;
}

void
prof_dwarf_functions_cut (ProfDwarfFunctions *functions, uint64_t address, ProfExtent *extent)
{
  const ProfDwarfFunction *function = prof_dwarf_functions_find (functions, address);
  prof_range_map_cut (&functions->map, address, extent);
  if (function == NULL)
    return;
  prof_vec_foreach (inlined, &function->inlined)
    prof_extent_cut (extent, address, inlined->low, inlined->high);
}
