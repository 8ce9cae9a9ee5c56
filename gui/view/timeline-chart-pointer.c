/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>

#include "model/units.h"
#include "view/timeline-chart-private.h"

enum { CLICK_PIXELS = 4 };

static const PyroLane *
find_lane (PyroTimelineChart *self, double y)
{
  if (self->timeline == NULL || y < 0 || y >= (double)self->timeline->n_lanes * PYRO_LANE_HEIGHT)
    return NULL;
  return &self->timeline->lanes[(guint)(y / PYRO_LANE_HEIGHT)];
}

static void
point (PyroTimelineChart *self, double x, double y)
{
  const PyroLane *lane = find_lane (self, y);
  double left = pyro_timeline_chart_get_left (self);
  if (lane == NULL) {
    g_signal_emit_by_name (self, "pointed", NULL);
    return;
  }
  g_autofree char *name = pyro_timeline_chart_get_name (self, lane);
  if (x < left) {
    g_signal_emit_by_name (self, "pointed", name);
    return;
  }
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - left, 1);
  guint row = (guint)(lane - self->timeline->lanes);
  double value
      = pyro_timeline_get_top (self->timeline, row, (x - left) / width, (x + 1 - left) / width);
  gint64 time_ns = pyro_timeline_chart_get_time (self, x);
  g_autofree char *time = pyro_format_duration ((double)(time_ns - self->zero_ns));
  g_autofree char *amount = pyro_format_value (value, lane->unit);
  /* A time, the name of a thread or a counter, and what it used then. */
  g_autofree char *text = g_strdup_printf (_ ("%s · %s: %s"), time, name, amount);
  g_signal_emit_by_name (self, "pointed", text);
}

static void
leave (PyroTimelineChart *self)
{
  g_signal_emit_by_name (self, "pointed", NULL);
}

/* ---- selecting ---- */

static void
begin_drag (GtkGestureDrag *gesture, double x, double y, PyroTimelineChart *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->timeline == NULL || x < pyro_timeline_chart_get_left (self))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  else
    self->anchor_ns = pyro_timeline_chart_get_time (self, x);
}

/* False: too short for one. */
static gboolean
get_dragged (GtkGestureDrag *gesture, PyroTimelineChart *self, gint64 *ret_start, gint64 *ret_end)
{
  double x, y, offset, offset_y;
  if (self->timeline == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y)
      || !gtk_gesture_drag_get_offset (gesture, &offset, &offset_y) || fabs (offset) < CLICK_PIXELS)
    return FALSE;
  gint64 time_ns = pyro_timeline_chart_get_time (self, x + offset);
  *ret_start = MIN (self->anchor_ns, time_ns);
  *ret_end = MAX (self->anchor_ns, time_ns);
  return *ret_end > *ret_start;
}

static void
drag (GtkGestureDrag *gesture, double offset_x, double offset_y, PyroTimelineChart *self)
{
  gint64 start_ns, end_ns;
  if (get_dragged (gesture, self, &start_ns, &end_ns))
    pyro_timeline_chart_set_range (self, start_ns, end_ns);
}

/* A click takes the range away. */
static void
end_drag (GtkGestureDrag *gesture, double offset_x, double offset_y, PyroTimelineChart *self)
{
  gint64 start_ns, end_ns;
  if (get_dragged (gesture, self, &start_ns, &end_ns))
    pyro_timeline_chart_select (self, start_ns, end_ns);
  else
    pyro_timeline_chart_select (self, 0, 0);
}

void
pyro_timeline_chart_add_pointer (PyroTimelineChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (point), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  GtkGesture *gesture = gtk_gesture_drag_new ();
  g_signal_connect (gesture, "drag-begin", G_CALLBACK (begin_drag), self);
  g_signal_connect (gesture, "drag-update", G_CALLBACK (drag), self);
  g_signal_connect (gesture, "drag-end", G_CALLBACK (end_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}
