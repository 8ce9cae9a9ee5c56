/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/host-page.h"

struct _PyroHostPage {
  AdwBin parent_instance;
  GtkLabel *reason;
  GtkWidget *retry_button;
};

G_DEFINE_FINAL_TYPE (PyroHostPage, pyro_host_page, ADW_TYPE_BIN)

enum { RETRY, N_SIGNALS };
static guint signals[N_SIGNALS];

/* One answer at a time. */
static void
retry (PyroHostPage *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[RETRY], 0);
}

void
pyro_host_page_show (PyroHostPage *self, const char *reason)
{
  gtk_label_set_text (self->reason, reason);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
}

/* A label that gets the focus would stand selected. */
static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pyro_host_page_parent_class)->map (widget);
  gtk_widget_grab_focus (PYRO_HOST_PAGE (widget)->retry_button);
}

static void
pyro_host_page_class_init (PyroHostPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  signals[RETRY] = g_signal_new ("retry", PYRO_TYPE_HOST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  widget_class->map = map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/libprof/Pyrograph/host-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroHostPage, reason);
  gtk_widget_class_bind_template_child (widget_class, PyroHostPage, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, retry);
}

static void
pyro_host_page_init (PyroHostPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pyro_host_page_new (void)
{
  return g_object_new (PYRO_TYPE_HOST_PAGE, NULL);
}
