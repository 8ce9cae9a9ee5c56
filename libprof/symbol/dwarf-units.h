/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/dwarf-functions.h"
#include "symbol/dwarf-lines.h"

/* A compilation unit; what it holds is read when an address of its is asked for. */
typedef struct {
  uint64_t offset, entry_offset, end; /* in .debug_info */
  uint64_t abbrev_offset;
  ProfDwarfEncoding encoding;
  bool has_aranges;
  bool is_read;
  const ProfAbbrevs *abbrevs; /* NULL: damaged */
  ProfLines *lines;           /* NULL: none */
  ProfDwarfFunctions functions;
} ProfDwarfUnit;

/* Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfDwarfUnit) units; /* by offset */
  ProfRangeMap map;               /* to units */
} ProfDwarfUnits;

/* Lists the units by their headers, with their addresses from .debug_aranges, or from the unit's
 * own entry for those that are not in there. 0 or -ENOMEM. */
int prof_dwarf_units_read (ProfDwarfUnits *units,
                           const ProfDwarfSections *sections,
                           ProfRangeSource *ranges);
void prof_dwarf_units_finish (ProfDwarfUnits *units);

/* NULL: none there. */
ProfDwarfUnit *prof_dwarf_units_find (ProfDwarfUnits *units, uint64_t address);
