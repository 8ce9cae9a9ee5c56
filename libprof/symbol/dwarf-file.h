/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <elfutils/libdw.h>

#include "symbol/dwarf-sections.h"

/* The DWARF data of an ELF file and of the one it refers to, opened with libdw. Zero-initialized is
 * closed. */
typedef struct {
  Dwarf *dwarf, *alt;
  ProfDwarfSections sections, alt_sections;
} ProfDwarfFile;

/* `alt`: the file that .gnu_debugaltlink names, or NULL. `out_of_memory` must not return. 0;
 * -ENODATA: the file has none; -EFBIG: it would be too much. */
int prof_dwarf_file_open (ProfDwarfFile *file, Elf *elf, Elf *alt, Dwarf_OOM out_of_memory);
void prof_dwarf_file_close (ProfDwarfFile *file);

/* The value of an attribute that is a string, or NULL. */
const char *prof_dwarf_file_get_string (const ProfDwarfFile *file,
                                        Dwarf_Die *entry,
                                        unsigned attribute);
