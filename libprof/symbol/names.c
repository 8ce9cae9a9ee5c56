/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/names.h"

#include "base/cleanup.h"
#include "base/hash.h"
#include "symbol/demangle.h"

#define CHUNK_BYTES (64u << 10)

void
prof_names_finish (ProfNames *names)
{
  prof_vec_foreach (chunk, &names->chunks)
    free (*chunk);
  prof_vec_clear (&names->chunks);
  prof_vec_clear (&names->names);
  prof_hash_index_clear (&names->index);
  *names = (ProfNames){ 0 };
}

static bool
has_text (const void *table, uint32_t row, const void *key)
{
  const ProfNames *names = table;
  return strcmp (names->names.items[row].text, key) == 0;
}

/* A string that does not fit begins a new chunk; the rest of the old one is lost. */
static char *
store (ProfNames *names, const char *text, size_t n_bytes)
{
  if (names->n_free < n_bytes) {
    size_t n_chunk = n_bytes > CHUNK_BYTES ? n_bytes : CHUNK_BYTES;
    cleanup (prof_free) char *chunk = malloc (n_chunk);
    if (chunk == NULL || prof_vec_push (&names->chunks, chunk) < 0)
      return NULL;
    steal (&chunk);
    names->chunk_end = names->chunks.items[names->chunks.n - 1] + n_chunk;
    names->n_free = n_chunk;
  }
  char *copy = memcpy (names->chunk_end - names->n_free, text, n_bytes);
  names->n_free -= n_bytes;
  return copy;
}

static struct ProfName *
get (ProfNames *names, const char *text)
{
  size_t n = strlen (text);
  uint64_t hash = prof_hash_bytes (0, text, n);
  uint32_t row = prof_hash_index_find (&names->index, hash, has_text, names, text);
  if (row != PROF_HASH_INDEX_NONE)
    return &names->names.items[row];
  if (names->names.n >= PROF_HASH_INDEX_NONE || prof_vec_reserve (&names->names, 1) < 0)
    return NULL;
  const char *copy = store (names, text, n + 1);
  if (copy == NULL || prof_hash_index_add (&names->index, hash, (uint32_t)names->names.n) < 0)
    return NULL;
  names->names.items[names->names.n] = (struct ProfName){ copy, NULL };
  return &names->names.items[names->names.n++];
}

const char *
prof_names_intern (ProfNames *names, const char *text)
{
  const struct ProfName *name = get (names, text);
  return name != NULL ? name->text : NULL;
}

const char *
prof_names_demangle (ProfNames *names, const char *text)
{
  struct ProfName *name = get (names, text);
  if (name == NULL || name->demangled != NULL)
    return name != NULL ? name->demangled : NULL;
  cleanup (prof_free) char *demangled = NULL;
  if (prof_demangle (name->text, &demangled) < 0)
    return NULL;
  size_t row = (size_t)(name - names->names.items);
  const char *kept = demangled != NULL ? prof_names_intern (names, demangled) : name->text;
  names->names.items[row].demangled = kept;
  return kept;
}
