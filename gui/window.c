/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "window.h"

#include <glib/gi18n.h>

struct _PyroWindow {
  AdwApplicationWindow parent_instance;
  AdwTabView *tab_view;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (PyroWindow, pyro_window, ADW_TYPE_APPLICATION_WINDOW)

void
pyro_window_open (PyroWindow *self, GFile *file)
{
}

static void
pyro_window_class_init (PyroWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/libprof/Pyrograph/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, tab_view);
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, stack);
}

static void
pyro_window_init (PyroWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PyroWindow *
pyro_window_new (GtkApplication *application)
{
  return g_object_new (PYRO_TYPE_WINDOW, "application", application, NULL);
}
