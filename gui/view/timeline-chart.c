/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>

#include "model/units.h"
#include "view/timeline-chart-private.h"

enum { MIN_WIDTH = 240, MAX_LEFT = 150 };

G_DEFINE_FINAL_TYPE (PyroTimelineChart, pyro_timeline_chart, GTK_TYPE_WIDGET)

double
pyro_timeline_chart_get_left (PyroTimelineChart *self)
{
  return MIN (MAX_LEFT, gtk_widget_get_width (GTK_WIDGET (self)) / 4);
}

static double
get_times_width (PyroTimelineChart *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - pyro_timeline_chart_get_left (self);
  return MAX (width, 1);
}

gint64
pyro_timeline_chart_get_time (PyroTimelineChart *self, double x)
{
  double part = (x - pyro_timeline_chart_get_left (self)) / get_times_width (self);
  gint64 duration_ns = self->timeline->end_ns - self->timeline->start_ns;
  return self->timeline->start_ns + (gint64)(CLAMP (part, 0, 1) * (double)duration_ns);
}

double
pyro_timeline_chart_get_x (PyroTimelineChart *self, gint64 time_ns)
{
  double duration_ns = (double)(self->timeline->end_ns - self->timeline->start_ns);
  double part = (double)(time_ns - self->timeline->start_ns) / duration_ns;
  return pyro_timeline_chart_get_left (self) + CLAMP (part, 0, 1) * get_times_width (self);
}

/* For who does not see it: what the timeline covers, and what of it is selected. */
static void
describe (PyroTimelineChart *self)
{
  if (self->timeline == NULL)
    return;
  g_autofree char *first
      = pyro_format_duration ((double)(self->timeline->start_ns - self->zero_ns));
  g_autofree char *last = pyro_format_duration ((double)(self->timeline->end_ns - self->zero_ns));
  g_autofree char *start = pyro_format_duration ((double)(self->start_ns - self->zero_ns));
  g_autofree char *end = pyro_format_duration ((double)(self->end_ns - self->zero_ns));
  g_autofree char *text
      = self->end_ns == 0
            ? g_strdup_printf (_ ("%s to %s, nothing selected"), first, last)
            : g_strdup_printf (_ ("%s to %s, selected: %s to %s"), first, last, start, end);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

void
pyro_timeline_chart_set_timeline (PyroTimelineChart *self, PyroTimeline *timeline, gint64 zero_ns)
{
  g_clear_pointer (&self->timeline, pyro_timeline_free);
  g_clear_pointer (&self->rows, gsk_render_node_unref);
  self->timeline = timeline;
  self->zero_ns = zero_ns;
  describe (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
pyro_timeline_chart_set_range (PyroTimelineChart *self, gint64 start_ns, gint64 end_ns)
{
  self->start_ns = start_ns;
  self->end_ns = end_ns;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pyro_timeline_chart_select (PyroTimelineChart *self, gint64 start_ns, gint64 end_ns)
{
  g_signal_emit_by_name (self, "range-changed", start_ns, end_ns);
}

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *ret_minimum,
         int *ret_natural,
         int *ret_minimum_baseline,
         int *ret_natural_baseline)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (widget);
  int n_lanes = self->timeline != NULL ? (int)self->timeline->n_lanes : 0;
  int height = PYRO_AXIS_HEIGHT + n_lanes * PYRO_LANE_HEIGHT;
  *ret_minimum = *ret_natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : height;
}

/* Colours and fonts are other ones. */
static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (pyro_timeline_chart_parent_class)->css_changed (widget, change);
  g_clear_pointer (&PYRO_TIMELINE_CHART (widget)->rows, gsk_render_node_unref);
}

static void
finalize (GObject *object)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (object);
  g_clear_pointer (&self->timeline, pyro_timeline_free);
  g_clear_pointer (&self->rows, gsk_render_node_unref);
  G_OBJECT_CLASS (pyro_timeline_chart_parent_class)->finalize (object);
}

static void
add_signals (GType type)
{
  g_signal_new ("range-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_INT64, G_TYPE_INT64);
  g_signal_new ("range-stepped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_INT64, G_TYPE_INT64);
  g_signal_new ("shown-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_INT64, G_TYPE_INT64);
  g_signal_new ("pointed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

static void
pyro_timeline_chart_class_init (PyroTimelineChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->measure = measure;
  widget_class->snapshot = pyro_timeline_chart_snapshot;
  widget_class->css_changed = css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "timeline");
  add_signals (G_TYPE_FROM_CLASS (class));
  pyro_timeline_chart_add_keys (widget_class);
}

/* Time goes from left to right in every language. */
static void
pyro_timeline_chart_init (PyroTimelineChart *self)
{
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Timeline"), -1);
  pyro_timeline_chart_add_pointer (self);
}
