/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/elf-section.h"

#include <string.h>

Elf_Scn *
prof_elf_find_section (Elf *elf, const char *name, GElf_Shdr *ret_header)
{
  size_t names_index;
  if (elf_getshdrstrndx (elf, &names_index) < 0)
    return NULL;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    if (gelf_getshdr (section, ret_header) != NULL
        && strcmp (prof_elf_get_string (elf, names_index, ret_header->sh_name), name) == 0)
      return section;
  }
  return NULL;
}

Elf_Scn *
prof_elf_find_type (Elf *elf, GElf_Word type, GElf_Shdr *ret_header)
{
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    if (gelf_getshdr (section, ret_header) != NULL && ret_header->sh_type == type)
      return section;
  }
  return NULL;
}

const char *
prof_elf_get_string (Elf *elf, size_t section, size_t offset)
{
  const char *string = elf_strptr (elf, section, offset);
  return string != NULL ? string : "";
}

/* All but what the program itself runs and reads. */
static bool
is_for_symbols (Elf *elf, size_t names_index, const GElf_Shdr *header)
{
  if (header->sh_type != SHT_PROGBITS || (header->sh_flags & SHF_ALLOC) == 0)
    return header->sh_type != SHT_NOBITS;
  const char *name = prof_elf_get_string (elf, names_index, header->sh_name);
  return strncmp (name, ".eh_frame", strlen (".eh_frame")) == 0;
}

size_t
prof_elf_count_symbol_bytes (Elf *elf)
{
  size_t n_bytes = 0, names_index;
  if (elf_getshdrstrndx (elf, &names_index) < 0)
    return 0;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    GElf_Shdr header;
    GElf_Chdr compressed;
    if (gelf_getshdr (section, &header) == NULL || !is_for_symbols (elf, names_index, &header))
      continue;
    n_bytes += gelf_getchdr (section, &compressed) != NULL ? compressed.ch_size : header.sh_size;
  }
  return n_bytes;
}
