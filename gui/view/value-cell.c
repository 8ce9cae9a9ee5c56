/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/value-cell.h"

#include <adwaita.h>
#include <math.h>

#include "layout/flame-colour.h"
#include "model/units.h"

struct _PyroValueCell {
  GtkWidget parent_instance;
  GtkWidget *value, *percent;
  double share;
  gboolean is_change;
};

G_DEFINE_FINAL_TYPE (PyroValueCell, pyro_value_cell, GTK_TYPE_WIDGET)

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  PyroValueCell *self = PYRO_VALUE_CELL (widget);
  int value, percent;
  gtk_widget_measure (self->value, orientation, -1, &value, NULL, NULL, NULL);
  gtk_widget_measure (self->percent, orientation, -1, &percent, NULL, NULL, NULL);
  gboolean is_horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = is_horizontal ? value : MAX (value, percent);
  *natural = is_horizontal ? value + percent : MAX (value, percent);
}

/* The share stands behind the value where both have room. */
static void
allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PyroValueCell *self = PYRO_VALUE_CELL (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int value, percent;
  gtk_widget_measure (self->value, GTK_ORIENTATION_HORIZONTAL, -1, &value, NULL, NULL, NULL);
  gtk_widget_measure (self->percent, GTK_ORIENTATION_HORIZONTAL, -1, &percent, NULL, NULL, NULL);
  gboolean has_both = width >= value + percent;
  gtk_widget_set_child_visible (self->percent, has_both);
  int value_width = MAX (has_both ? width - percent : width, value);
  GtkAllocation place = { is_rtl && has_both ? percent : 0, 0, value_width, height };
  gtk_widget_size_allocate (self->value, &place, -1);
  place = (GtkAllocation){ is_rtl ? 0 : value_width, 0, percent, height };
  if (has_both)
    gtk_widget_size_allocate (self->percent, &place, -1);
}

static gboolean
find_colour (PyroValueCell *self, GdkRGBA *ret)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  if (!self->is_change) {
    gboolean is_found = gtk_style_context_lookup_color (style, "accent_bg_color", ret);
    ret->alpha *= 0.28f;
    return is_found;
  }
  gboolean is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  PyroFlameColour colour
      = pyro_flame_colour_difference (self->share > 0 ? 1 : -1,
                                      is_dark ? PYRO_FLAME_THEME_DARK : PYRO_FLAME_THEME_LIGHT);
  *ret = (GdkRGBA){ colour.red, colour.green, colour.blue, 0.5f };
  return TRUE;
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroValueCell *self = PYRO_VALUE_CELL (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double length = round (width * CLAMP (fabs (self->share), 0, 1));
  GdkRGBA colour = { 0 };
  if (find_colour (self, &colour)) {
    gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
    double x = is_rtl ? width - length : 0;
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
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->size_allocate = allocate;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "valuecell");
}

/* A sign stands before its number in every language. */
static GtkWidget *
add_label (PyroValueCell *self, int width_chars)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0, "width-chars", width_chars,
                                   "single-line-mode", TRUE, NULL);
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
pyro_value_cell_init (PyroValueCell *self)
{
  self->value = add_label (self, 9);
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
  self->is_change = FALSE;
  self->share = whole != 0 ? (double)value / whole : 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pyro_value_cell_set_change (PyroValueCell *self,
                            const char *text,
                            const char *percent,
                            double share)
{
  gtk_label_set_text (GTK_LABEL (self->value), text);
  gtk_label_set_text (GTK_LABEL (self->percent), percent);
  gtk_label_set_width_chars (GTK_LABEL (self->percent), 8);
  self->is_change = TRUE;
  self->share = share;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
