/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>

#include "model/units.h"
#include "view/timeline-chart-private.h"

enum { MAX_NAME_BYTES = 200, MARGIN = 6, TICK_PIXELS = 110 };

char *
pyro_timeline_chart_get_name (PyroTimelineChart *self, const PyroLane *lane)
{
  g_autofree char *head = g_strndup (lane->name, MAX_NAME_BYTES);
  g_autofree char *name = g_utf8_make_valid (head, -1);
  switch (lane->kind) {
  case PYRO_LANE_THREAD:
    if (*name == '\0' && lane->tid == 0)
      return g_strdup (_ ("All threads"));
    return *name != '\0' ? g_strdup_printf ("%s (%" G_GINT64_FORMAT ")", name, lane->tid)
                         : g_strdup_printf (_ ("Thread %d"), (int)lane->tid);
  case PYRO_LANE_OTHERS:
    return g_strdup_printf (ngettext ("%u other thread", "%u other threads", lane->n_threads),
                            lane->n_threads);
  case PYRO_LANE_LIVE:
    return g_strdup (_ ("In use"));
  case PYRO_LANE_ALLOCATED:
    return g_strdup (_ ("Allocated"));
  case PYRO_LANE_COUNTER:
    if (g_str_equal (name, "process.memory.rss"))
      return g_strdup (_ ("Process memory"));
    if (g_str_equal (name, "system.memory.used"))
      return g_strdup (_ ("System memory"));
    break;
  }
  return g_steal_pointer (&name);
}

/* A bar for each column of pixels, or for a level its area. */
static void
draw_lane (PyroTimelineChart *self, cairo_t *cr, guint row, double left, double width)
{
  const PyroLane *lane = &self->timeline->lanes[row];
  double bottom = (row + 1.0) * PYRO_LANE_HEIGHT, room = PYRO_LANE_HEIGHT - 4;
  for (double x = 0; x < width && lane->top > 0; x++) {
    double value = pyro_timeline_get_top (self->timeline, row, x / width, (x + 1) / width);
    double height = ceil (value / lane->top * room);
    if (height > 0)
      cairo_rectangle (cr, left + x, bottom - height, 1, height);
  }
  cairo_fill (cr);
}

/* Memory and counters are told from threads by more than their place. */
static void
choose_colour (GtkWidget *widget, const PyroLane *lane, cairo_t *cr)
{
  GdkRGBA colour;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  const char *name = lane->kind == PYRO_LANE_COUNTER || lane->kind == PYRO_LANE_OTHERS
                         ? "timeline_other"
                         : "timeline_bar";
  if (!gtk_style_context_lookup_color (style, name, &colour))
    gtk_style_context_get_color (style, &colour);
  gdk_cairo_set_source_rgba (cr, &colour);
}

static void
draw_text (PyroTimelineChart *self,
           GtkSnapshot *snapshot,
           const char *text,
           double x,
           double y,
           double width)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA colour;
  int height;
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float)x, (float)(y - floor (height / 2.0))));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

/* 1, 2 or 5 times a power of ten: the smallest that leaves labels room. */
static double
get_tick (double duration_ns, double width)
{
  double wanted = duration_ns * TICK_PIXELS / width, power = pow (10, floor (log10 (wanted)));
  double factor = wanted / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

static void
draw_axis (PyroTimelineChart *self, GtkSnapshot *snapshot, double left, double width)
{
  double first = (double)(self->timeline->start_ns - self->zero_ns);
  double last = (double)(self->timeline->end_ns - self->zero_ns);
  double tick = get_tick (last - first, width);
  double y = self->timeline->n_lanes * (double)PYRO_LANE_HEIGHT;
  GdkRGBA colour;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  colour.alpha *= 0.15f;
  for (double time = ceil (first / tick) * tick; time < last; time += tick) {
    double x = round (left + (time - first) / (last - first) * width);
    gtk_snapshot_append_color (snapshot, &colour,
                               &GRAPHENE_RECT_INIT ((float)x, 0, 1, (float)y + 4));
    g_autofree char *text = pyro_format_duration (time);
    if (x + TICK_PIXELS / 2.0 < left + width)
      draw_text (self, snapshot, text, x + 4, y + PYRO_AXIS_HEIGHT / 2.0, TICK_PIXELS - MARGIN);
  }
}

static GskRenderNode *
draw_rows (PyroTimelineChart *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  double left = pyro_timeline_chart_get_left (self), width = MAX (self->width - left, 1);
  draw_axis (self, snapshot, left, width);
  for (guint i = 0; i < self->timeline->n_lanes; i++) {
    const PyroLane *lane = &self->timeline->lanes[i];
    g_autofree char *name = pyro_timeline_chart_get_name (self, lane);
    draw_text (self, snapshot, name, MARGIN, (i + 0.5) * PYRO_LANE_HEIGHT, left - 2 * MARGIN);
    graphene_rect_t area = GRAPHENE_RECT_INIT ((float)left, (float)i * PYRO_LANE_HEIGHT,
                                               (float)width, PYRO_LANE_HEIGHT);
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &area);
    cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
    choose_colour (GTK_WIDGET (self), lane, cr);
    draw_lane (self, cr, i, left, width);
    cairo_destroy (cr);
  }
  return gtk_snapshot_free_to_node (snapshot);
}

/* What is left out is dimmed, and the range has edges: no colour is needed to see it. */
static void
draw_range (PyroTimelineChart *self, GtkSnapshot *snapshot)
{
  GdkRGBA dim = { 0.5f, 0.5f, 0.5f, 0.3f }, edge;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &edge);
  float left = (float)pyro_timeline_chart_get_left (self);
  float start = floorf ((float)pyro_timeline_chart_get_x (self, self->start_ns));
  float end = ceilf ((float)pyro_timeline_chart_get_x (self, self->end_ns));
  float height = (float)self->timeline->n_lanes * PYRO_LANE_HEIGHT;
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (left, 0, start - left, height));
  gtk_snapshot_append_color (snapshot, &dim,
                             &GRAPHENE_RECT_INIT (end, 0, (float)self->width - end, height));
  gtk_snapshot_append_color (snapshot, &edge, &GRAPHENE_RECT_INIT (start, 0, 2, height));
  gtk_snapshot_append_color (snapshot, &edge, &GRAPHENE_RECT_INIT (end - 2, 0, 2, height));
}

void
pyro_timeline_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroTimelineChart *self = PYRO_TIMELINE_CHART (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (self->timeline == NULL || width <= 0 || height <= 0)
    return;
  if (width != self->width || height != self->height)
    g_clear_pointer (&self->rows, gsk_render_node_unref);
  self->width = width;
  self->height = height;
  if (self->rows == NULL)
    self->rows = draw_rows (self);
  if (self->rows != NULL)
    gtk_snapshot_append_node (snapshot, self->rows);
  if (self->end_ns != 0)
    draw_range (self, snapshot);
}
