/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
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

/* Each bucket has what was last read before its end; before the first reading there is nothing. */
static void
fill (const PyroTimeline *timeline, PyroLane *lane, const ProfSessionSeries *series)
{
  double width = ((double)timeline->end_ns - (double)timeline->start_ns) / timeline->n_buckets;
  size_t next = 0;
  double value = 0;
  for (uint32_t i = 0; i < timeline->n_buckets; i++) {
    double end = (double)timeline->start_ns + (i + 1) * width;
    for (; next < series->n && (double)series->times_ns[next] < end; next++)
      value = (double)series->values[next];
    lane->values[i] = value < 0 ? -value : value;
  }
}

int
pyro_timeline_add_counters (PyroTimeline *timeline, const ProfProfile *profile)
{
  ProfSession *session;
  if (prof_profile_get_session (profile, 0, &session, NULL) < 0)
    return 0;
  timeline->session = session;
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    const ProfSessionSeries *series = find_series (session, shown[i]);
    if (series == NULL)
      continue;
    PyroLane *lane = pyro_timeline_add_lane (timeline, PYRO_LANE_COUNTER);
    if (lane == NULL)
      return -ENOMEM;
    lane->name = series->name;
    lane->unit = series->unit;
    fill (timeline, lane, series);
  }
  return 0;
}
