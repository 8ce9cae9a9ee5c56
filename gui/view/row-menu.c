/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/row-menu.h"

#include <glib/gi18n.h>

static void
append_orders (GMenu *menu)
{
  g_autoptr (GMenu) orders = g_menu_new ();
  g_menu_append (orders, _ ("_Self"), "row.sort-by-self");
  g_menu_append (orders, _ ("_Total"), "row.sort-by-total");
  g_menu_append (orders, _ ("_Name"), "row.sort-by-name");
  g_menu_append_submenu (menu, _ ("S_ort by"), G_MENU_MODEL (orders));
}

GMenuModel *
pyro_row_menu_new (gboolean can_sort)
{
  GMenu *filters = g_menu_new (), *copies = g_menu_new (), *menu = g_menu_new ();
  g_menu_append (filters, _ ("_Focus on This Function"), "row.focus");
  g_menu_append (filters, _ ("_Ignore Stacks with It"), "row.ignore");
  g_menu_append (filters, _ ("_Hide It"), "row.hide");
  g_menu_append (filters, _ ("_Show from Here"), "row.show-from");
  g_menu_append (copies, _ ("Show Ca_llers and Callees"), "row.show-callers");
  g_menu_append (copies, _ ("Show So_urce"), "row.show-source");
  g_menu_append (copies, _ ("_Copy Name"), "row.copy-name");
  if (can_sort)
    append_orders (copies);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (filters));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (copies));
  g_object_unref (filters);
  g_object_unref (copies);
  return G_MENU_MODEL (menu);
}
