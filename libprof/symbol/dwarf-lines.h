/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/dwarf-forms.h"
#include "symbol/dwarf-sections.h"
#include "symbol/names.h"
#include "symbol/range-map.h"

/* A row of a line table: the place in the source of the code from here to the next row. */
typedef struct {
  uint64_t address;
  uint32_t file, line, column;
} ProfLineRow;

typedef struct {
  const char *name;
  uint64_t directory;
  const char *path; /* interned; NULL: not asked for yet */
} ProfLineFile;

/* Rows of rising addresses. */
typedef struct {
  size_t first_row, n_rows;
} ProfLineSequence;

/* The line table of a unit (DWARF 5, 6.2). Zero-initialized is empty. */
typedef struct {
  ProfDwarfEncoding encoding;
  PROF_VEC (const char *) directories; /* [0]: where the compiler ran; strings of the sections */
  PROF_VEC (ProfLineFile) files;       /* by the number that rows and entries use */
  PROF_VEC (ProfLineRow) rows;
  PROF_VEC (ProfLineSequence) sequences;
  ProfRangeMap map; /* to sequences */
} ProfLines;

/* Reads the table at `offset` of .debug_line. `directory`: the unit's DW_AT_comp_dir, "" if it has
 * none, which older tables do not repeat. Sequences that begin below `lowest_address` are those of
 * functions that the linker dropped. 0, -ENOMEM, or -EBADMSG: nothing of it can be used. */
int prof_lines_read (ProfLines *lines,
                     const ProfDwarfSections *sections,
                     uint64_t offset,
                     const char *directory,
                     uint64_t lowest_address);
void prof_lines_finish (ProfLines *lines);

/* NULL: no row covers the address. */
const ProfLineRow *prof_lines_find (const ProfLines *lines, uint64_t address);

/* Leaves of the extent the addresses around this one that have the same row, or none either. */
void prof_lines_cut (const ProfLines *lines, uint64_t address, ProfExtent *extent);

/* The full path of a file; "" if there is no such file. NULL: out of memory. */
const char *prof_lines_get_path (ProfLines *lines, ProfNames *names, uint32_t file);
