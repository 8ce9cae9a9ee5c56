/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/row-column.h"

#include <glib/gi18n.h>

#include "view/value-cell.h"

static G_DEFINE_QUARK (pyro - list - item, list_item);

PyroRow *
pyro_row_column_get_row (gpointer item)
{
  if (!GTK_IS_TREE_LIST_ROW (item))
    return item;
  /* Its list keeps the row alive. */
  g_autoptr (GObject) row = gtk_tree_list_row_get_item (item);
  return PYRO_ROW (row);
}

guint
pyro_row_column_find_position (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget)) {
    GtkListItem *item = g_object_get_qdata (G_OBJECT (widget), list_item_quark ());
    if (item != NULL)
      return gtk_list_item_get_position (item);
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
set_cell (GtkListItem *item, GtkWidget *cell)
{
  g_object_set_qdata (G_OBJECT (cell), list_item_quark (), item);
  gtk_list_item_set_child (item, cell);
}

static PyroRow *
get_row (GtkListItem *item)
{
  return pyro_row_column_get_row (gtk_list_item_get_item (item));
}

/* ---- text ---- */

static GtkWidget *
new_label (void)
{
  return g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END,
                       "single-line-mode", TRUE, NULL);
}

static void
set_up_label (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  set_cell (item, new_label ());
}

static void
set_up_expander (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), new_label ());
  set_cell (item, expander);
}

static gboolean
show_description (
    GtkWidget *label, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer row)
{
  g_autofree char *text = pyro_row_describe (row);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
bind_name_to (GtkWidget *label, PyroRow *row)
{
  gtk_label_set_text (GTK_LABEL (label), pyro_row_get_name (row));
  gtk_widget_set_has_tooltip (label, TRUE);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (show_description), row);
}

static void
bind_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  bind_name_to (gtk_list_item_get_child (item), get_row (item));
}

static void
bind_expander (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  gtk_tree_expander_set_list_row (expander, gtk_list_item_get_item (item));
  bind_name_to (gtk_tree_expander_get_child (expander), get_row (item));
}

static void
unbind_name_from (GtkWidget *label)
{
  g_signal_handlers_disconnect_matched (label, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, show_description,
                                        NULL);
}

static void
unbind_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  unbind_name_from (gtk_list_item_get_child (item));
}

static void
unbind_expander (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  unbind_name_from (gtk_tree_expander_get_child (expander));
  gtk_tree_expander_set_list_row (expander, NULL);
}

static void
bind_module (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      pyro_row_get_module (get_row (item)));
}

/* ---- values ---- */

static void
set_up_value (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  set_cell (item, pyro_value_cell_new ());
}

static void
bind_value (GtkListItem *item, gint64 value)
{
  PyroReport *report = pyro_row_get_report (get_row (item));
  pyro_value_cell_set (PYRO_VALUE_CELL (gtk_list_item_get_child (item)), value,
                       pyro_report_get_total (report), pyro_report_get_unit (report));
}

static void
bind_self (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  bind_value (item, pyro_row_get_self (get_row (item)));
}

static void
bind_total (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  bind_value (item, pyro_row_get_total (get_row (item)));
}

/* ---- order ---- */

static int
compare_values (gint64 a, gint64 b)
{
  return a < b ? GTK_ORDERING_SMALLER : a > b;
}

static int
compare_self (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_values (pyro_row_get_self ((gpointer)a), pyro_row_get_self ((gpointer)b));
}

static int
compare_total (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_values (pyro_row_get_total ((gpointer)a), pyro_row_get_total ((gpointer)b));
}

static int
compare_name (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return gtk_ordering_from_cmpfunc (
      g_strcmp0 (pyro_row_get_name ((gpointer)a), pyro_row_get_name ((gpointer)b)));
}

static int
compare_module (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return gtk_ordering_from_cmpfunc (
      g_strcmp0 (pyro_row_get_module ((gpointer)a), pyro_row_get_module ((gpointer)b)));
}

/* ---- columns ---- */

typedef void (*FactoryFunc) (GtkSignalListItemFactory *factory, GtkListItem *item);

static GtkColumnViewColumn *
new_column (const char *title, FactoryFunc set_up, FactoryFunc bind, GCompareDataFunc compare)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  GtkColumnViewColumn *column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
  gtk_column_view_column_set_sorter (column, sorter);
  return column;
}

GtkColumnViewColumn *
pyro_row_column_new_name (gboolean as_tree)
{
  GtkColumnViewColumn *column
      = new_column (_ ("Function"), as_tree ? set_up_expander : set_up_label,
                    as_tree ? bind_expander : bind_name, compare_name);
  g_signal_connect (gtk_column_view_column_get_factory (column), "unbind",
                    G_CALLBACK (as_tree ? unbind_expander : unbind_name), NULL);
  gtk_column_view_column_set_expand (column, TRUE);
  return column;
}

GtkColumnViewColumn *
pyro_row_column_new_module (void)
{
  GtkColumnViewColumn *column
      = new_column (_ ("Module"), set_up_label, bind_module, compare_module);
  gtk_column_view_column_set_fixed_width (column, 180);
  return column;
}

GtkColumnViewColumn *
pyro_row_column_new_self (void)
{
  return new_column (_ ("Self"), set_up_value, bind_self, compare_self);
}

GtkColumnViewColumn *
pyro_row_column_new_total (const char *title)
{
  return new_column (title, set_up_value, bind_total, compare_total);
}
