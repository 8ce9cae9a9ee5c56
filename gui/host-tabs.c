/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "host-tabs.h"

#include <glib/gi18n.h>

#include "model/host-command.h"
#include "model/host-prof.h"
#include "view/host-page.h"

typedef struct {
  PyroWindow *window;
  PyroHostAct act;
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->window);
  g_free (request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* NULL: there is none. */
static AdwTabPage *
find_tab (PyroWindow *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++) {
    AdwTabPage *tab = adw_tab_view_get_nth_page (tabs, i);
    if (PYRO_IS_HOST_PAGE (adw_tab_page_get_child (tab)))
      return tab;
  }
  return NULL;
}

static void
close_tab (PyroWindow *window)
{
  AdwTabPage *tab = find_tab (window);
  if (tab != NULL)
    adw_tab_view_close_page (pyro_window_get_tab_view (window), tab);
}

/* The tab may have been dragged to another window. */
static void
retry (GtkWidget *page, PyroHostAct act)
{
  GtkRoot *root = gtk_widget_get_root (page);
  if (PYRO_IS_WINDOW (root))
    pyro_host_tabs_run (PYRO_WINDOW (root), act);
}

static void
show_reason (PyroWindow *window, PyroHostAct act, const char *reason)
{
  if (find_tab (window) == NULL) {
    GtkWidget *page = pyro_host_page_new ();
    g_signal_connect (page, "retry", G_CALLBACK (retry), act);
    pyro_window_add_tab (window, page, _ ("New Recording"));
  }
  AdwTabPage *tab = find_tab (window);
  adw_tab_view_set_selected_page (pyro_window_get_tab_view (window), tab);
  pyro_host_page_show (PYRO_HOST_PAGE (adw_tab_page_get_child (tab)), reason);
}

static void
take_check (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_there = pyro_host_prof_check_finish (result, &error);
  if (!gtk_widget_get_realized (GTK_WIDGET (request->window)))
    return; /* it was closed */
  if (!is_there) {
    show_reason (request->window, request->act, error->message);
    return;
  }
  close_tab (request->window);
  request->act (request->window);
}

void
pyro_host_tabs_run (PyroWindow *window, PyroHostAct act)
{
  if (!pyro_host_command_is_needed ()) {
    act (window);
    return;
  }
  Request *request = g_new (Request, 1);
  *request = (Request){ .window = g_object_ref (window), .act = act };
  pyro_host_prof_check_async (NULL, take_check, request);
}
