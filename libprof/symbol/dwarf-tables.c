/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-tables.h"

#include "base/cleanup.h"
#include "base/hash.h"

void
prof_dwarf_tables_finish (ProfDwarfTables *tables)
{
  prof_vec_foreach (table, &tables->abbrevs) {
    prof_abbrevs_finish (&(*table)->abbrevs);
    free (*table);
  }
  prof_vec_foreach (table, &tables->lines) {
    prof_lines_finish (&(*table)->lines);
    free (*table);
  }
  prof_vec_clear (&tables->abbrevs);
  prof_vec_clear (&tables->lines);
  prof_hash_index_clear (&tables->abbrevs_index);
  prof_hash_index_clear (&tables->lines_index);
}

static bool
is_abbrev_table (const void *pt, uint32_t row, const void *pk)
{
  const ProfAbbrevTable *table = ((const ProfDwarfTables *)pt)->abbrevs.items[row], *key = pk;
  return table->offset == key->offset && table->encoding.version == key->encoding.version
         && table->encoding.address_size == key->encoding.address_size
         && table->encoding.offset_size == key->encoding.offset_size;
}

static bool
is_line_table (const void *pt, uint32_t row, const void *pk)
{
  return ((const ProfDwarfTables *)pt)->lines.items[row]->offset == *(const uint64_t *)pk;
}

static int
add_abbrevs (ProfDwarfTables *tables,
             const ProfDwarfSections *sections,
             const ProfAbbrevTable *key,
             uint64_t hash)
{
  cleanup (prof_free) ProfAbbrevTable *added = malloc (sizeof *added);
  if (added == NULL || prof_vec_push (&tables->abbrevs, added) < 0)
    return -ENOMEM;
  *added = *key;
  ProfAbbrevTable *table = steal (&added);
  int r = prof_abbrevs_read (&table->abbrevs, key->encoding,
                             prof_dwarf_section_read (&sections->abbrev, key->offset));
  table->is_good = r == 0;
  if (r == -ENOMEM)
    return r;
  return prof_hash_index_add (&tables->abbrevs_index, hash, (uint32_t)tables->abbrevs.n - 1);
}

static int
add_lines (ProfDwarfTables *tables,
           const ProfDwarfSections *sections,
           uint64_t offset,
           const char *directory,
           uint64_t lowest_address)
{
  cleanup (prof_free) ProfLineTable *added = calloc (1, sizeof *added);
  if (added == NULL || prof_vec_push (&tables->lines, added) < 0)
    return -ENOMEM;
  added->offset = offset;
  ProfLineTable *table = steal (&added);
  int r = prof_lines_read (&table->lines, sections, offset, directory, lowest_address);
  table->is_good = r == 0;
  if (r == -ENOMEM)
    return r;
  return prof_hash_index_add (&tables->lines_index, prof_hash_word (0, offset),
                              (uint32_t)tables->lines.n - 1);
}

int
prof_dwarf_tables_get_abbrevs (ProfDwarfTables *tables,
                               const ProfDwarfSections *sections,
                               uint64_t offset,
                               ProfDwarfEncoding encoding,
                               const ProfAbbrevs **ret)
{
  ProfAbbrevTable key = { .offset = offset, .encoding = encoding };
  uint64_t hash = prof_hash_word (0, offset);
  uint32_t row = prof_hash_index_find (&tables->abbrevs_index, hash, is_abbrev_table, tables, &key);
  if (row == PROF_HASH_INDEX_NONE) {
    row = (uint32_t)tables->abbrevs.n;
    int r = add_abbrevs (tables, sections, &key, hash);
    if (r < 0)
      return r;
  }
  const ProfAbbrevTable *table = tables->abbrevs.items[row];
  *ret = table->is_good ? &table->abbrevs : NULL;
  return 0;
}

int
prof_dwarf_tables_get_lines (ProfDwarfTables *tables,
                             const ProfDwarfSections *sections,
                             uint64_t offset,
                             const char *directory,
                             uint64_t lowest_address,
                             ProfLines **ret)
{
  uint32_t row = prof_hash_index_find (&tables->lines_index, prof_hash_word (0, offset),
                                       is_line_table, tables, &offset);
  if (row == PROF_HASH_INDEX_NONE) {
    row = (uint32_t)tables->lines.n;
    int r = add_lines (tables, sections, offset, directory, lowest_address);
    if (r < 0)
      return r;
  }
  ProfLineTable *table = tables->lines.items[row];
  *ret = table->is_good ? &table->lines : NULL;
  return 0;
}
