/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

#include "layout/timeline.h"

G_BEGIN_DECLS

/* The rows of a timeline, above an axis of times, and a range that is selected there by the pointer
 * or the keyboard.
 *
 * Signals:
 *   range-changed (gint64 start_ns, gint64 end_ns)  by the user; both 0: none
 *   range-stepped (gint64 start_ns, gint64 end_ns)  likewise, by one of a run of keys
 *   shown-changed (gint64 start_ns, gint64 end_ns)  the user wants to see this part; both 0: all
 *   pointed (string)                                what is under the pointer; NULL: nothing */
#define PYRO_TYPE_TIMELINE_CHART (pyro_timeline_chart_get_type ())
G_DECLARE_FINAL_TYPE (PyroTimelineChart, pyro_timeline_chart, PYRO, TIMELINE_CHART, GtkWidget)

/* Takes the timeline; its profile must live as long as it is shown. `zero_ns` is 0 on the axis. */
void pyro_timeline_chart_set_timeline (PyroTimelineChart *self,
                                       PyroTimeline *timeline,
                                       gint64 zero_ns);
/* Both 0: none. */
void pyro_timeline_chart_set_range (PyroTimelineChart *self, gint64 start_ns, gint64 end_ns);

G_END_DECLS
