/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/string-table.h"

#include <stdbool.h>

#include "base/hash.h"

typedef struct {
  const char *bytes;
  size_t n_bytes;
} Key;

static bool
row_equals (const void *table, uint32_t row, const void *key)
{
  const Key *wanted = key;
  return prof_string_table_size (table, row) == wanted->n_bytes
         && memcmp (prof_string_table_get (table, row), wanted->bytes, wanted->n_bytes) == 0;
}

int
prof_string_table_init (ProfStringTable *table)
{
  *table = (ProfStringTable){ 0 };
  if (prof_vec_push (&table->starts, 0) < 0)
    return -ENOMEM;
  int r = prof_string_table_append (table, "", 0);
  if (r < 0)
    prof_string_table_finish (table);
  return r;
}

void
prof_string_table_finish (ProfStringTable *table)
{
  prof_vec_clear (&table->bytes);
  prof_vec_clear (&table->starts);
  prof_hash_index_clear (&table->index);
  table->n_indexed = 0;
}

void
prof_string_table_reset (ProfStringTable *table)
{
  table->bytes.n = 1;
  table->starts.n = 2;
  table->n_indexed = 0;
  prof_hash_index_reset (&table->index);
}

/* `bytes` may be part of a string of the table: growing moves it along. */
static int
reserve (ProfStringTable *table, const char **bytes, size_t n_bytes)
{
  uintptr_t offset = (uintptr_t)*bytes - (uintptr_t)table->bytes.items;
  bool is_own = offset < table->bytes.n;
  if (prof_vec_reserve (&table->starts, 1) < 0 || prof_vec_reserve (&table->bytes, n_bytes + 1) < 0)
    return -ENOMEM;
  if (is_own)
    *bytes = table->bytes.items + offset;
  return 0;
}

int
prof_string_table_append (ProfStringTable *table, const char *bytes, size_t n_bytes)
{
  if (prof_string_table_count (table) >= INT32_MAX || n_bytes >= UINT32_MAX - table->bytes.n)
    return -EOVERFLOW;
  if (reserve (table, &bytes, n_bytes) < 0)
    return -ENOMEM;
  char *end = table->bytes.items + table->bytes.n;
  if (n_bytes > 0)
    memcpy (end, bytes, n_bytes);
  end[n_bytes] = '\0';
  table->bytes.n += n_bytes + 1;
  table->starts.items[table->starts.n++] = (uint32_t)table->bytes.n;
  return (int)prof_string_table_count (table) - 1;
}

static int
index_appended (ProfStringTable *table)
{
  for (; table->n_indexed < prof_string_table_count (table); table->n_indexed++) {
    Key key = { prof_string_table_get (table, table->n_indexed),
                prof_string_table_size (table, table->n_indexed) };
    uint64_t hash = prof_hash_bytes (0, key.bytes, key.n_bytes);
    if (prof_hash_index_find (&table->index, hash, row_equals, table, &key) == PROF_HASH_INDEX_NONE
        && prof_hash_index_add (&table->index, hash, table->n_indexed) < 0)
      return -ENOMEM;
  }
  return 0;
}

int
prof_string_table_intern (ProfStringTable *table, const char *bytes, size_t n_bytes)
{
  if (index_appended (table) < 0)
    return -ENOMEM;
  if (n_bytes == 0)
    return 0;
  Key key = { bytes, n_bytes };
  uint64_t hash = prof_hash_bytes (0, bytes, n_bytes);
  uint32_t found = prof_hash_index_find (&table->index, hash, row_equals, table, &key);
  if (found != PROF_HASH_INDEX_NONE)
    return (int)found;
  int string = prof_string_table_append (table, bytes, n_bytes);
  if (string < 0)
    return string;
  if (prof_hash_index_add (&table->index, hash, (uint32_t)string) < 0)
    return -ENOMEM;
  table->n_indexed++;
  return string;
}
