/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-file.h"

#include <errno.h>

#include "symbol/elf-section.h"

/* Without a file to refer to, libdw would look for one by itself, and wait if the name that the
 * link gives is a FIFO's. */
static void
forget_alt_link (Elf *elf)
{
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_section (elf, ".gnu_debugaltlink", &header);
  Elf_Data *data = section != NULL ? elf_getdata (section, NULL) : NULL;
  if (data != NULL)
    data->d_size = 0;
}

static int
begin (Elf *elf, Dwarf_OOM out_of_memory, Dwarf **ret, ProfDwarfSections *ret_sections)
{
  prof_dwarf_hide_sections (elf);
  int r = prof_dwarf_check_compression (elf);
  if (r < 0)
    return r;
  *ret = dwarf_begin_elf (elf, DWARF_C_READ, NULL);
  if (*ret == NULL)
    return -ENODATA;
  dwarf_new_oom_handler (*ret, out_of_memory);
  prof_dwarf_find_sections (elf, ret_sections);
  return 0;
}

int
prof_dwarf_file_open (ProfDwarfFile *file, Elf *elf, Elf *alt, Dwarf_OOM out_of_memory)
{
  int r = begin (elf, out_of_memory, &file->dwarf, &file->sections);
  if (r < 0)
    return r;
  if (file->sections.info.n_bytes == 0) {
    prof_dwarf_file_close (file);
    return -ENODATA;
  }
  forget_alt_link (elf);
  if (alt != NULL && begin (alt, out_of_memory, &file->alt, &file->alt_sections) == 0) {
    forget_alt_link (alt);
    dwarf_setalt (file->dwarf, file->alt);
  }
  return 0;
}

void
prof_dwarf_file_close (ProfDwarfFile *file)
{
  dwarf_end (file->dwarf);
  dwarf_end (file->alt);
  *file = (ProfDwarfFile){ 0 };
}

static bool
ends_within (const struct ProfDwarfSection *section, const char *string)
{
  uintptr_t start = (uintptr_t)section->bytes, at = (uintptr_t)string;
  return at >= start && at - start < section->n_bytes
         && memchr (string, '\0', section->n_bytes - (at - start)) != NULL;
}

/* Where a string can be: in a section of strings, or among the entries. */
static bool
ends_within_any (const ProfDwarfSections *sections, const char *string)
{
  return ends_within (&sections->str, string) || ends_within (&sections->line_str, string)
         || ends_within (&sections->info, string) || ends_within (&sections->types, string);
}

/* libdw does not check that a string ends before its section does. */
const char *
prof_dwarf_file_get_string (const ProfDwarfFile *file, Dwarf_Die *entry, unsigned name)
{
  Dwarf_Attribute attribute;
  const char *string = dwarf_formstring (dwarf_attr (entry, name, &attribute));
  if (string == NULL || ends_within_any (&file->sections, string)
      || ends_within_any (&file->alt_sections, string))
    return string;
  return NULL;
}
