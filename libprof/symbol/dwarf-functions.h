/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/dwarf-entries.h"
#include "symbol/dwarf-ranges.h"
#include "symbol/range-map.h"

/* A range of addresses of a function that was inlined into another. */
typedef struct {
  uint64_t low, high;
  uint64_t origin; /* the entry that has the name */
  uint32_t depth;  /* 1: inlined into the function itself */
  uint32_t call_file, call_line, call_column;
} ProfDwarfInlined;

typedef struct {
  uint64_t offset, origin; /* of its entry; of the one that has the name */
  bool is_read;
  PROF_VEC (ProfDwarfInlined) inlined; /* by depth, then address */
} ProfDwarfFunction;

/* The functions of a unit that have code. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfDwarfFunction) functions;
  ProfRangeMap map; /* to functions */
} ProfDwarfFunctions;

/* Reads what begins at the cursor: the functions of a unit, whose own contents stay unread. 0 or
 * -ENOMEM; damaged entries end it early. */
int prof_dwarf_functions_read (ProfDwarfFunctions *functions,
                               ProfEntryCursor cursor,
                               ProfRangeSource *ranges);
void prof_dwarf_functions_finish (ProfDwarfFunctions *functions);

/* NULL: none there. */
ProfDwarfFunction *prof_dwarf_functions_find (ProfDwarfFunctions *functions, uint64_t address);

/* Leaves of the extent the addresses around this one that are in the same function, which was read,
 * and have the same inlined ones, or are in none either. */
void prof_dwarf_functions_cut (ProfDwarfFunctions *functions, uint64_t address, ProfExtent *extent);

/* Reads what was inlined into the function, whose entry the cursor is at. 0 or -ENOMEM. */
int prof_dwarf_function_read_inlined (ProfDwarfFunction *function,
                                      ProfEntryCursor cursor,
                                      ProfRangeSource *ranges);

/* What is inlined at an address, the outermost first. How many; at most `max`. */
size_t prof_dwarf_function_find_inlined (const ProfDwarfFunction *function,
                                         uint64_t address,
                                         const ProfDwarfInlined **ret,
                                         size_t max);
