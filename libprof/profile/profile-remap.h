/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "profile/profile-tables.h"

/* Copies rows of one profile into another that is being built, each at its first use; rows that are
 * equal become one. The prof_remap functions return the row in `to` or what the prof_profile_add
 * functions fail with. */
typedef struct {
  const ProfProfile *from;
  ProfProfile *to;
  /* Lets the addresses of one module that is mapped elsewhere (ASLR) be the same. */
  bool unites_modules;

  /* By rows in `from`: rows in `to`, or PROF_REMAP_NONE. */
  uint32_t *strings, *mappings, *functions, *locations, *lines;
  uint32_t *samples, *labels;            /* NULL if `from` has no unknown fields */
  uint32_t n_before[PROF_N_TABLE_KINDS]; /* rows of `to` */
  PROF_VEC (ProfLine) line_scratch;
  PROF_VEC (uint32_t) row_scratch;
} ProfRemap;

#define PROF_REMAP_NONE UINT32_MAX

/* 0 or -ENOMEM. Finish it in both cases. */
int prof_remap_init (ProfRemap *remap, const ProfProfile *from, ProfProfile *to);
void prof_remap_finish (ProfRemap *remap);

int prof_remap_string (ProfRemap *remap, uint32_t string);
/* Replaces strings of `from` by those of `to`; the array ends with NULL. Returns 0. */
int prof_remap_strings (ProfRemap *remap, uint32_t *const *strings);
int prof_remap_mapping (ProfRemap *remap, uint32_t row);
int prof_remap_function (ProfRemap *remap, uint32_t row);
int prof_remap_location (ProfRemap *remap, uint32_t row);
/* The location with only these rows of its lines. */
int prof_remap_location_lines (ProfRemap *remap,
                               uint32_t row,
                               const uint32_t *line_rows,
                               size_t n_lines);

/* Copies the labels of a sample to the newest sample of `to`. Returns 0. */
int prof_remap_labels (ProfRemap *remap, const ProfSample *sample);

/* Says which row of `to` a sample became. */
void prof_remap_set_sample (ProfRemap *remap, uint32_t row, uint32_t to_row);

/* Copies all but the samples and what they name into a profile that has nothing yet. Returns 0. */
int prof_remap_copy_header (ProfRemap *remap);
/* Parts of it: the sample types are added to what `to` has, and comments, equal ones once, and
 * sessions; the description is the period, times and what are single texts, but the name of the
 * default sample type. Return 0. */
int prof_remap_add_value_types (ProfRemap *remap);
int prof_remap_add_comments (ProfRemap *remap);
int prof_remap_add_sessions (ProfRemap *remap);
int prof_remap_copy_description (ProfRemap *remap);
/* Into one of the same sample types: the greater period, the earlier time, the sum of durations,
 * all sessions and comments. Returns 0. */
int prof_remap_merge_header (ProfRemap *remap);

/* Copies the unknown fields of all rows that were copied. A row that was in `to` before gets only
 * those that it has not. Returns 0. */
int prof_remap_unknown_fields (ProfRemap *remap);
