/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-sections.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>

#include "symbol/elf-section.h"

/* zlib makes at most 1032 bytes of one, from zeros; compilers' debug sections shrink to a third. */
#define MAX_RATIO 64u
#define ALWAYS_ALLOWED_BYTES (UINT64_C (16) << 20)
#define MAX_TOTAL_BYTES (UINT64_C (16) << 30)

/* The size that a section says it has when decompressed: by its flag, or, in the GNU way, by a name
 * that begins with ".zdebug" and bytes that begin with "ZLIB" and the size in big-endian. */
static uint64_t
read_full_size (Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
  GElf_Chdr compressed;
  if ((header->sh_flags & SHF_COMPRESSED) != 0)
    return gelf_getchdr (section, &compressed) != NULL ? compressed.ch_size : 0;
  if (strncmp (name, ".zdebug", 7) != 0)
    return 0;
  const Elf_Data *data = elf_rawdata (section, NULL);
  if (data == NULL || data->d_size < 12 || memcmp (data->d_buf, "ZLIB", 4) != 0)
    return 0;
  uint64_t size;
  memcpy (&size, (const char *)data->d_buf + 4, sizeof size);
  return __builtin_bswap64 (size);
}

int
prof_dwarf_check_compression (Elf *elf)
{
  size_t names_index;
  if (elf_getshdrstrndx (elf, &names_index) < 0)
    return 0;
  uint64_t total = 0;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    GElf_Shdr header;
    if (gelf_getshdr (section, &header) == NULL || header.sh_type == SHT_NOBITS)
      continue;
    const char *name = elf_strptr (elf, names_index, header.sh_name);
    uint64_t size = read_full_size (section, &header, name != NULL ? name : "");
    if (size > ALWAYS_ALLOWED_BYTES && size / MAX_RATIO > header.sh_size)
      return -EFBIG;
    if (__builtin_add_overflow (total, size, &total) || total > MAX_TOTAL_BYTES)
      return -EFBIG;
  }
  return 0;
}

/* What follows ".debug_" or ".zdebug_"; "" in other names. */
static const char *
skip_prefix (const char *name)
{
  if (strncmp (name, ".debug_", 7) == 0)
    return name + 7;
  return strncmp (name, ".zdebug_", 8) == 0 ? name + 8 : "";
}

static bool
is_read_by_nobody (const char *name)
{
  static const char *const names[] = { "frame", "loc", "loclists", "macinfo", "macro", "pubnames" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp (skip_prefix (name), names[i]) == 0)
      return true;
  return false;
}

void
prof_dwarf_hide_sections (Elf *elf)
{
  size_t names_index;
  if (elf_getshdrstrndx (elf, &names_index) < 0)
    return;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    GElf_Shdr header;
    if (gelf_getshdr (section, &header) == NULL
        || !is_read_by_nobody (prof_elf_get_string (elf, names_index, header.sh_name)))
      continue;
    header.sh_type = SHT_NOBITS;
    gelf_update_shdr (section, &header);
  }
}

static struct ProfDwarfSection *
match (ProfDwarfSections *sections, const char *name)
{
  name = skip_prefix (name);
  const struct {
    const char *name;
    struct ProfDwarfSection *section;
  } known[] = {
    { "info", &sections->info },     { "types", &sections->types },
    { "abbrev", &sections->abbrev }, { "aranges", &sections->aranges },
    { "line", &sections->line },     { "line_str", &sections->line_str },
    { "str", &sections->str },
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp (name, known[i].name) == 0)
      return known[i].section;
  return NULL;
}

/* As libdw chooses: the first with a name that has bytes. */
static void
consider (Elf *elf, Elf_Scn *section, size_t names_index, ProfDwarfSections *ret)
{
  GElf_Shdr header;
  if (gelf_getshdr (section, &header) == NULL || header.sh_type == SHT_NOBITS
      || (header.sh_flags & (SHF_GROUP | SHF_COMPRESSED)) != 0)
    return;
  const char *name = elf_strptr (elf, names_index, header.sh_name);
  struct ProfDwarfSection *found = name != NULL ? match (ret, name) : NULL;
  if (found == NULL || found->n_bytes > 0)
    return;
  const Elf_Data *data = elf_getdata (section, NULL);
  if (data != NULL && data->d_buf != NULL)
    *found = (struct ProfDwarfSection){ data->d_buf, data->d_size };
}

void
prof_dwarf_find_sections (Elf *elf, ProfDwarfSections *ret)
{
  *ret = (ProfDwarfSections){ 0 };
  size_t names_index;
  if (elf_getshdrstrndx (elf, &names_index) < 0)
    return;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;)
    consider (elf, section, names_index, ret);
}

ProfByteReader
prof_dwarf_section_read (const struct ProfDwarfSection *section, uint64_t offset)
{
  if (offset >= section->n_bytes)
    return (ProfByteReader){ .has_failed = true };
  return (ProfByteReader){ section->bytes + offset, section->bytes + section->n_bytes, false };
}
