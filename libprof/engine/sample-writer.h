/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <prof/profile.h>
#include <prof/trace.h>

#include "engine/profile-symbols.h"
#include "engine/stack-tables.h"

/* Writes samples of a recorder's stacks and threads to a profile that is being made. The maker sets
 * the first group. */
typedef struct {
  const ProfStackTables *tables;
  struct ProfSymbolizer *symbolizer; /* NULL: one for this profile */
  const char *symbol_cache;          /* its directory, or NULL */
  ProfProfile *profile;
  bool has_thread_names, has_thread_ids;
  uint64_t start_monotonic_ns, start_unix_ns; /* the same moment */
  ProfTraceLink default_link;                 /* of samples without a span; may be none */

  uint32_t *locations; /* by frame */
  PROF_VEC (uint32_t) stack;
} ProfSampleWriter;

/* Symbolizes all frames: may take seconds. */
int prof_sample_writer_begin (ProfSampleWriter *writer, ProfProfileMakerStats *ret_stats);
void prof_sample_writer_finish (ProfSampleWriter *writer); /* also if begin has failed */

/* Returns the new sample's number. */
int prof_sample_writer_add (ProfSampleWriter *writer, uint32_t node, const int64_t *values);

/* For the newest sample: labels "thread", "pid" and "tid", as configured; none for
 * PROF_NO_THREAD. */
int prof_sample_writer_add_thread (ProfSampleWriter *writer, uint32_t sample, uint32_t thread);

/* For the newest sample: labels "trace_id" and "span_id" of a span by its number, else of
 * default_link. */
int prof_sample_writer_add_span (ProfSampleWriter *writer, uint32_t sample, uint32_t span);

/* For the newest sample: a label that is a time, given on CLOCK_MONOTONIC, as Unix time. */
int prof_sample_writer_add_time (ProfSampleWriter *writer,
                                 uint32_t sample,
                                 const char *key,
                                 uint64_t time_ns);
