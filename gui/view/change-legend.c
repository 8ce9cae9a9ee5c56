/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/change-legend.h"

#include <adwaita.h>

#include "layout/flame-colour.h"

struct _PyroChangeLegend {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (PyroChangeLegend, pyro_change_legend, GTK_TYPE_WIDGET)

enum { N_STEPS = 9, STEP_WIDTH = 12, HEIGHT = 12 };

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? N_STEPS * STEP_WIDTH : HEIGHT;
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  gboolean is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  PyroFlameTheme theme = is_dark ? PYRO_FLAME_THEME_DARK : PYRO_FLAME_THEME_LIGHT;
  for (int i = 0; i < N_STEPS; i++) {
    double change = (double)i / (N_STEPS - 1) * 2 - 1;
    PyroFlameColour colour = pyro_flame_colour_difference (is_rtl ? -change : change, theme);
    GdkRGBA rgba = { colour.red, colour.green, colour.blue, 1 };
    gtk_snapshot_append_color (snapshot, &rgba,
                               &GRAPHENE_RECT_INIT (i * STEP_WIDTH, 0, STEP_WIDTH, HEIGHT));
  }
}

static void
pyro_change_legend_class_init (PyroChangeLegendClass *class)
{
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->snapshot = snapshot;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pyro_change_legend_init (PyroChangeLegend *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
pyro_change_legend_new (void)
{
  return g_object_new (PYRO_TYPE_CHANGE_LEGEND, NULL);
}
