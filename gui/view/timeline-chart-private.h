/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "view/timeline-chart.h"

G_BEGIN_DECLS

enum { PYRO_LANE_HEIGHT = 26, PYRO_AXIS_HEIGHT = 20 };

struct _PyroTimelineChart {
  GtkWidget parent_instance;
  PyroTimeline *timeline; /* NULL: none yet */
  gint64 zero_ns;
  gint64 start_ns, end_ns; /* the range; both 0: none */
  gint64 anchor_ns;        /* where a drag began */
  GskRenderNode *rows;     /* drawn at width x height; NULL: not yet */
  int width, height;
};

/* Emits; the range comes back through pyro_timeline_chart_set_range. */
void pyro_timeline_chart_select (PyroTimelineChart *self, gint64 start_ns, gint64 end_ns);

/* Where the names end and the times begin. */
double pyro_timeline_chart_get_left (PyroTimelineChart *self);
gint64 pyro_timeline_chart_get_time (PyroTimelineChart *self, double x);
double pyro_timeline_chart_get_x (PyroTimelineChart *self, gint64 time_ns);

/* What a row is called. Free with g_free. */
char *pyro_timeline_chart_get_name (PyroTimelineChart *self, const PyroLane *lane);
void pyro_timeline_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

void pyro_timeline_chart_add_keys (GtkWidgetClass *class);
void pyro_timeline_chart_add_pointer (PyroTimelineChart *self);

G_END_DECLS
