/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/page.h"

void
pyro_page_tell (AdwToastOverlay *toasts, const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);
  adw_toast_overlay_add_toast (toasts, adw_toast_new (text));
}

void
pyro_page_set_status (AdwStatusPage *status,
                      const char *icon,
                      const char *title,
                      const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);
  adw_status_page_set_icon_name (status, icon);
  adw_status_page_set_title (status, title);
  adw_status_page_set_description (status, text);
}

void
pyro_page_open_search (GtkSearchBar *bar, GtkSearchEntry *entry)
{
  gtk_search_bar_set_search_mode (bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (entry));
}

gboolean
pyro_page_read_search (GtkSearchEntry *entry, PyroSearch **search)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  g_autoptr (GError) error = NULL;
  *search = *text != '\0' ? pyro_search_new (text, &error) : NULL;
  gtk_widget_set_tooltip_text (GTK_WIDGET (entry), error != NULL ? error->message : NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  return error == NULL;
}
