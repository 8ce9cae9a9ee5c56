/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "timeline-lanes.h"

static const char *const shown[] = { "process.memory.rss", "system.memory.used" };

static const ProfSessionSeries *
find_series (const ProfSession *session, const char *name)
{
  for (size_t i = 0; i < session->n_series; i++)
    if (session->series[i].n > 0 && strcmp (session->series[i].name, name) == 0)
      return &session->series[i];
  return NULL;
}

/* Readings hold until the next one, and the last one for as long as a reading does. */
static double
get_end (const ProfSessionSeries *series)
{
  double first = (double)series->times_ns[0], last = (double)series->times_ns[series->n - 1];
  return series->n == 1 ? INFINITY : last + 2 * (last - first) / (double)(series->n - 1);
}

/* Each bucket has what was last read before its end; what other recordings have read stays where
 * this one has nothing. */
static void
fill (const PyroTimeline *timeline, PyroLane *lane, const ProfSessionSeries *series)
{
  double width = ((double)timeline->end_ns - (double)timeline->start_ns) / timeline->n_buckets;
  double series_end = get_end (series);
  size_t next = 0;
  double value = 0;
  for (uint32_t i = 0; i < timeline->n_buckets; i++) {
    double end = (double)timeline->start_ns + (i + 1) * width;
    for (; next < series->n && (double)series->times_ns[next] < end; next++)
      value = (double)series->values[next];
    if (next > 0 && end - width < series_end)
      lane->values[i] = value < 0 ? -value : value;
  }
}

static int
read_sessions (PyroTimeline *timeline, const ProfProfile *profile)
{
  size_t n = prof_profile_get_n_sessions (profile);
  timeline->sessions = calloc (n + 1, sizeof *timeline->sessions);
  if (timeline->sessions == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    if (prof_profile_get_session (profile, i, &timeline->sessions[timeline->n_sessions], NULL) == 0)
      timeline->n_sessions++;
  return 0;
}

/* One row for a counter, whichever recordings have it. */
static int
add_counter (PyroTimeline *timeline, const char *name)
{
  PyroLane *lane = NULL;
  for (size_t i = 0; i < timeline->n_sessions; i++) {
    const ProfSessionSeries *series = find_series (timeline->sessions[i], name);
    if (series == NULL)
      continue;
    if (lane == NULL)
      lane = pyro_timeline_add_lane (timeline, PYRO_LANE_COUNTER);
    if (lane == NULL)
      return -ENOMEM;
    lane->name = series->name;
    lane->unit = series->unit;
    fill (timeline, lane, series);
  }
  return 0;
}

int
pyro_timeline_add_counters (PyroTimeline *timeline, const ProfProfile *profile)
{
  int r = read_sessions (timeline, profile);
  for (size_t i = 0; r == 0 && i < sizeof shown / sizeof *shown; i++)
    r = add_counter (timeline, shown[i]);
  return r;
}
