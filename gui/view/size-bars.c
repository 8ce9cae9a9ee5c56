/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/size-bars.h"

#include <glib/gi18n.h>

#include "model/units.h"

struct _PyroSizeBars {
  AdwBin parent_instance;
  GtkGrid *grid; /* NULL: nothing is shown */
};

G_DEFINE_FINAL_TYPE (PyroSizeBars, pyro_size_bars, ADW_TYPE_BIN)

static char *
name_class (const PyroSizeClass *class)
{
  g_autofree char *min = pyro_format_bytes ((double)class->min_bytes);
  g_autofree char *max = pyro_format_bytes ((double)class->max_bytes);
  return class->min_bytes == class->max_bytes ? g_strdup (min)
                                              : g_strdup_printf (_ ("%s to %s"), min, max);
}

static void
add_text (PyroSizeBars *self, const char *text, int column, int row)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, row == 0 ? "dim-label" : "numeric");
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
}

static void
add_bar (PyroSizeBars *self, double part, const char *name, const char *bytes, int row)
{
  GtkWidget *bar = gtk_level_bar_new ();
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), part);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), NULL);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (bar, "sizes");
  g_autofree char *text = g_strdup_printf ("%s: %s", name, bytes);
  gtk_widget_set_tooltip_text (bar, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_grid_attach (self->grid, bar, 1, row, 1, 1);
}

static void
add_class (PyroSizeBars *self, const PyroSizeClass *class, double top, int row)
{
  g_autofree char *name = name_class (class);
  g_autofree char *bytes = pyro_format_bytes (class->bytes);
  g_autofree char *objects = pyro_format_count (class->objects);
  add_text (self, name, 0, row);
  add_bar (self, top > 0 ? class->bytes / top : 0, name, bytes, row);
  add_text (self, bytes, 2, row);
  add_text (self, objects, 3, row);
}

void
pyro_size_bars_show (PyroSizeBars *self, const PyroSizeHistogram *histogram)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_grid_set_row_spacing (self->grid, 4);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->grid));
  if (histogram == NULL)
    return;
  add_text (self, _ ("Size"), 0, 0);
  add_text (self, _ ("Memory"), 2, 0);
  add_text (self, _ ("Blocks"), 3, 0);
  for (guint i = 0; i < histogram->n_classes; i++)
    add_class (self, &histogram->classes[i], histogram->top, (int)i + 1);
}

static void
pyro_size_bars_class_init (PyroSizeBarsClass *class)
{
}

static void
pyro_size_bars_init (PyroSizeBars *self)
{
}
