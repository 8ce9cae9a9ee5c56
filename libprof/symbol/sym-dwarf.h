/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libelf.h>

#include "symbol/extent.h"
#include "symbol/names.h"
#include "symbol/symbolizer.h"

/* Functions, files, lines and inlined functions from the DWARF data of a file, versions 2 to 5.
 * Reads each unit when an address of its is asked for. */
typedef struct ProfDwarf ProfDwarf;

/* `alt`: the file that .gnu_debugaltlink names (shared by dwz), or NULL. Both stay the caller's and
 * must live as long. `lowest_address`: where the file's code begins. -ENODATA: no such data;
 * -EFBIG; -ENOMEM. */
int prof_dwarf_new (Elf *elf, Elf *alt, uint64_t lowest_address, ProfNames *names, ProfDwarf **ret);
ProfDwarf *prof_dwarf_free (ProfDwarf *dwarf);

/* The functions at one of the file's own addresses, innermost first; the last one has no name if
 * only the line is known. How many; 0: nothing known; -ENOMEM. */
int prof_dwarf_lookup (ProfDwarf *dwarf, uint64_t address, ProfSymbol *ret, size_t max);

/* After a look-up of this address: leaves of the extent the addresses around it that have the same
 * answer. */
void prof_dwarf_cut (ProfDwarf *dwarf, uint64_t address, ProfExtent *extent);
