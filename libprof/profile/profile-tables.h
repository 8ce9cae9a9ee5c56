/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "base/cleanup.h"
#include "base/string-table.h"
#include "base/vec.h"
#include "profile/row-index.h"

/* The tables behind ProfProfile, for the builder, the pprof reader and writer, merge, diff and
 * filter. The reader appends rows as they come (it may not merge equal rows: reading is lossless);
 * the add functions intern, and index appended rows at their first use. */

/* Messages of the format that can carry unknown fields. */
typedef enum {
  PROF_TABLE_PROFILE,
  PROF_TABLE_VALUE_TYPE, /* row n_value_types: the period type */
  PROF_TABLE_SAMPLE,
  PROF_TABLE_LABEL,
  PROF_TABLE_MAPPING,
  PROF_TABLE_LOCATION,
  PROF_TABLE_LINE,
  PROF_TABLE_FUNCTION,
  PROF_N_TABLE_KINDS,
} ProfTableKind;

/* Encoded fields (tag and value) that the reader did not know, kept for the writer. */
typedef struct {
  ProfTableKind table;
  uint32_t row;
  size_t start, n_bytes; /* in unknown_bytes */
} ProfUnknownField;

typedef struct {
  size_t start, n_bytes;
} ProfBytesRange;

struct ProfProfile {
  unsigned n_refs;     /* atomic */
  ProfProfile *shared; /* the one whose tables it borrows; NULL: all are its own */
  ProfStringTable strings;
  PROF_VEC (ProfValueType) value_types;
  PROF_VEC (ProfSample) samples;
  PROF_VEC (uint32_t) stacks;
  PROF_VEC (int64_t) values;
  PROF_VEC (ProfLabel) labels;
  PROF_VEC (ProfLocation) locations; /* row 0 is the empty row, likewise below */
  PROF_VEC (ProfLine) lines;         /* no empty row */
  PROF_VEC (ProfFunction) functions;
  PROF_VEC (ProfMapping) mappings;
  PROF_VEC (uint32_t) comments;
  PROF_VEC (ProfUnknownField) unknown_fields;
  PROF_VEC (uint8_t) unknown_bytes;
  PROF_VEC (ProfBytesRange) sessions; /* of session_bytes: field 1000, encoded */
  PROF_VEC (uint8_t) session_bytes;
  ProfValueType period_type;
  int64_t period, time_ns, duration_ns;
  uint32_t drop_frames, keep_frames, doc_url, default_sample_type; /* strings */

  /* For the add functions only. Rows 0 are not indexed: "none" equals no row. */
  ProfRowIndex mapping_index, function_index, location_index;
  ProfRowIndex stack_index; /* of samples, by their stacks */

  /* For merging only. */
  ProfRowIndex module_index, sample_index, comment_index, unknown_field_index;
};

PROF_DEFINE_CLEANUP (ProfProfile *, prof_profile_unref)

/* Appends an encoded ProfSession. 0, -ENOMEM. */
int prof_profile_append_session_bytes (ProfProfile *profile, const void *bytes, size_t n_bytes);

/* The first mapping of the same module, wherever it is mapped, or a new row; or as
 * prof_profile_add_mapping. */
int prof_profile_add_module (ProfProfile *profile, const ProfMapping *mapping);

/* Makes room for further samples with n_labels each. 0, -ENOMEM. */
int prof_profile_reserve_samples (ProfProfile *profile, size_t n_samples, size_t n_labels);

/* Adds a label to the newest sample, which there must be. 0, -ENOMEM, -EOVERFLOW. */
int prof_profile_append_label (ProfProfile *profile, const ProfLabel *label);
