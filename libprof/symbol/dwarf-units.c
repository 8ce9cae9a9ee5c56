/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-units.h"

#include <dwarf.h>

static int
list (ProfDwarfUnits *units, Dwarf *dwarf)
{
  Dwarf_Off offset = 0, next, abbrev_offset;
  size_t header_size;
  Dwarf_Half version;
  uint8_t address_size, offset_size;
  while (dwarf_next_unit (dwarf, offset, &next, &header_size, &version, &abbrev_offset,
                          &address_size, &offset_size, NULL, NULL)
         == 0) {
    ProfDwarfUnit unit = {
      .offset = offset,
      .entry_offset = offset + header_size,
      .end = next,
      .abbrev_offset = abbrev_offset,
      .encoding = { version, address_size, offset_size },
    };
    if (next <= unit.entry_offset)
      break;
    if (prof_vec_push (&units->units, unit) < 0)
      return -ENOMEM;
    offset = next;
  }
  return 0;
}

static int
compare_offset (const void *key, const void *unit)
{
  uint64_t offset = *(const uint64_t *)key, other = ((const ProfDwarfUnit *)unit)->offset;
  return offset < other ? -1 : offset > other;
}

static int
read_aranges_of_unit (ProfDwarfUnits *units, ProfByteReader reader, uint64_t lowest_address)
{
  const uint8_t *start = reader.at;
  uint8_t offset_size = prof_byte_reader_enter_unit (&reader);
  uint64_t version = prof_byte_reader_number (&reader, 2);
  uint64_t offset = prof_byte_reader_number (&reader, offset_size);
  uint8_t address_size = (uint8_t)prof_byte_reader_number (&reader, 1);
  uint64_t segment_size = prof_byte_reader_number (&reader, 1);
  ProfDwarfUnit *unit = units->units.n == 0 ? NULL
                                            : bsearch (&offset, units->units.items, units->units.n,
                                                       sizeof *unit, compare_offset);
  if (unit == NULL || version != 2 || segment_size != 0 || (address_size != 4 && address_size != 8))
    return 0;
  /* The pairs of address and length are aligned to their size, counted from the header's start. */
  size_t misaligned = (size_t)(reader.at - start) % (2u * address_size);
  if (misaligned != 0)
    prof_byte_reader_skip (&reader, 2u * address_size - misaligned);
  while (prof_byte_reader_n_left (&reader) >= 2u * address_size) {
    uint64_t low = prof_byte_reader_number (&reader, address_size);
    uint64_t length = prof_byte_reader_number (&reader, address_size);
    if (low == 0 && length == 0)
      break;
    unit->has_aranges = true;
    if (low < lowest_address || length > UINT64_MAX - low)
      continue;
    int r = prof_range_map_add (&units->map, low, low + length,
                                (uint32_t)(unit - units->units.items));
    if (r < 0)
      return r;
  }
  return 0;
}

static int
read_aranges (ProfDwarfUnits *units, const ProfDwarfSections *sections, uint64_t lowest_address)
{
  ProfByteReader reader = prof_dwarf_section_read (&sections->aranges, 0);
  while (prof_byte_reader_n_left (&reader) > 0) {
    int r = read_aranges_of_unit (units, reader, lowest_address);
    if (r < 0)
      return r;
    ProfByteReader unit = reader;
    prof_byte_reader_enter_unit (&unit);
    reader.at = unit.end;
  }
  return 0;
}

typedef struct {
  ProfDwarfUnits *units;
  uint32_t number;
} UnitRanges;

static int
add_unit_range (void *user_data, uint64_t low, uint64_t high)
{
  UnitRanges *to = user_data;
  return prof_range_map_add (&to->units->map, low, high, to->number);
}

int
prof_dwarf_units_read (ProfDwarfUnits *units,
                       const ProfDwarfSections *sections,
                       ProfRangeSource *ranges)
{
  int r = list (units, ranges->dwarf);
  if (r == 0)
    r = read_aranges (units, sections, ranges->lowest_address);
  for (size_t i = 0; i < units->units.n && r == 0; i++) {
    UnitRanges to = { units, (uint32_t)i };
    if (!units->units.items[i].has_aranges)
      r = prof_range_source_read (ranges, units->units.items[i].entry_offset, add_unit_range, &to);
  }
  return r < 0 ? r : prof_range_map_finish (&units->map);
}

void
prof_dwarf_units_finish (ProfDwarfUnits *units)
{
  prof_vec_foreach (unit, &units->units)
    prof_dwarf_functions_finish (&unit->functions);
  prof_vec_clear (&units->units);
  prof_vec_clear (&units->map.ranges);
}

ProfDwarfUnit *
prof_dwarf_units_find (ProfDwarfUnits *units, uint64_t address)
{
  uint32_t number = prof_range_map_find (&units->map, address);
  return number != PROF_RANGE_NONE ? &units->units.items[number] : NULL;
}
