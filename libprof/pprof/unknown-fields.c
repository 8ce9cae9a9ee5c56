/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "pprof/unknown-fields.h"

#include <errno.h>
#include <stdlib.h>

static int
compare_numbers (uint64_t a, uint64_t b)
{
  return (a > b) - (a < b);
}

static int
compare (const void *a, const void *b)
{
  const ProfUnknownField *left = a, *right = b;
  int r = compare_numbers (left->table, right->table);
  if (r == 0)
    r = compare_numbers (left->row, right->row);
  return r != 0 ? r : compare_numbers (left->start, right->start);
}

int
prof_unknown_fields_init (ProfUnknownFields *unknown, const ProfProfile *profile)
{
  size_t n = profile->unknown_fields.n;
  *unknown = (ProfUnknownFields){ .profile = profile };
  if (n == 0)
    return 0;
  unknown->fields = malloc (n * sizeof *unknown->fields);
  if (unknown->fields == NULL)
    return -ENOMEM;
  memcpy (unknown->fields, profile->unknown_fields.items, n * sizeof *unknown->fields);
  qsort (unknown->fields, n, sizeof *unknown->fields, compare);
  return 0;
}

void
prof_unknown_fields_finish (ProfUnknownFields *unknown)
{
  free (unknown->fields);
}

/* The first field that does not come before `key`. */
static size_t
find (const ProfUnknownFields *unknown, const ProfUnknownField *key)
{
  size_t first = 0, end = unknown->profile->unknown_fields.n;
  while (first < end) {
    size_t middle = first + (end - first) / 2;
    if (compare (&unknown->fields[middle], key) < 0)
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

void
prof_unknown_fields_put (const ProfUnknownFields *unknown,
                         ProfTableKind table,
                         uint32_t row,
                         ProfWireBuffer *buffer)
{
  if (unknown->fields == NULL)
    return;
  ProfUnknownField key = { .table = table, .row = row };
  for (size_t i = find (unknown, &key); i < unknown->profile->unknown_fields.n; i++) {
    const ProfUnknownField *field = &unknown->fields[i];
    if (field->table != table || field->row != row)
      return;
    prof_wire_put_raw (buffer, unknown->profile->unknown_bytes.items + field->start,
                       field->n_bytes);
  }
}
