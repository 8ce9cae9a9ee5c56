/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <elfutils/libdw.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the address ranges of entries through libdw. */
typedef struct {
  Dwarf *dwarf;
  uint64_t lowest_address; /* code below it was dropped by the linker */
  size_t n_left;           /* how many more to read: entries may share lists of any length */
} ProfRangeSource;

/* Returns 0 or negative errno, which ends the reading. */
typedef int (*ProfRangeFunc) (void *user_data, uint64_t low, uint64_t high);

/* Calls `func` for each range of the entry at `offset`. What it returned if that was negative, else
 * 0, also where the ranges cannot be read. */
int prof_range_source_read (ProfRangeSource *source,
                            uint64_t offset,
                            ProfRangeFunc func,
                            void *user_data);
