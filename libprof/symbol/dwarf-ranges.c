/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-ranges.h"

int
prof_range_source_read (ProfRangeSource *source,
                        uint64_t offset,
                        ProfRangeFunc func,
                        void *user_data)
{
  Dwarf_Die entry;
  if (dwarf_offdie (source->dwarf, offset, &entry) == NULL)
    return 0;
  Dwarf_Addr base, low, high;
  ptrdiff_t next = 0;
  while (source->n_left > 0 && (next = dwarf_ranges (&entry, next, &base, &low, &high)) > 0) {
    source->n_left--;
    if (low < source->lowest_address || low >= high)
      continue;
    int r = func (user_data, low, high);
    if (r < 0)
      return r;
  }
  return 0;
}
