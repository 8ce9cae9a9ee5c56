/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What the reader takes before it gives up with -EFBIG: a few bytes of a hostile dump become many
 * in memory. Counts are of all profiles of a dump together. */
typedef struct {
  uint64_t raw_bytes;
  uint64_t free_raw_bytes, ratio; /* raw to compressed bytes, where raw is more than free */
  size_t table_rows;              /* of one table of a dictionary */
  uint64_t row_bytes;             /* of a dictionary, as often as profiles use them */
  size_t profiles, types_per_profile;
  size_t samples, values, labels, lines, frames, frames_per_stack;
} ProfOtlpLimits;

/* Ten times what a recording of hours gives. */
#define PROF_OTLP_LIMITS_INIT                                                                      \
  {                                                                                                \
    .raw_bytes = UINT64_C (2) << 30, .free_raw_bytes = 64 << 20, .ratio = 200,                     \
    .table_rows = 1 << 25, .row_bytes = UINT64_C (2) << 30, .profiles = 1 << 16,                   \
    .types_per_profile = 64, .samples = 1 << 25, .values = 1 << 27, .labels = 1 << 26,             \
    .lines = 1 << 25, .frames = 1 << 29, .frames_per_stack = 1 << 16                               \
  }
