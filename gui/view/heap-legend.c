/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/heap-legend.h"

#include <glib/gi18n.h>

#include "model/units.h"
#include "view/heap-stack-chart.h"

enum { SWATCH_PIXELS = 14 };

struct _PyroHeapLegend {
  AdwBin parent_instance;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (PyroHeapLegend, pyro_heap_legend, ADW_TYPE_BIN)

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const PyroFlameColour *colour = data;
  cairo_set_source_rgb (cr, colour->red, colour->green, colour->blue);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

static GtkWidget *
make_swatch (PyroFlameColour colour)
{
  GtkWidget *swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), SWATCH_PIXELS);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), SWATCH_PIXELS);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch,
                                  g_memdup2 (&colour, sizeof colour), g_free);
  return swatch;
}

static GtkWidget *
make_row (const PyroHeapStack *stack, guint band)
{
  g_autofree char *name = pyro_heap_stack_name_band (stack, band);
  g_autofree char *bytes = pyro_format_bytes (pyro_heap_stack_get_value (stack, stack->peak, band));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *title = gtk_label_new (name), *value = gtk_label_new (bytes);
  g_object_set (row, "margin-top", 6, "margin-bottom", 6, "margin-start", 10, "margin-end", 10,
                NULL);
  g_object_set (title, "xalign", 0.0, "hexpand", TRUE, "ellipsize", PANGO_ELLIPSIZE_MIDDLE,
                "tooltip-text", name, NULL);
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (row), make_swatch (pyro_heap_stack_colour_band (stack, band)));
  gtk_box_append (GTK_BOX (row), title);
  gtk_box_append (GTK_BOX (row), value);
  return row;
}

void
pyro_heap_legend_show (PyroHeapLegend *self, const PyroHeapStack *stack)
{
  GtkListBoxRow *row;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint band = 0; stack != NULL && band < stack->n_bands; band++)
    gtk_list_box_append (self->list, make_row (stack, band));
  gtk_widget_set_visible (GTK_WIDGET (self), stack != NULL && stack->n_bands > 0);
}

void
pyro_heap_legend_select (PyroHeapLegend *self, guint band)
{
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int)band));
}

static void
choose (PyroHeapLegend *self, GtkListBoxRow *row)
{
  g_signal_emit_by_name (self, "chosen", (guint)gtk_list_box_row_get_index (row));
}

static void
pyro_heap_legend_class_init (PyroHeapLegendClass *class)
{
  g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
pyro_heap_legend_init (PyroHeapLegend *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("In use at the peak, by function"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (choose), self);
}
