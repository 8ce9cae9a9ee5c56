/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "compare-tabs.h"

#include <glib/gi18n.h>

#include "view/compare-page.h"
#include "view/document.h"

static PyroProfile *
get_profile (AdwTabPage *page)
{
  GtkWidget *child = page != NULL ? adw_tab_page_get_child (page) : NULL;
  return PYRO_IS_DOCUMENT (child) ? pyro_document_get_profile (PYRO_DOCUMENT (child)) : NULL;
}

static GListStore *
list_profiles (PyroWindow *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  GListStore *list = g_list_store_new (PYRO_TYPE_PROFILE);
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++) {
    PyroProfile *profile = get_profile (adw_tab_view_get_nth_page (tabs, i));
    if (profile != NULL)
      g_list_store_append (list, profile);
  }
  return list;
}

/* Tabs may have changed while another one was shown. */
static void
offer_profiles (PyroComparePage *page)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));
  if (!PYRO_IS_WINDOW (root))
    return;
  g_autoptr (GListStore) profiles = list_profiles (PYRO_WINDOW (root));
  pyro_compare_page_set_open (page, G_LIST_MODEL (profiles));
}

static PyroComparePage *
add_page (PyroWindow *window)
{
  GtkWidget *page = pyro_compare_page_new ();
  g_autoptr (GListStore) profiles = list_profiles (window);
  pyro_compare_page_set_open (PYRO_COMPARE_PAGE (page), G_LIST_MODEL (profiles));
  g_signal_connect (page, "map", G_CALLBACK (offer_profiles), NULL);
  pyro_window_add_tab (window, page, _ ("Compare"));
  return PYRO_COMPARE_PAGE (page);
}

/* The profile that is shown, or else the last one. */
static PyroProfile *
choose_current (PyroWindow *window, GListModel *profiles)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  PyroProfile *shown = get_profile (adw_tab_view_get_selected_page (tabs));
  guint n = g_list_model_get_n_items (profiles);
  return shown != NULL ? g_object_ref (shown)
         : n > 0       ? g_list_model_get_item (profiles, n - 1)
                       : NULL;
}

/* The nearest one that was opened before it, or else after it. */
static PyroProfile *
choose_base (GListModel *profiles, PyroProfile *current)
{
  guint n = g_list_model_get_n_items (profiles), position = 0;
  if (n < 2 || !g_list_store_find (G_LIST_STORE (profiles), current, &position))
    return NULL;
  return g_list_model_get_item (profiles, position > 0 ? position - 1 : 1);
}

static void
compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *window = PYRO_WINDOW (widget);
  g_autoptr (GListStore) profiles = list_profiles (window);
  g_autoptr (PyroProfile) current = choose_current (window, G_LIST_MODEL (profiles));
  g_autoptr (PyroProfile) base = choose_base (G_LIST_MODEL (profiles), current);
  PyroComparison *comparison = pyro_compare_page_get_comparison (add_page (window));
  pyro_comparison_set_current (comparison, current);
  pyro_comparison_set_base (comparison, base);
}

void
pyro_compare_tabs_install (GtkWidgetClass *window_class)
{
  gtk_widget_class_install_action (window_class, "win.compare", NULL, compare);
}

void
pyro_compare_tabs_update (PyroWindow *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  gboolean has_document = FALSE;
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++)
    has_document |= PYRO_IS_DOCUMENT (adw_tab_page_get_child (adw_tab_view_get_nth_page (tabs, i)));
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.compare", has_document);
}

void
pyro_compare_tabs_open (PyroWindow *window, GFile *base, GFile *current)
{
  pyro_compare_page_load (add_page (window), base, current);
}
