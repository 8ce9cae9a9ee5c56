/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/heap-stack-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "model/units.h"

enum { MIN_WIDTH = 200, HEIGHT = 240, AXIS_HEIGHT = 22, MAX_NAME_BYTES = 300 };

struct _PyroHeapStackChart {
  GtkWidget parent_instance;
  PyroHeapStack *stack;
  gint64 zero_ns;
  guint highlight;
};

G_DEFINE_FINAL_TYPE (PyroHeapStackChart, pyro_heap_stack_chart, GTK_TYPE_WIDGET)

static PyroFlameTheme
get_theme (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ()) ? PYRO_FLAME_THEME_DARK
                                                                       : PYRO_FLAME_THEME_LIGHT;
}

char *
pyro_heap_stack_name_band (const PyroHeapStack *stack, guint band)
{
  if (stack->has_others && band == stack->n_bands - 1)
    return g_strdup (_ ("All others"));
  g_autofree char *head = g_strndup (stack->sites[band].name, MAX_NAME_BYTES);
  return *head != '\0' ? g_utf8_make_valid (head, -1) : g_strdup (_ ("Unknown"));
}

/* Neighbours differ: the palette of modules by rank, lighter each time round. */
PyroFlameColour
pyro_heap_stack_colour_band (const PyroHeapStack *stack, guint band)
{
  if (stack->has_others && band == stack->n_bands - 1)
    return pyro_flame_colour_neutral (get_theme ());
  return pyro_flame_colour_module (&(PyroFlameFunction){ .module_hash = band }, get_theme ());
}

/* ---- drawing ---- */

static double
get_y (PyroHeapStackChart *self, guint point, guint band, double height)
{
  double edge = self->stack->edges[(gsize)point * self->stack->n_bands + band];
  return height - edge / self->stack->top * (height - 2);
}

static void
trace_band (PyroHeapStackChart *self, cairo_t *cr, guint band, double width, double height)
{
  guint n = self->stack->n_points;
  double step = width / (n - 1);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, i * step, get_y (self, i, band, height));
  for (guint i = n; i-- > 0;)
    cairo_line_to (cr, i * step, band == 0 ? height : get_y (self, i, band - 1, height));
  cairo_close_path (cr);
}

/* Stroked as well: what lasts for less than a pixel is still to be seen. */
static void
draw_bands (PyroHeapStackChart *self, cairo_t *cr, double width, double height)
{
  cairo_set_line_width (cr, 1);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  for (guint band = 0; band < self->stack->n_bands; band++) {
    PyroFlameColour colour = pyro_heap_stack_colour_band (self->stack, band);
    if (self->highlight != G_MAXUINT && self->highlight != band)
      colour = pyro_flame_colour_fade (colour, get_theme ());
    trace_band (self, cr, band, width, height);
    cairo_set_source_rgb (cr, colour.red, colour.green, colour.blue);
    cairo_fill_preserve (cr);
    cairo_stroke (cr);
  }
}

/* `part`: of the text's width that lies left of x. */
static void
draw_text (PyroHeapStackChart *self,
           GtkSnapshot *snapshot,
           const char *text,
           double x,
           double y,
           double part)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA colour;
  int width;
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float)floor (x - width * part), (float)y));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

/* Half and all of the greatest amount, and the time at both ends. */
static void
draw_axes (PyroHeapStackChart *self, GtkSnapshot *snapshot, double width, double height)
{
  GdkRGBA colour;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  colour.alpha *= 0.3f;
  for (int i = 0; i < 2; i++) {
    g_autofree char *bytes = pyro_format_bytes (self->stack->top * (2 - i) / 2);
    double y = floor (i * height / 2);
    gtk_snapshot_append_color (snapshot, &colour,
                               &GRAPHENE_RECT_INIT (0, (float)y, (float)width, 1));
    draw_text (self, snapshot, bytes, 4, y + 1, 0);
  }
  g_autofree char *start
      = pyro_format_duration ((double)self->stack->start_ns - (double)self->zero_ns);
  g_autofree char *end = pyro_format_duration ((double)self->stack->end_ns - (double)self->zero_ns);
  draw_text (self, snapshot, start, 0, height + 2, 0);
  draw_text (self, snapshot, end, width, height + 2, 1);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroHeapStackChart *self = PYRO_HEAP_STACK_CHART (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget) - AXIS_HEIGHT;
  if (self->stack == NULL || self->stack->top <= 0 || width <= 0 || height <= 0)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot,
                                           &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  draw_bands (self, cr, width, height);
  cairo_destroy (cr);
  draw_axes (self, snapshot, width, height);
}

/* ---- the pointer ---- */

static guint
find_band (PyroHeapStackChart *self, double x, double y, guint *ret_point)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - AXIS_HEIGHT;
  if (self->stack == NULL || width <= 0 || height <= 2 || y >= height)
    return G_MAXUINT;
  *ret_point = pyro_heap_stack_find_point (self->stack, x / width);
  return pyro_heap_stack_find_band (self->stack, *ret_point,
                                    (height - y) / (height - 2) * self->stack->top);
}

static void
point (PyroHeapStackChart *self, double x, double y)
{
  guint at;
  guint band = find_band (self, x, y, &at);
  if (band == G_MAXUINT) {
    g_signal_emit_by_name (self, "pointed", NULL);
    return;
  }
  double part = (double)at / (self->stack->n_points - 1);
  double passed_ns = part * ((double)self->stack->end_ns - (double)self->stack->start_ns);
  g_autofree char *time
      = pyro_format_duration ((double)self->stack->start_ns - (double)self->zero_ns + passed_ns);
  g_autofree char *name = pyro_heap_stack_name_band (self->stack, band);
  g_autofree char *bytes = pyro_format_bytes (pyro_heap_stack_get_value (self->stack, at, band));
  /* A time, the name of a function, and what it had in use then. */
  g_autofree char *text = g_strdup_printf (_ ("%s · %s: %s"), time, name, bytes);
  g_signal_emit_by_name (self, "pointed", text);
}

static void
leave (PyroHeapStackChart *self)
{
  g_signal_emit_by_name (self, "pointed", NULL);
}

static void
choose (PyroHeapStackChart *self, int n_presses, double x, double y)
{
  guint at;
  guint band = find_band (self, x, y, &at);
  if (band != G_MAXUINT)
    g_signal_emit_by_name (self, "chosen", band);
}

/* ---- */

void
pyro_heap_stack_chart_set_stack (PyroHeapStackChart *self, PyroHeapStack *stack, gint64 zero_ns)
{
  g_clear_pointer (&self->stack, pyro_heap_stack_free);
  self->stack = stack;
  self->zero_ns = zero_ns;
  self->highlight = G_MAXUINT;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (stack == NULL)
    return;
  g_autofree char *top = pyro_format_bytes (stack->top);
  g_autofree char *text
      = g_strdup_printf (_ ("Up to %s in use. The list below has the same by function."), top);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

const PyroHeapStack *
pyro_heap_stack_chart_get_stack (PyroHeapStackChart *self)
{
  return self->stack;
}

void
pyro_heap_stack_chart_set_highlight (PyroHeapStackChart *self, guint band)
{
  self->highlight = band;
  gtk_widget_queue_draw (GTK_WIDGET (self));
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

static void
finalize (GObject *object)
{
  g_clear_pointer (&PYRO_HEAP_STACK_CHART (object)->stack, pyro_heap_stack_free);
  G_OBJECT_CLASS (pyro_heap_stack_chart_parent_class)->finalize (object);
}

static void
pyro_heap_stack_chart_class_init (PyroHeapStackChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_UINT);
  g_signal_new ("pointed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

/* Time goes from left to right in every language. */
static void
pyro_heap_stack_chart_init (PyroHeapStackChart *self)
{
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  self->highlight = G_MAXUINT;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Memory in use by function over time"), -1);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (point), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "released", G_CALLBACK (choose), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
