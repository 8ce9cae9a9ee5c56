/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/value-cell.h"

#include <math.h>

#include "model/units.h"

struct _PyroValueCell {
  GtkWidget parent_instance;
  GtkWidget *value, *percent;
  double share;
};

G_DEFINE_FINAL_TYPE (PyroValueCell, pyro_value_cell, GTK_TYPE_WIDGET)

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroValueCell *self = PYRO_VALUE_CELL (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double length = round (width * CLAMP (fabs (self->share), 0, 1));
  GdkRGBA colour;
  if (gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_bg_color",
                                      &colour)) {
    gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
    double x = is_rtl ? width - length : 0;
    colour.alpha *= 0.28f;
    gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (x, 3, length, height - 6));
  }
  GTK_WIDGET_CLASS (pyro_value_cell_parent_class)->snapshot (widget, snapshot);
}

static void
dispose (GObject *object)
{
  PyroValueCell *self = PYRO_VALUE_CELL (object);
  g_clear_pointer (&self->value, gtk_widget_unparent);
  g_clear_pointer (&self->percent, gtk_widget_unparent);
  G_OBJECT_CLASS (pyro_value_cell_parent_class)->dispose (object);
}

static void
pyro_value_cell_class_init (PyroValueCellClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->snapshot = snapshot;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "valuecell");
}

static GtkWidget *
add_label (PyroValueCell *self, int width_chars)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0, "width-chars", width_chars,
                                   "single-line-mode", TRUE, NULL);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
pyro_value_cell_init (PyroValueCell *self)
{
  self->value = add_label (self, 9);
  gtk_widget_set_hexpand (self->value, TRUE);
  self->percent = add_label (self, 7);
  gtk_widget_add_css_class (self->percent, "dim-label");
}

GtkWidget *
pyro_value_cell_new (void)
{
  return g_object_new (PYRO_TYPE_VALUE_CELL, NULL);
}

void
pyro_value_cell_set (PyroValueCell *self, gint64 value, gint64 whole, const char *unit)
{
  g_autofree char *text = value != 0 ? pyro_format_value (value, unit) : NULL;
  g_autofree char *percent = value != 0 ? pyro_format_percent (value, whole) : NULL;
  gtk_label_set_text (GTK_LABEL (self->value), text ? text : "");
  gtk_label_set_text (GTK_LABEL (self->percent), percent ? percent : "");
  self->share = whole != 0 ? (double)value / whole : 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
