/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "timeline.h"

/* The row of a string in a profile's table; UINT32_MAX: it is not there. */
uint32_t pyro_timeline_find_string (const ProfProfile *profile, const char *string);

/* Another row, with values of 0; NULL: no memory. */
PyroLane *pyro_timeline_add_lane (PyroTimeline *timeline, PyroLaneKind kind);

/* Each adds its rows; 0, -ENOMEM. */
int pyro_timeline_add_threads (PyroTimeline *timeline,
                               const ProfProfile *profile,
                               unsigned value_type,
                               uint32_t max_threads);
int pyro_timeline_add_heap (PyroTimeline *timeline, ProfProfile *profile);
int pyro_timeline_add_counters (PyroTimeline *timeline, const ProfProfile *profile);
