/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/row-keys.h"

static GtkTreeListRow *
get_selected_node (GtkSingleSelection *selection)
{
  gpointer item = gtk_single_selection_get_selected_item (selection);
  return GTK_IS_TREE_LIST_ROW (item) ? item : NULL;
}

/* Closes an open row; from a closed one to its caller. */
static void
collapse_or_leave (GtkTreeListRow *row, GtkWidget *view, GtkSingleSelection *selection)
{
  if (gtk_tree_list_row_get_expanded (row)) {
    gtk_tree_list_row_set_expanded (row, FALSE);
    return;
  }
  g_autoptr (GtkTreeListRow) caller = gtk_tree_list_row_get_parent (row);
  if (caller == NULL)
    return;
  guint position = gtk_tree_list_row_get_position (caller);
  gtk_single_selection_set_selected (selection, position);
  gtk_widget_activate_action (view, "list.scroll-to-item", "u", position);
}

/* Lists take Left and Right for themselves: this comes before them. */
static gboolean
take_key (GtkEventControllerKey *controller,
          guint key,
          guint code,
          GdkModifierType modifiers,
          GtkSingleSelection *selection)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GtkTreeListRow *row = get_selected_node (selection);
  gboolean is_rtl = gtk_widget_get_direction (view) == GTK_TEXT_DIR_RTL;
  if (row == NULL || (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == (is_rtl ? GDK_KEY_Left : GDK_KEY_Right))
    gtk_tree_list_row_set_expanded (row, TRUE);
  else if (key == (is_rtl ? GDK_KEY_Right : GDK_KEY_Left))
    collapse_or_leave (row, view, selection);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
pyro_row_keys_add (GtkColumnView *view, GtkSingleSelection *selection)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (take_key), selection, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
}
