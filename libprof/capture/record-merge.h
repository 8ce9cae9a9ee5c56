/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/perf-record.h"
#include "capture/perf-ring.h"

/* Hands out the records of several rings in the order of their times. Only records older than
 * `until_ns` are given: a younger one may still have an elder sibling that is being written on
 * another CPU. Records without a time come when they are first in their ring. The callback's record
 * is good until it returns. Damaged records are counted and skipped. */
typedef void (*ProfRecordFunc) (void *user_data, const ProfRecord *record);

typedef struct {
  uint64_t n_records, n_damaged;
} ProfRecordMergeStats;

/* 0 or -ENOMEM. */
int prof_record_merge (ProfPerfRing *rings,
                       size_t n_rings,
                       const ProfRecordFormat *format,
                       uint64_t until_ns,
                       ProfRecordFunc func,
                       void *user_data,
                       ProfRecordMergeStats *stats);
