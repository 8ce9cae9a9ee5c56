/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-dwarf.h"

#include <dwarf.h>
#include <setjmp.h>

#include "base/cleanup.h"
#include "symbol/dwarf-file.h"
#include "symbol/dwarf-names.h"
#include "symbol/dwarf-tables.h"
#include "symbol/dwarf-units.h"

enum { MAX_INLINED = 128 };

/* Entries with lists of ranges, all in all; a browser's debug file has some millions. */
#define MAX_RANGES ((size_t)1 << 26)

struct ProfDwarf {
  ProfDwarfFile file;
  ProfNames *names;
  ProfRangeSource ranges;
  ProfDwarfUnits units;
  ProfDwarfTables tables;
  ProfDwarfNames dwarf_names;
  bool is_indexed;
  bool is_dead; /* libdw ran out of memory */
};

/* libdw has no error for it: it calls a handler that must not return, by default one that exits. */
static _Thread_local jmp_buf *out_of_memory_target;

static void __attribute__ ((noreturn)) give_up (void)
{
  longjmp (*out_of_memory_target, 1);
}

PROF_DEFINE_CLEANUP (ProfDwarf *, prof_dwarf_free)

int
prof_dwarf_new (Elf *elf, Elf *alt, uint64_t lowest_address, ProfNames *names, ProfDwarf **ret)
{
  cleanup (prof_dwarf_free) ProfDwarf *dwarf = calloc (1, sizeof *dwarf);
  if (dwarf == NULL)
    return -ENOMEM;
  int r = prof_dwarf_file_open (&dwarf->file, elf, alt, give_up);
  if (r < 0)
    return r;
  dwarf->names = names;
  dwarf->ranges = (ProfRangeSource){ dwarf->file.dwarf, lowest_address, MAX_RANGES };
  *ret = steal (&dwarf);
  return 0;
}

ProfDwarf *
prof_dwarf_free (ProfDwarf *dwarf)
{
  if (dwarf == NULL)
    return NULL;
  prof_dwarf_units_finish (&dwarf->units);
  prof_dwarf_tables_finish (&dwarf->tables);
  prof_dwarf_names_finish (&dwarf->dwarf_names);
  prof_dwarf_file_close (&dwarf->file);
  free (dwarf);
  return NULL;
}

static ProfEntryCursor
cursor_at (const ProfDwarf *dwarf, const ProfDwarfUnit *unit, uint64_t offset)
{
  ProfEntryCursor cursor = {
    .reader = prof_dwarf_section_read (&dwarf->file.sections.info, offset),
    .section = dwarf->file.sections.info.bytes,
    .unit_offset = unit->offset,
    .abbrevs = unit->abbrevs,
  };
  if (unit->end < dwarf->file.sections.info.n_bytes)
    cursor.reader.end = dwarf->file.sections.info.bytes + unit->end;
  return cursor;
}

static int
read_lines (ProfDwarf *dwarf, ProfDwarfUnit *unit)
{
  Dwarf_Die entry;
  Dwarf_Attribute attribute;
  Dwarf_Word offset;
  if (dwarf_offdie (dwarf->file.dwarf, unit->entry_offset, &entry) == NULL
      || dwarf_formudata (dwarf_attr (&entry, DW_AT_stmt_list, &attribute), &offset) < 0)
    return 0;
  const char *directory = prof_dwarf_file_get_string (&dwarf->file, &entry, DW_AT_comp_dir);
  return prof_dwarf_tables_get_lines (&dwarf->tables, &dwarf->file.sections, offset,
                                      directory != NULL ? directory : "",
                                      dwarf->ranges.lowest_address, &unit->lines);
}

static int
read_unit (ProfDwarf *dwarf, ProfDwarfUnit *unit)
{
  if (unit->is_read)
    return 0;
  unit->is_read = true;
  int r = read_lines (dwarf, unit);
  if (r == 0)
    r = prof_dwarf_tables_get_abbrevs (&dwarf->tables, &dwarf->file.sections, unit->abbrev_offset,
                                       unit->encoding, &unit->abbrevs);
  if (r < 0 || unit->abbrevs == NULL)
    return r;
  return prof_dwarf_functions_read (&unit->functions, cursor_at (dwarf, unit, unit->entry_offset),
                                    &dwarf->ranges);
}

/* A place in the source by a file's number in the unit. */
static int
set_place (ProfDwarf *dwarf,
           ProfDwarfUnit *unit,
           uint32_t file,
           uint32_t line,
           uint32_t column,
           ProfSymbol *ret)
{
  *ret = (ProfSymbol){ .name = "", .system_name = "", .filename = "" };
  ret->line = line;
  ret->column = column;
  if (unit->lines == NULL)
    return 0;
  ret->filename = prof_lines_get_path (unit->lines, dwarf->names, file);
  return ret->filename != NULL ? 0 : -ENOMEM;
}

static int
set_name (ProfDwarf *dwarf, uint64_t origin, ProfSymbol *ret)
{
  const ProfDwarfName *name;
  int r = prof_dwarf_names_get (&dwarf->dwarf_names, &dwarf->file, dwarf->names, origin, &name);
  if (r < 0)
    return r;
  ret->name = name->name;
  ret->system_name = name->system_name;
  ret->start_line = name->line;
  return 0;
}

/* Each frame is at the place where the next inner one was called, and the innermost where the line
 * table says. */
static int
unfold (ProfDwarf *dwarf,
        ProfDwarfUnit *unit,
        const ProfDwarfFunction *function,
        uint64_t address,
        ProfSymbol *ret,
        size_t max)
{
  const ProfDwarfInlined *inlined[MAX_INLINED];
  size_t depth = prof_dwarf_function_find_inlined (function, address, inlined, MAX_INLINED);
  size_t n = 1;
  for (; n < max && depth > 0; n++, depth--) {
    const ProfDwarfInlined *inner = inlined[depth - 1];
    int r = set_name (dwarf, inner->origin, &ret[n - 1]);
    if (r == 0)
      r = set_place (dwarf, unit, inner->call_file, inner->call_line, inner->call_column, &ret[n]);
    if (r < 0)
      return r;
  }
  uint64_t origin = depth > 0 ? inlined[depth - 1]->origin : function->origin;
  int r = set_name (dwarf, origin, &ret[n - 1]);
  return r < 0 ? r : (int)n;
}

static int
lookup_in_unit (
    ProfDwarf *dwarf, ProfDwarfUnit *unit, uint64_t address, ProfSymbol *ret, size_t max)
{
  int r = read_unit (dwarf, unit);
  if (r < 0)
    return r;
  const ProfLineRow *row = unit->lines != NULL ? prof_lines_find (unit->lines, address) : NULL;
  if (row != NULL)
    r = set_place (dwarf, unit, row->file, row->line, row->column, &ret[0]);
  else
    ret[0] = (ProfSymbol){ .name = "", .system_name = "", .filename = "" };
  if (r < 0)
    return r;
  ProfDwarfFunction *function = prof_dwarf_functions_find (&unit->functions, address);
  if (function == NULL)
    return row != NULL;
  if (!function->is_read)
    r = prof_dwarf_function_read_inlined (function, cursor_at (dwarf, unit, function->offset),
                                          &dwarf->ranges);
  return r < 0 ? r : unfold (dwarf, unit, function, address, ret, max);
}

static int
lookup (ProfDwarf *dwarf, uint64_t address, ProfSymbol *ret, size_t max)
{
  if (!dwarf->is_indexed) {
    dwarf->is_indexed = true;
    int r = prof_dwarf_units_read (&dwarf->units, &dwarf->file.sections, &dwarf->ranges);
    if (r < 0)
      return r;
  }
  ProfDwarfUnit *unit = prof_dwarf_units_find (&dwarf->units, address);
  return unit != NULL ? lookup_in_unit (dwarf, unit, address, ret, max) : 0;
}

void
prof_dwarf_cut (ProfDwarf *dwarf, uint64_t address, ProfExtent *extent)
{
  ProfDwarfUnit *unit = prof_dwarf_units_find (&dwarf->units, address);
  prof_range_map_cut (&dwarf->units.map, address, extent);
  if (unit == NULL)
    return;
  if (unit->lines != NULL)
    prof_lines_cut (unit->lines, address, extent);
  prof_dwarf_functions_cut (&unit->functions, address, extent);
}

int
prof_dwarf_lookup (ProfDwarf *dwarf, uint64_t address, ProfSymbol *ret, size_t max)
{
  if (dwarf->is_dead || max == 0)
    return dwarf->is_dead ? -ENOMEM : 0;
  jmp_buf target;
  out_of_memory_target = &target;
  if (setjmp (target) != 0) {
    dwarf->is_dead = true;
    return -ENOMEM;
  }
  int r = lookup (dwarf, address, ret, max);
  dwarf->is_dead = r < 0;
  return r;
}
