/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol/byte-reader.h"

/* The sections that are read here rather than through libdw; zero sized where absent. They belong
 * to the Elf. */
typedef struct {
  struct ProfDwarfSection {
    const uint8_t *bytes;
    size_t n_bytes;
  } info, types, abbrev, aranges, line, line_str, str;
} ProfDwarfSections;

/* Whether the compressed debug sections would grow to a size that no compiler's output has; such a
 * file must not be given to libdw, which would allocate it. 0 or -EFBIG. */
int prof_dwarf_check_compression (Elf *elf);

/* dwarf_begin_elf decompresses every section that libdw knows. This takes those from its sight that
 * nobody here reads, such as the variables' locations. */
void prof_dwarf_hide_sections (Elf *elf);

/* To be called after dwarf_begin_elf, which decompresses. */
void prof_dwarf_find_sections (Elf *elf, ProfDwarfSections *ret);

/* From `offset` to the section's end; a failed reader if that is outside. */
ProfByteReader prof_dwarf_section_read (const struct ProfDwarfSection *section, uint64_t offset);
