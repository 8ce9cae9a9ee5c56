/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "base/hash-index.h"

struct ProfProfile;

/* Finds equal rows of one table of a profile. Rows before n_indexed are in it. */
typedef struct {
  ProfHashIndex index;
  uint32_t n_indexed;
} ProfRowIndex;

/* How rows of a table are told apart. The key of `equal` is a pointer to a row number. */
typedef struct {
  uint64_t (*hash) (const struct ProfProfile *profile, uint32_t row);
  ProfHashEqual equal;
} ProfRowKind;

/* The first row equal to `row`, which is the last of its table, or `row` itself: then it is
 * indexed, else n_indexed leaves it out. Also indexes rows that were appended before it. -ENOMEM.
 */
int prof_row_index_intern (ProfRowIndex *index,
                           const struct ProfProfile *profile,
                           const ProfRowKind *kind,
                           uint32_t row);

/* Frees it and leaves an index of nothing. */
void prof_row_index_clear (ProfRowIndex *index);
