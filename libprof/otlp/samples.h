/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/profile.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* The samples of a pprof profile as OTLP wants them: samples with the same stack, attributes and
 * trace link are one (the identity of a Sample in profiles.proto). */

typedef struct {
  uint8_t trace_id[16], span_id[8];
} ProfOtlpLink;

/* A stretch of an array of numbers. */
typedef struct {
  uint32_t first, n;
} ProfOtlpList;

typedef struct {
  uint32_t stack;      /* row of stacks */
  uint32_t attributes; /* row of attribute_lists */
  uint32_t link;       /* row of links */
} ProfOtlpRow;

/* When a sample was taken. */
typedef struct {
  uint32_t row, sample;
  int64_t time_ns;
} ProfOtlpMoment;

typedef struct {
  const ProfProfile *profile; /* borrowed */
  size_t n_value_types;
  bool has_times;

  PROF_VEC (ProfOtlpRow) rows;
  PROF_VEC (int64_t) values;               /* n_value_types for each row */
  PROF_VEC (ProfOtlpMoment) moments;       /* with has_times: sorted by row, then time */
  PROF_VEC (ProfOtlpList) stacks;          /* of the profile's stack array; row 0 is empty */
  PROF_VEC (ProfLabel) attributes;         /* the labels that differ; row 0 is empty */
  PROF_VEC (ProfOtlpList) attribute_lists; /* of attribute_rows; row 0 is empty */
  PROF_VEC (uint32_t) attribute_rows;
  PROF_VEC (ProfOtlpLink) links; /* row 0 is none */
  ProfHashIndex row_index, stack_index, attribute_index, list_index, link_index;
} ProfOtlpSamples;

/* Labels become attributes, but for "trace_id" and "span_id" (hex) beside it, which become links,
 * and "end_timestamp_ns", which becomes a time. Without times it is left out, and
 * "freed_timestamp_ns" and "exited_timestamp_ns" with it: each would make every sample a row of its
 * own. There are no times either if no sample has one. Of labels with the same key the first
 * counts: keys of attributes are unique. Of more than 128 the first ones. 0 or -ENOMEM; finish in
 * any case. */
int prof_otlp_samples_init (ProfOtlpSamples *samples, const ProfProfile *profile, bool has_times);
void prof_otlp_samples_finish (ProfOtlpSamples *samples);
