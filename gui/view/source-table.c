/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/source-table.h"

#include <glib/gi18n.h>

#include "view/value-cell.h"

struct _PyroSourceTable {
  GtkWidget parent_instance;
  GtkWidget *scrolled_window;
  GtkColumnView *column_view;
  GtkSingleSelection *selection;
  guint scroll_id;
};

G_DEFINE_FINAL_TYPE (PyroSourceTable, pyro_source_table, GTK_TYPE_WIDGET)

/* ---- cells ---- */

static void
set_up_number (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0, "width-chars", 6, NULL);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_item_set_child (item, label);
}

static void
bind_number (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  guint number = pyro_source_line_get_number (gtk_list_item_get_item (item));
  g_autofree char *text = g_strdup_printf ("%u", number);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
set_up_text (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END,
                                   "single-line-mode", TRUE, NULL);
  gtk_widget_add_css_class (label, "monospace");
  gtk_list_item_set_child (item, label);
}

static void
bind_text (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      pyro_source_line_get_text (gtk_list_item_get_item (item)));
}

static void
set_up_value (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, pyro_value_cell_new ());
}

static void
bind_value (GtkListItem *item, gint64 value)
{
  PyroReport *report = pyro_source_line_get_report (gtk_list_item_get_item (item));
  pyro_value_cell_set (PYRO_VALUE_CELL (gtk_list_item_get_child (item)), value,
                       pyro_report_get_total (report), pyro_report_get_unit (report));
}

static void
bind_self (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  bind_value (item, pyro_source_line_get_self (gtk_list_item_get_item (item)));
}

static void
bind_total (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  bind_value (item, pyro_source_line_get_total (gtk_list_item_get_item (item)));
}

typedef void (*FactoryFunc) (GtkSignalListItemFactory *factory, GtkListItem *item);

static void
add_column (
    PyroSourceTable *self, const char *title, FactoryFunc set_up, FactoryFunc bind, gboolean expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_append_column (self->column_view, column);
}

/* ---- lines ---- */

/* GTK 4.8 scrolls a column view only by the action of the list within. */
static void
scroll_to (PyroSourceTable *self, guint position)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->column_view));
       child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child))
      gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
}

/* With some of what comes after it. */
static gboolean
scroll_to_selected (gpointer table)
{
  enum { N_AFTER = 8 };
  PyroSourceTable *self = table;
  guint n_lines = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = gtk_single_selection_get_selected (self->selection);
  self->scroll_id = 0;
  if (position < n_lines) {
    scroll_to (self, MIN (position + N_AFTER, n_lines - 1));
    scroll_to (self, position);
  }
  return G_SOURCE_REMOVE;
}

void
pyro_source_table_set_lines (PyroSourceTable *self, GListModel *lines, guint selected)
{
  gtk_single_selection_set_model (self->selection, lines);
  gtk_single_selection_set_selected (self->selection, selected);
  /* Rows have to be laid out first. */
  if (self->scroll_id == 0)
    self->scroll_id = g_idle_add_full (G_PRIORITY_LOW, scroll_to_selected, self, NULL);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroSourceTable *self = PYRO_SOURCE_TABLE (object);
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  g_clear_pointer (&self->scrolled_window, gtk_widget_unparent);
  G_OBJECT_CLASS (pyro_source_table_parent_class)->dispose (object);
}

static void
pyro_source_table_class_init (PyroSourceTableClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
pyro_source_table_init (PyroSourceTable *self)
{
  self->selection = gtk_single_selection_new (NULL);
  self->column_view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (self->selection)));
  gtk_widget_add_css_class (GTK_WIDGET (self->column_view), "data-table");
  self->scrolled_window = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->column_view,
                                        "hexpand", TRUE, "vexpand", TRUE, NULL);
  gtk_widget_set_parent (self->scrolled_window, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->column_view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Source lines"), -1);
  add_column (self, _ ("Line"), set_up_number, bind_number, FALSE);
  add_column (self, _ ("Self"), set_up_value, bind_self, FALSE);
  add_column (self, _ ("Total"), set_up_value, bind_total, FALSE);
  add_column (self, _ ("Source"), set_up_text, bind_text, TRUE);
}

GtkWidget *
pyro_source_table_new (void)
{
  return g_object_new (PYRO_TYPE_SOURCE_TABLE, "vexpand", TRUE, NULL);
}
