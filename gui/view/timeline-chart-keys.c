/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/timeline-chart-private.h"

enum { N_STEPS = 50 }; /* of the keyboard, in what is shown */

static gint64
get_step (PyroTimelineChart *self)
{
  return MAX ((self->timeline->end_ns - self->timeline->start_ns) / N_STEPS, 1);
}

static gboolean
has_range (PyroTimelineChart *self)
{
  return self->start_ns != 0 || self->end_ns != 0;
}

static void
step_to (PyroTimelineChart *self, gint64 start_ns, gint64 end_ns)
{
  g_signal_emit_by_name (self, "range-stepped", start_ns, end_ns);
}

/* Keeps the width of the range. */
static void
move_to (PyroTimelineChart *self, gint64 start_ns)
{
  const PyroTimeline *shown = self->timeline;
  gint64 width_ns = has_range (self) ? self->end_ns - self->start_ns : get_step (self);
  gint64 last_ns = MAX (shown->end_ns - width_ns, shown->start_ns);
  start_ns = CLAMP (start_ns, shown->start_ns, last_ns);
  step_to (self, start_ns, MIN (start_ns + width_ns, shown->end_ns));
}

static void
move_by (PyroTimelineChart *self, gint64 steps)
{
  if (self->timeline == NULL)
    return;
  if (has_range (self))
    move_to (self, self->start_ns + steps * get_step (self));
  else
    move_to (self, steps > 0 ? self->timeline->start_ns : self->timeline->end_ns);
}

static void
extend_by (PyroTimelineChart *self, gint64 steps)
{
  if (self->timeline == NULL)
    return;
  if (!has_range (self)) {
    move_by (self, steps);
    return;
  }
  gint64 step_ns = get_step (self), end_ns = self->end_ns + steps * step_ns;
  gint64 first_ns = self->start_ns + MIN (step_ns, self->end_ns - self->start_ns);
  step_to (self, self->start_ns, CLAMP (end_ns, first_ns, MAX (self->timeline->end_ns, first_ns)));
}

static void
previous (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move_by (PYRO_TIMELINE_CHART (widget), -1);
}

static void
next (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move_by (PYRO_TIMELINE_CHART (widget), 1);
}

static void
shrink (GtkWidget *widget, const char *action, GVariant *parameter)
{
  extend_by (PYRO_TIMELINE_CHART (widget), -1);
}

static void
extend (GtkWidget *widget, const char *action, GVariant *parameter)
{
  extend_by (PYRO_TIMELINE_CHART (widget), 1);
}

static void
first (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (widget);
  if (self->timeline != NULL)
    move_to (self, self->timeline->start_ns);
}

static void
last (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (widget);
  if (self->timeline != NULL)
    move_to (self, self->timeline->end_ns);
}

static void
clear (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_timeline_chart_select (PYRO_TIMELINE_CHART (widget), 0, 0);
}

/* Into the range, or else the middle. */
static void
zoom_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (widget);
  if (self->timeline == NULL)
    return;
  gint64 start_ns = self->timeline->start_ns, end_ns = self->timeline->end_ns;
  gint64 quarter_ns = (end_ns - start_ns) / 4;
  gboolean is_smaller = has_range (self) && self->end_ns > start_ns && self->start_ns < end_ns
                        && (self->start_ns > start_ns || self->end_ns < end_ns);
  if (is_smaller)
    g_signal_emit_by_name (self, "shown-changed", self->start_ns, self->end_ns);
  else if (quarter_ns > 0)
    g_signal_emit_by_name (self, "shown-changed", start_ns + quarter_ns, end_ns - quarter_ns);
}

static void
zoom_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit_by_name (widget, "shown-changed", (gint64)0, (gint64)0);
}

void
pyro_timeline_chart_add_keys (GtkWidgetClass *class)
{
  static const struct {
    const char *name;
    GtkWidgetActionActivateFunc activate;
    guint key;
    GdkModifierType modifiers;
  } actions[] = {
    { "timeline.previous", previous, GDK_KEY_Left, 0 },
    { "timeline.next", next, GDK_KEY_Right, 0 },
    { "timeline.shrink", shrink, GDK_KEY_Left, GDK_SHIFT_MASK },
    { "timeline.extend", extend, GDK_KEY_Right, GDK_SHIFT_MASK },
    { "timeline.first", first, GDK_KEY_Home, 0 },
    { "timeline.last", last, GDK_KEY_End, 0 },
    { "timeline.clear", clear, GDK_KEY_Escape, 0 },
    { "timeline.zoom-in", zoom_in, GDK_KEY_plus, 0 },
    { "timeline.zoom-out", zoom_out, GDK_KEY_minus, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_class_install_action (class, actions[i].name, NULL, actions[i].activate);
    gtk_widget_class_add_binding_action (class, actions[i].key, actions[i].modifiers,
                                         actions[i].name, NULL);
  }
}
