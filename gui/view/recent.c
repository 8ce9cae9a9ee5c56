/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/recent.h"

void
pyro_recent_add (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  GtkRecentData data = {
    .mime_type = (char *)"application/x-pprof",
    .app_name = (char *)"pyrograph",
    .app_exec = (char *)"pyrograph %u",
  };
  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
compare_visits (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_visited ((GtkRecentInfo *)b),
                              gtk_recent_info_get_visited ((GtkRecentInfo *)a));
}

static void
unref_info (gpointer info)
{
  gtk_recent_info_unref (info);
}

GPtrArray *
pyro_recent_list (guint n_most)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (unref_info);
  GList *infos = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  infos = g_list_sort (infos, compare_visits);
  for (GList *item = infos; item != NULL && list->len < n_most; item = item->next)
    if (gtk_recent_info_has_application (item->data, "pyrograph")
        && gtk_recent_info_exists (item->data))
      g_ptr_array_add (list, gtk_recent_info_ref (item->data));
  g_list_free_full (infos, unref_info);
  return list;
}
