/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/row-index.h"

#include <errno.h>

int
prof_row_index_intern (ProfRowIndex *index,
                       const struct ProfProfile *profile,
                       const ProfRowKind *kind,
                       uint32_t row)
{
  for (uint32_t i = index->n_indexed; i <= row; i++) {
    uint64_t hash = kind->hash (profile, i);
    uint32_t found = prof_hash_index_find (&index->index, hash, kind->equal, profile, &i);
    if (i == row && found != PROF_HASH_INDEX_NONE)
      return (int)found;
    if (found == PROF_HASH_INDEX_NONE && prof_hash_index_add (&index->index, hash, i) < 0)
      return -ENOMEM;
    index->n_indexed = i + 1;
  }
  return (int)row;
}

void
prof_row_index_clear (ProfRowIndex *index)
{
  prof_hash_index_clear (&index->index);
  index->n_indexed = 0;
}
