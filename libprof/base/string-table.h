/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* Numbered strings: bytes of any content, each followed by a NUL that is not counted. Number 0 is
 * always "". Appending keeps duplicates, interning does not; the first intern after appends indexes
 * them. Zero-initialized is empty: call prof_string_table_init. */
typedef struct {
  PROF_VEC (char) bytes;
  PROF_VEC (uint32_t) starts; /* of string i; one more entry than strings */
  ProfHashIndex index;
  uint32_t n_indexed;
} ProfStringTable;

int prof_string_table_init (ProfStringTable *table);
void prof_string_table_finish (ProfStringTable *table);
/* Forgets all strings but number 0 and keeps the memory. */
void prof_string_table_reset (ProfStringTable *table);

/* Both return the number, or -ENOMEM, -EOVERFLOW (4 GiB of bytes or INT32_MAX strings). */
int prof_string_table_append (ProfStringTable *table, const char *bytes, size_t n_bytes);
int prof_string_table_intern (ProfStringTable *table, const char *bytes, size_t n_bytes);

static inline size_t
prof_string_table_count (const ProfStringTable *table)
{
  return table->starts.n - 1;
}

static inline const char *
prof_string_table_get (const ProfStringTable *table, uint32_t string)
{
  return (size_t)string + 1 < table->starts.n ? table->bytes.items + table->starts.items[string]
                                              : "";
}

static inline size_t
prof_string_table_size (const ProfStringTable *table, uint32_t string)
{
  if ((size_t)string + 1 >= table->starts.n)
    return 0;
  return table->starts.items[string + 1] - table->starts.items[string] - 1;
}
