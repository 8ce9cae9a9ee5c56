/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gelf.h>
#include <stdbool.h>

/* The first section with this name, or NULL. */
Elf_Scn *prof_elf_find_section (Elf *elf, const char *name, GElf_Shdr *ret_header);

/* The first section of this type (SHT_*), or NULL. */
Elf_Scn *prof_elf_find_type (Elf *elf, GElf_Word type, GElf_Shdr *ret_header);

/* The name at `offset` of a string section; "" if there is none. Borrowed from the Elf. */
const char *prof_elf_get_string (Elf *elf, size_t section, size_t offset);

/* How long all sections are, unpacked, that are read for symbols and debugging information. 0: NULL
 * has none. */
size_t prof_elf_count_symbol_bytes (Elf *elf);
