/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What the reader takes before it gives up with -EFBIG: a few bytes of a hostile file become many
 * in memory. */
typedef struct {
  uint64_t raw_bytes;
  uint64_t free_raw_bytes, ratio; /* raw to compressed bytes, where raw is more than free */
  size_t field_bytes;             /* one sample, one string, one session */
  size_t value_types, samples, frames_per_sample, frames, values, labels;
  size_t locations, lines, functions, mappings, strings, comments, unknown_fields;
} ProfPprofLimits;

/* Ten times what a recording of hours gives. */
#define PROF_PPROF_LIMITS_INIT                                                                     \
  {                                                                                                \
    .raw_bytes = UINT64_C (2) << 30, .free_raw_bytes = 64 << 20, .ratio = 200,                     \
    .field_bytes = 64 << 20, .value_types = 1 << 10, .samples = 1 << 25,                           \
    .frames_per_sample = 1 << 16, .frames = 1 << 29, .values = 1 << 27, .labels = 1 << 26,         \
    .locations = 1 << 24, .lines = 1 << 25, .functions = 1 << 24, .mappings = 1 << 20,             \
    .strings = 1 << 25, .comments = 1 << 20, .unknown_fields = 1 << 22                             \
  }
