/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/profile.h>
#include <prof/session.h>

/* What a row of a timeline shows. */
typedef enum {
  PYRO_LANE_THREAD,    /* the samples of a thread */
  PYRO_LANE_OTHERS,    /* those of the threads that have no row of their own */
  PYRO_LANE_LIVE,      /* bytes in use */
  PYRO_LANE_ALLOCATED, /* bytes allocated */
  PYRO_LANE_COUNTER,   /* a counter of the recording */
} PyroLaneKind;

typedef struct {
  PyroLaneKind kind;
  const char *name; /* of the thread or the counter; borrowed from the profile or "" */
  const char *unit; /* borrowed likewise */
  int64_t tid;
  uint32_t n_threads; /* PYRO_LANE_OTHERS */
  double total;       /* magnitude; what threads are sorted by */
  double top;         /* of the values of all rows of this kind */
  double *values;     /* a magnitude for each bucket */
} PyroLane;

/* A profile over time: rows of equal buckets. Threads come first, the busiest one first; then the
 * heap, then counters. Immutable once made. */
typedef struct {
  int64_t start_ns, end_ns; /* since the Unix epoch; the end exclusive */
  uint32_t n_buckets;
  PyroLane *lanes;
  uint32_t n_lanes;
  ProfSession **sessions; /* what the rows of counters point to */
  size_t n_sessions;
} PyroTimeline;

/* When the samples of a profile were taken: from *ret_start to before *ret_end. False: it has no
 * times. */
bool pyro_timeline_get_extent (const ProfProfile *profile, int64_t *ret_start, int64_t *ret_end);

/* Of the samples that have a value of that sample type, from start_ns to before end_ns. Threads
 * past max_threads share a row. 0, -EINVAL (no such sample type, no time, no bucket), -ENOMEM. Free
 * *ret with pyro_timeline_free. The profile must outlive it. */
int pyro_timeline_new (ProfProfile *profile,
                       unsigned value_type,
                       int64_t start_ns,
                       int64_t end_ns,
                       uint32_t n_buckets,
                       uint32_t max_threads,
                       PyroTimeline **ret);
void pyro_timeline_free (PyroTimeline *timeline);

/* Whether the sample type counts memory, so that rows of a heap are shown. */
bool pyro_timeline_is_heap (const ProfProfile *profile, unsigned value_type);

/* The greatest value of a row between two parts of the width, 0 to 1. */
double pyro_timeline_get_top (const PyroTimeline *timeline, uint32_t lane, double from, double to);
