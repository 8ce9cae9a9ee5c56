/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/dwarf-entries.h"
#include "symbol/dwarf-lines.h"

typedef struct {
  uint64_t offset;
  ProfDwarfEncoding encoding;
  bool is_good;
  ProfAbbrevs abbrevs;
} ProfAbbrevTable;

typedef struct {
  uint64_t offset;
  bool is_good;
  ProfLines lines;
} ProfLineTable;

/* The tables that were read, by offset, because units may share them. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfAbbrevTable *) abbrevs;
  PROF_VEC (ProfLineTable *) lines;
  ProfHashIndex abbrevs_index, lines_index;
} ProfDwarfTables;

void prof_dwarf_tables_finish (ProfDwarfTables *tables);

/* Both give NULL for a damaged table, and return 0 or -ENOMEM. */
int prof_dwarf_tables_get_abbrevs (ProfDwarfTables *tables,
                                   const ProfDwarfSections *sections,
                                   uint64_t offset,
                                   ProfDwarfEncoding encoding,
                                   const ProfAbbrevs **ret);
int prof_dwarf_tables_get_lines (ProfDwarfTables *tables,
                                 const ProfDwarfSections *sections,
                                 uint64_t offset,
                                 const char *directory,
                                 uint64_t lowest_address,
                                 ProfLines **ret);
