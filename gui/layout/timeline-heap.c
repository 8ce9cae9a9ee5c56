/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <prof/heap.h>
#include <stdlib.h>

#include "timeline-lanes.h"

/* What happened at the very start belongs to the first bucket. */
static int
add_lane (PyroTimeline *timeline, PyroLaneKind kind, const ProfHeapPoint *points)
{
  PyroLane *lane = pyro_timeline_add_lane (timeline, kind);
  if (lane == NULL)
    return -ENOMEM;
  lane->unit = "bytes";
  for (uint32_t i = 0; i < timeline->n_buckets; i++) {
    double before = i == 0 ? (double)points[0].allocated_bytes : 0;
    double value = kind == PYRO_LANE_LIVE ? (double)points[i + 1].live_bytes
                                          : (double)points[i + 1].allocated_bytes + before;
    lane->values[i] = value < 0 ? -value : value;
    lane->total += lane->values[i];
  }
  return 0;
}

/* A profile of counts only has no bytes to show over time. */
int
pyro_timeline_add_heap (PyroTimeline *timeline, ProfProfile *profile)
{
  ProfHeap *heap;
  int r = prof_heap_new (profile, &heap, NULL);
  if (r < 0)
    return r == -ENOMEM ? r : 0;
  ProfHeapSummary summary = PROF_HEAP_SUMMARY_INIT;
  ProfHeapPoint *points;
  prof_heap_get_summary (heap, &summary);
  r = prof_heap_get_timeline (heap, timeline->start_ns, timeline->end_ns, timeline->n_buckets + 1,
                              &points);
  prof_heap_free (heap);
  if (r < 0)
    return r == -ENOMEM ? r : 0;
  if (summary.has_frees)
    r = add_lane (timeline, PYRO_LANE_LIVE, points);
  if (r == 0)
    r = add_lane (timeline, PYRO_LANE_ALLOCATED, points);
  free (points);
  return r;
}
