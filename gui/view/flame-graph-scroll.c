/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <math.h>

#include "view/flame-graph-private.h"

void
pyro_flame_graph_lay_out (PyroFlameGraph *self)
{
  if (self->is_laid_out)
    return;
  self->is_laid_out = TRUE;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  if (self->tree == NULL)
    self->layout.n_rows = self->layout.n_boxes = 0;
  else
    pyro_flame_layout_update (&self->layout, self->tree, &self->range, width);
}

/* At least as high as the widget: a flame stands on its floor. */
static double
get_content_height (PyroFlameGraph *self)
{
  double height = self->layout.n_rows * self->row_height;
  return MAX (height, gtk_widget_get_height (GTK_WIDGET (self)));
}

static double
get_scrolled (PyroFlameGraph *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  return adjustment == NULL ? 0 : floor (gtk_adjustment_get_value (adjustment));
}

double
pyro_flame_graph_get_row_y (PyroFlameGraph *self, guint32 row)
{
  double y = row * self->row_height;
  if (self->is_upward)
    y = get_content_height (self) - y - self->row_height;
  return y - get_scrolled (self);
}

gboolean
pyro_flame_graph_find_row (PyroFlameGraph *self, double y, guint32 *ret_row)
{
  y += get_scrolled (self);
  if (self->is_upward)
    y = get_content_height (self) - y;
  double row = floor (y / self->row_height);
  *ret_row = (guint32)CLAMP (row, 0, self->layout.n_rows);
  return row >= 0 && row < self->layout.n_rows;
}

/* A flame keeps the distance from its floor. */
static void
configure_vertical (PyroFlameGraph *self, GtkAdjustment *adjustment)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self)), upper = get_content_height (self);
  double value = gtk_adjustment_get_value (adjustment);
  if (self->is_upward && gtk_adjustment_get_page_size (adjustment) > 0)
    value += upper - page - gtk_adjustment_get_upper (adjustment)
             + gtk_adjustment_get_page_size (adjustment);
  else if (self->is_upward)
    value = upper - page;
  gtk_adjustment_configure (adjustment, CLAMP (value, 0, MAX (upper - page, 0)), 0, upper,
                            self->row_height, page * 0.9, page);
}

/* In pixels of the whole at the present scale. */
static void
configure_horizontal (PyroFlameGraph *self, GtkAdjustment *adjustment)
{
  double page = gtk_widget_get_width (GTK_WIDGET (self)), upper = page, value = 0;
  if (self->tree != NULL && self->range.weight > 0) {
    upper = page * (pyro_flame_tree_get_node (self->tree, 0)->weight / self->range.weight);
    value = page * (self->range.start / self->range.weight);
  }
  gtk_adjustment_configure (adjustment, value, 0, upper, page * 0.05, page * 0.9, page);
}

void
pyro_flame_graph_configure (PyroFlameGraph *self)
{
  pyro_flame_graph_lay_out (self);
  self->is_configuring = TRUE;
  if (self->adjustments[GTK_ORIENTATION_HORIZONTAL] != NULL)
    configure_horizontal (self, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
  if (self->adjustments[GTK_ORIENTATION_VERTICAL] != NULL)
    configure_vertical (self, self->adjustments[GTK_ORIENTATION_VERTICAL]);
  self->is_configuring = FALSE;
}

static void
scrolled (GtkAdjustment *adjustment, PyroFlameGraph *self)
{
  if (self->is_configuring)
    return;
  if (adjustment == self->adjustments[GTK_ORIENTATION_VERTICAL]) {
    pyro_flame_graph_redraw (self);
    pyro_flame_graph_update_tip (self);
    return;
  }
  double page = gtk_adjustment_get_page_size (adjustment);
  double start = gtk_adjustment_get_value (adjustment) / page * self->range.weight;
  if (page > 0)
    pyro_flame_graph_set_range (self, (PyroFlameRange){ start, self->range.weight });
}

void
pyro_flame_graph_set_adjustment (PyroFlameGraph *self,
                                 GtkOrientation orientation,
                                 GtkAdjustment *adjustment)
{
  GtkAdjustment **place = &self->adjustments[orientation];
  if (*place != NULL)
    g_signal_handlers_disconnect_by_func (*place, scrolled, self);
  g_clear_object (place);
  if (adjustment == NULL)
    return;
  *place = g_object_ref_sink (adjustment);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (scrolled), self);
  pyro_flame_graph_configure (self);
}

void
pyro_flame_graph_show_row (PyroFlameGraph *self, guint32 row)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  if (adjustment == NULL)
    return;
  double top = pyro_flame_graph_get_row_y (self, row) + get_scrolled (self);
  gtk_adjustment_clamp_page (adjustment, top, top + self->row_height);
}
