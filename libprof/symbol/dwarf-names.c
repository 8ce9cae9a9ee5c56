/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-names.h"

#include <dwarf.h>

#include "base/hash.h"

/* From an inlined function to its abstract entry, to that of another file, to the declaration in a
 * class: compilers need four. Damaged entries may refer to each other in circles. */
enum { MAX_REFERENCES = 16 };

typedef struct {
  const char *linkage_name, *name;
  uint32_t line;
} Found;

static void
read_entry (const ProfDwarfFile *file, Dwarf_Die *entry, Found *found)
{
  if (found->linkage_name == NULL)
    found->linkage_name = prof_dwarf_file_get_string (file, entry, DW_AT_linkage_name);
  if (found->linkage_name == NULL)
    found->linkage_name = prof_dwarf_file_get_string (file, entry, DW_AT_MIPS_linkage_name);
  if (found->name == NULL)
    found->name = prof_dwarf_file_get_string (file, entry, DW_AT_name);
  Dwarf_Attribute attribute;
  Dwarf_Word line;
  if (found->line == 0 && dwarf_attr (entry, DW_AT_decl_line, &attribute) != NULL
      && dwarf_formudata (&attribute, &line) == 0 && line <= UINT32_MAX)
    found->line = (uint32_t)line;
}

static bool
follow (Dwarf_Die *entry)
{
  Dwarf_Attribute attribute;
  if (dwarf_attr (entry, DW_AT_abstract_origin, &attribute) == NULL
      && dwarf_attr (entry, DW_AT_specification, &attribute) == NULL)
    return false;
  Dwarf_Die next;
  if (dwarf_formref_die (&attribute, &next) == NULL)
    return false;
  *entry = next;
  return true;
}

static int
resolve (const ProfDwarfFile *file, ProfNames *names, uint64_t origin, ProfDwarfName *ret)
{
  Found found = { 0 };
  Dwarf_Die entry;
  bool is_good = dwarf_offdie (file->dwarf, origin, &entry) != NULL;
  for (int i = 0; i < MAX_REFERENCES && is_good; i++) {
    read_entry (file, &entry, &found);
    is_good = (found.linkage_name == NULL || found.line == 0) && follow (&entry);
  }
  const char *system_name = found.linkage_name != NULL ? found.linkage_name : found.name;
  ret->origin = origin;
  ret->line = found.line;
  ret->system_name = prof_names_intern (names, system_name != NULL ? system_name : "");
  if (ret->system_name == NULL)
    return -ENOMEM;
  ret->name = prof_names_demangle (names, ret->system_name);
  return ret->name != NULL ? 0 : -ENOMEM;
}

static bool
has_origin (const void *table, uint32_t row, const void *key)
{
  const ProfDwarfNames *dwarf_names = table;
  return dwarf_names->names.items[row].origin == *(const uint64_t *)key;
}

int
prof_dwarf_names_get (ProfDwarfNames *dwarf_names,
                      const ProfDwarfFile *file,
                      ProfNames *names,
                      uint64_t origin,
                      const ProfDwarfName **ret)
{
  uint64_t hash = prof_hash_word (0, origin);
  uint32_t row = prof_hash_index_find (&dwarf_names->index, hash, has_origin, dwarf_names, &origin);
  if (row == PROF_HASH_INDEX_NONE) {
    ProfDwarfName name;
    row = (uint32_t)dwarf_names->names.n;
    if (resolve (file, names, origin, &name) < 0 || prof_vec_push (&dwarf_names->names, name) < 0
        || prof_hash_index_add (&dwarf_names->index, hash, row) < 0)
      return -ENOMEM;
  }
  *ret = &dwarf_names->names.items[row];
  return 0;
}

void
prof_dwarf_names_finish (ProfDwarfNames *dwarf_names)
{
  prof_vec_clear (&dwarf_names->names);
  prof_hash_index_clear (&dwarf_names->index);
}
