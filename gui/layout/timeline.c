/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "timeline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "timeline-lanes.h"

uint32_t
pyro_timeline_find_string (const ProfProfile *profile, const char *string)
{
  size_t n = prof_profile_get_n_strings (profile);
  for (uint32_t i = 1; i < n; i++)
    if (strcmp (prof_profile_get_string (profile, i), string) == 0)
      return i;
  return UINT32_MAX;
}

bool
pyro_timeline_get_extent (const ProfProfile *profile, int64_t *ret_start, int64_t *ret_end)
{
  size_t n_labels;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n_labels);
  uint32_t key = pyro_timeline_find_string (profile, "end_timestamp_ns");
  int64_t first = INT64_MAX, last = INT64_MIN;
  for (size_t i = 0; key != UINT32_MAX && i < n_labels; i++) {
    if (labels[i].key != key || labels[i].number <= 0 || labels[i].number == INT64_MAX)
      continue;
    first = labels[i].number < first ? labels[i].number : first;
    last = labels[i].number > last ? labels[i].number : last;
  }
  if (first > last)
    return false;
  *ret_start = first;
  *ret_end = last + 1;
  int64_t start = prof_profile_get_time_ns (profile), end;
  if (start > 0 && start <= first
      && !__builtin_add_overflow (start, prof_profile_get_duration_ns (profile), &end)
      && end >= first) {
    *ret_start = start;
    *ret_end = end > last ? end : last + 1;
  }
  return true;
}

bool
pyro_timeline_is_heap (const ProfProfile *profile, unsigned value_type)
{
  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n_types);
  if (value_type >= n_types)
    return false;
  const char *type = prof_profile_get_string (profile, types[value_type].type);
  return strncmp (type, "alloc_", 6) == 0 || strncmp (type, "inuse_", 6) == 0;
}

PyroLane *
pyro_timeline_add_lane (PyroTimeline *timeline, PyroLaneKind kind)
{
  PyroLane *lanes = realloc (timeline->lanes, (timeline->n_lanes + 1) * sizeof *lanes);
  if (lanes == NULL)
    return NULL;
  timeline->lanes = lanes;
  double *values = calloc (timeline->n_buckets, sizeof *values);
  if (values == NULL)
    return NULL;
  PyroLane *lane = &lanes[timeline->n_lanes++];
  *lane = (PyroLane){ .kind = kind, .name = "", .unit = "", .values = values };
  return lane;
}

/* Threads have one scale; what else there is has its own. */
static void
find_tops (PyroTimeline *timeline)
{
  double top = 0;
  for (uint32_t i = 0; i < timeline->n_lanes; i++) {
    PyroLane *lane = &timeline->lanes[i];
    for (uint32_t j = 0; j < timeline->n_buckets; j++)
      lane->top = fmax (lane->top, lane->values[j]);
    if (lane->kind <= PYRO_LANE_OTHERS)
      top = fmax (top, lane->top);
  }
  for (uint32_t i = 0; i < timeline->n_lanes; i++)
    if (timeline->lanes[i].kind <= PYRO_LANE_OTHERS)
      timeline->lanes[i].top = top;
}

int
pyro_timeline_new (ProfProfile *profile,
                   unsigned value_type,
                   int64_t start_ns,
                   int64_t end_ns,
                   uint32_t n_buckets,
                   uint32_t max_threads,
                   PyroTimeline **ret)
{
  size_t n_types;
  prof_profile_get_value_types (profile, &n_types);
  if (value_type >= n_types || start_ns <= 0 || end_ns <= start_ns || n_buckets == 0)
    return -EINVAL;
  PyroTimeline *timeline = calloc (1, sizeof *timeline);
  if (timeline == NULL)
    return -ENOMEM;
  timeline->start_ns = start_ns;
  timeline->end_ns = end_ns;
  timeline->n_buckets = n_buckets;
  int r = pyro_timeline_is_heap (profile, value_type)
              ? pyro_timeline_add_heap (timeline, profile)
              : pyro_timeline_add_threads (timeline, profile, value_type, max_threads);
  if (r == 0)
    r = pyro_timeline_add_counters (timeline, profile);
  if (r < 0) {
    pyro_timeline_free (timeline);
    return r;
  }
  find_tops (timeline);
  *ret = timeline;
  return 0;
}

void
pyro_timeline_free (PyroTimeline *timeline)
{
  for (uint32_t i = 0; i < timeline->n_lanes; i++)
    free (timeline->lanes[i].values);
  free (timeline->lanes);
  for (size_t i = 0; i < timeline->n_sessions; i++)
    prof_session_free (timeline->sessions[i]);
  free (timeline->sessions);
  free (timeline);
}

double
pyro_timeline_get_top (const PyroTimeline *timeline, uint32_t lane, double from, double to)
{
  uint32_t n = timeline->n_buckets;
  double first = floor (fmin (fmax (from, 0), 1) * n), last = ceil (fmin (fmax (to, 0), 1) * n);
  uint32_t begin = first >= n ? n - 1 : (uint32_t)first, end = (uint32_t)last;
  double top = timeline->lanes[lane].values[begin];
  for (uint32_t i = begin + 1; i < end; i++)
    top = fmax (top, timeline->lanes[lane].values[i]);
  return top;
}
