/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include <prof/profile.h>

/* Blocks of min_bytes to max_bytes: 0, 1, 2 to 3, 4 to 7, ... */
typedef struct {
  uint64_t min_bytes, max_bytes;
  double objects, bytes; /* magnitudes */
} PyroSizeClass;

/* From the smallest to the greatest class that has blocks; those between may have none. */
typedef struct {
  PyroSizeClass classes[65];
  uint32_t n_classes;
  double objects, bytes; /* of all classes */
  double top;            /* bytes of the greatest one */
} PyroSizeHistogram;

/* The sample types that count the blocks and the bytes of what `value_type` measures; of a profile
 * of more than memory, those of all allocations. -ENOENT: it has none. */
int pyro_size_histogram_find_types (const ProfProfile *profile,
                                    unsigned value_type,
                                    unsigned *ret_objects,
                                    unsigned *ret_bytes);

/* A sample without the label "bytes" counts by the mean of its blocks. */
void pyro_size_histogram_init (PyroSizeHistogram *histogram,
                               const ProfProfile *profile,
                               unsigned objects_type,
                               unsigned bytes_type);
