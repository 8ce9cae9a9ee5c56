/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <prof/profile.h>
#include <prof/trace.h>

#include "engine/profile-symbols.h"
#include "engine/stack-tables.h"

/* The labels that are times. */
typedef enum {
  PROF_TIME_END,
  PROF_TIME_FREED,
  PROF_TIME_EXITED,
  PROF_N_TIMES,
} ProfTimeLabel;

/* Writes samples of a recorder's stacks and threads to a profile that is being made. The maker sets
 * the first group. */
typedef struct {
  const ProfStackTables *tables;
  struct ProfSymbolizer *symbolizer; /* NULL: one for this profile */
  const char *symbol_cache;          /* its directory, or NULL */
  int kallsyms_fd;                   /* as of ProfSymbolizerConfig */
  ProfProfile *profile;
  bool has_thread_names, has_thread_ids;
  uint64_t start_monotonic_ns, start_unix_ns; /* the same moment */
  ProfTraceLink default_link;                 /* of samples without a span; may be none */

  uint32_t *locations;    /* by frame */
  uint32_t *thread_names; /* by thread: strings, as are these; 0: not asked for yet */
  uint32_t thread_key, pid_key, tid_key, time_keys[PROF_N_TIMES], time_unit;
  PROF_VEC (uint32_t) stack;
} ProfSampleWriter;

/* Symbolizes all frames: may take seconds. Makes room for n_samples with n_labels each. */
int prof_sample_writer_begin (ProfSampleWriter *writer,
                              size_t n_samples,
                              size_t n_labels,
                              ProfProfileMakerStats *ret_stats);
void prof_sample_writer_finish (ProfSampleWriter *writer); /* also if begin has failed */

/* Adds a sample; the labels that are added next are its. */
int prof_sample_writer_add (ProfSampleWriter *writer, uint32_t node, const int64_t *values);

/* Labels "thread", "pid" and "tid", as configured; none for PROF_NO_THREAD. */
int prof_sample_writer_add_thread (ProfSampleWriter *writer, uint32_t thread);

/* Labels "trace_id" and "span_id" of a span by its number, else of default_link. */
int prof_sample_writer_add_span (ProfSampleWriter *writer, uint32_t span);

/* A label that is a time, given on CLOCK_MONOTONIC, as Unix time. */
int prof_sample_writer_add_time (ProfSampleWriter *writer, ProfTimeLabel label, uint64_t time_ns);
