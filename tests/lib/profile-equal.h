/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "pprof/unknown-fields.h"
#include "profile/profile-tables.h"

/* Compares profiles row by row: what a file keeps. */

#define SAME(field) (a->field == b->field)

static inline bool
samples_equal (const ProfSample *a, const ProfSample *b)
{
  return SAME (n_locations) && SAME (first_label) && SAME (n_labels);
}

static inline bool
labels_equal (const ProfLabel *a, const ProfLabel *b)
{
  return SAME (key) && SAME (string) && SAME (unit) && SAME (number);
}

static inline bool
mappings_equal (const ProfMapping *a, const ProfMapping *b)
{
  return SAME (start) && SAME (limit) && SAME (offset) && SAME (filename) && SAME (build_id)
         && SAME (has_functions) && SAME (has_filenames) && SAME (has_line_numbers)
         && SAME (has_inline_frames);
}

static inline bool
locations_equal (const ProfLocation *a, const ProfLocation *b)
{
  return SAME (address) && SAME (mapping) && SAME (first_line) && SAME (n_lines)
         && SAME (is_folded);
}

static inline bool
lines_equal (const ProfLine *a, const ProfLine *b)
{
  return SAME (function) && SAME (line) && SAME (column);
}

static inline bool
functions_equal (const ProfFunction *a, const ProfFunction *b)
{
  return SAME (name) && SAME (system_name) && SAME (filename) && SAME (start_line);
}

static inline bool
value_types_equal (const ProfValueType *a, const ProfValueType *b)
{
  return SAME (type) && SAME (unit);
}

#undef SAME

#define ROWS_EQUAL(table, equal)                                                                   \
  __extension__({                                                                                  \
    bool are_equal_ = a->table.n == b->table.n;                                                    \
    for (size_t i_ = 0; are_equal_ && i_ < a->table.n; i_++)                                       \
      are_equal_ = equal (&a->table.items[i_], &b->table.items[i_]);                               \
    are_equal_;                                                                                    \
  })

#define BYTES_EQUAL(table)                                                                         \
  (a->table.n == b->table.n                                                                        \
   && (a->table.n == 0                                                                             \
       || memcmp (a->table.items, b->table.items, a->table.n * sizeof *a->table.items) == 0))

/* Profiles may share the entries of equal stacks. */
static inline bool
stacks_equal (const ProfProfile *a, const ProfProfile *b)
{
  for (size_t i = 0; i < a->samples.n; i++) {
    const ProfSample *sample = &a->samples.items[i], *other = &b->samples.items[i];
    if (sample->n_locations > 0
        && memcmp (a->stacks.items + sample->first_location,
                   b->stacks.items + other->first_location, sample->n_locations * sizeof (uint32_t))
               != 0)
      return false;
  }
  return true;
}

/* Their order matters only within a row. */
static inline bool
unknown_fields_equal (const ProfProfile *a, const ProfProfile *b)
{
  ProfUnknownFields left, right;
  bool are_equal = a->unknown_fields.n == b->unknown_fields.n;
  if (prof_unknown_fields_init (&left, a) < 0 || prof_unknown_fields_init (&right, b) < 0)
    return false;
  for (size_t i = 0; are_equal && i < a->unknown_fields.n; i++) {
    const ProfUnknownField *x = &left.fields[i], *y = &right.fields[i];
    are_equal = x->table == y->table && x->row == y->row && x->n_bytes == y->n_bytes
                && memcmp (a->unknown_bytes.items + x->start, b->unknown_bytes.items + y->start,
                           x->n_bytes)
                       == 0;
  }
  prof_unknown_fields_finish (&left);
  prof_unknown_fields_finish (&right);
  return are_equal;
}

static inline bool
headers_equal (const ProfProfile *a, const ProfProfile *b)
{
  return value_types_equal (&a->period_type, &b->period_type) && a->period == b->period
         && a->time_ns == b->time_ns && a->duration_ns == b->duration_ns
         && a->drop_frames == b->drop_frames && a->keep_frames == b->keep_frames
         && a->doc_url == b->doc_url && a->default_sample_type == b->default_sample_type;
}

/* The first part that is not equal, or NULL. */
static inline const char *
find_difference (const ProfProfile *a, const ProfProfile *b)
{
  if (!BYTES_EQUAL (strings.bytes) || !BYTES_EQUAL (strings.starts))
    return "strings";
  if (!ROWS_EQUAL (value_types, value_types_equal))
    return "sample types";
  if (!ROWS_EQUAL (samples, samples_equal) || !stacks_equal (a, b) || !BYTES_EQUAL (values))
    return "samples";
  if (!ROWS_EQUAL (labels, labels_equal))
    return "labels";
  if (!ROWS_EQUAL (locations, locations_equal) || !ROWS_EQUAL (lines, lines_equal))
    return "locations";
  if (!ROWS_EQUAL (functions, functions_equal))
    return "functions";
  if (!ROWS_EQUAL (mappings, mappings_equal))
    return "mappings";
  if (!BYTES_EQUAL (comments) || !headers_equal (a, b))
    return "header";
  if (!BYTES_EQUAL (session_bytes) || a->sessions.n != b->sessions.n)
    return "sessions";
  return unknown_fields_equal (a, b) ? NULL : "unknown fields";
}

#undef ROWS_EQUAL
#undef BYTES_EQUAL
