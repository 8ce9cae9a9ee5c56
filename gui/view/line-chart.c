/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/line-chart.h"

enum { N_VALUES = 240, MIN_SPAN = 30, MIN_WIDTH = 60, HEIGHT = 72 };

struct _PyroLineChart {
  GtkWidget parent_instance;
  double values[N_VALUES]; /* a ring */
  guint n_values, first;
  double top;
};

G_DEFINE_FINAL_TYPE (PyroLineChart, pyro_line_chart, GTK_TYPE_WIDGET)

static double
get_value (PyroLineChart *self, guint i)
{
  return self->values[(self->first + i) % N_VALUES];
}

static double
get_top (PyroLineChart *self)
{
  if (self->top > 0)
    return self->top;
  double top = 0;
  for (guint i = 0; i < self->n_values; i++)
    top = MAX (top, get_value (self, i));
  return top > 0 ? top : 1;
}

/* The first ones do not jump from edge to edge. */
static double
get_step (PyroLineChart *self, double width)
{
  return width / (MAX (self->n_values, MIN_SPAN) - 1);
}

/* From the newest, at the right, to the oldest. */
static void
trace_values (PyroLineChart *self, cairo_t *cr, double width, double height)
{
  double step = get_step (self, width), top = get_top (self);
  for (guint i = 0; i < self->n_values; i++) {
    double value = get_value (self, self->n_values - 1 - i);
    cairo_line_to (cr, width - i * step, height - (height - 2) * MIN (value / top, 1) - 1);
  }
}

static void
draw_values (PyroLineChart *self, cairo_t *cr, double width, double height)
{
  trace_values (self, cr, width, height);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke_preserve (cr);
  cairo_line_to (cr, width - get_step (self, width) * (self->n_values - 1), height);
  cairo_line_to (cr, width, height);
  cairo_clip (cr);
  cairo_paint_with_alpha (cr, 0.2);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroLineChart *self = PYRO_LINE_CHART (widget);
  float width = (float)gtk_widget_get_width (widget),
        height = (float)gtk_widget_get_height (widget);
  if (width <= 0 || height <= 0)
    return;
  GdkRGBA colour;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_cairo_set_source_rgba (cr, &colour);
  if (self->n_values > 0)
    draw_values (self, cr, width, height);
  cairo_destroy (cr);
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
  *ret_minimum = *ret_natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
}

void
pyro_line_chart_append (PyroLineChart *self, double value, const char *text)
{
  self->values[(self->first + self->n_values) % N_VALUES] = value;
  if (self->n_values < N_VALUES)
    self->n_values++;
  else
    self->first = (self->first + 1) % N_VALUES;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pyro_line_chart_set_top (PyroLineChart *self, double top)
{
  self->top = top;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pyro_line_chart_class_init (PyroLineChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "linechart");
}

/* Time goes from left to right in every language. */
static void
pyro_line_chart_init (PyroLineChart *self)
{
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}
