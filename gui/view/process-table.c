/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/process-table.h"

#include <glib/gi18n.h>

#include "model/process-list.h"

struct _PyroProcessTable {
  AdwBin parent_instance;
  PyroProcessList *list;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
  GtkColumnView *view;
  GtkColumnViewColumn *cpu_column, *memory_column;
  char *search;
};

G_DEFINE_FINAL_TYPE (PyroProcessTable, pyro_process_table, ADW_TYPE_BIN)

enum { PROP_SELECTED = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- columns ---- */

typedef struct {
  const char *title;
  const char *text; /* the property that is shown */
  const char *key;  /* the property that it is sorted by */
  gboolean is_number, is_wide;
} Column;

static const Column columns[] = {
  { N_ ("Name"), "name", "name", FALSE, FALSE },
  { N_ ("PID"), "pid", "pid", TRUE, FALSE },
  { N_ ("User"), "user", "user", FALSE, FALSE },
  { N_ ("CPU"), "cpu-text", "cpu-share", TRUE, FALSE },
  { N_ ("Memory"), "rss-text", "rss-bytes", TRUE, FALSE },
  { N_ ("Command"), "command-line", "command-line", FALSE, TRUE },
};

static void
set_up_cell (GtkSignalListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), column->is_number ? 1 : 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (column->is_number)
    gtk_widget_add_css_class (label, "numeric");
  else
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
  GtkExpression *process = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  gtk_expression_bind (gtk_property_expression_new (PYRO_TYPE_PROCESS, process, column->text),
                       label, "label", item);
}

static GtkSorter *
make_sorter (const Column *column)
{
  GtkExpression *key = gtk_property_expression_new (PYRO_TYPE_PROCESS, NULL, column->key);
  if (!column->is_number)
    return GTK_SORTER (gtk_string_sorter_new (key));
  return GTK_SORTER (gtk_numeric_sorter_new (key));
}

static GtkColumnViewColumn *
add_column (PyroProcessTable *self, const Column *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_cell), (gpointer)column);
  g_autoptr (GtkColumnViewColumn) added = gtk_column_view_column_new (_ (column->title), factory);
  g_autoptr (GtkSorter) sorter = make_sorter (column);
  gtk_column_view_column_set_sorter (added, sorter);
  gtk_column_view_column_set_expand (added, column->is_wide);
  gtk_column_view_column_set_resizable (added, TRUE);
  if (!column->is_number && !column->is_wide)
    gtk_column_view_column_set_fixed_width (added, 120);
  gtk_column_view_append_column (self->view, added);
  return added;
}

static void
add_columns (PyroProcessTable *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++) {
    GtkColumnViewColumn *added = add_column (self, &columns[i]);
    if (g_str_equal (columns[i].key, "cpu-share"))
      self->cpu_column = added;
    if (g_str_equal (columns[i].key, "rss-bytes"))
      self->memory_column = added;
  }
  /* What was sorted by before orders those that are equal. */
  gtk_column_view_sort_by_column (self->view, self->memory_column, GTK_SORT_DESCENDING);
  gtk_column_view_sort_by_column (self->view, self->cpu_column, GTK_SORT_DESCENDING);
}

void
pyro_process_table_sort_by_memory (PyroProcessTable *self)
{
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_DESCENDING);
  gtk_column_view_sort_by_column (self->view, self->memory_column, GTK_SORT_DESCENDING);
}

/* ---- search, selection ---- */

static gboolean
matches (gpointer process, gpointer table)
{
  const char *search = PYRO_PROCESS_TABLE (table)->search;
  return search == NULL || pyro_process_matches (process, search);
}

void
pyro_process_table_set_search (PyroProcessTable *self, const char *text)
{
  g_free (self->search);
  self->search = g_strdup (text);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

PyroProcess *
pyro_process_table_get_selected (PyroProcessTable *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
notify_selected (PyroProcessTable *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/* GTK keeps showing the rows that it showed, wherever they went to. */
static void
scroll_to_first (PyroProcessTable *self)
{
  GtkWidget *rows = gtk_widget_get_last_child (GTK_WIDGET (self->view));
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_widget_activate_action (rows, "list.scroll-to-item", "u", 0);
}

/* Rows do not move under the pointer of who has chosen one, or scrolled to one. */
static void
sort_again (PyroProcessTable *self)
{
  GtkAdjustment *position = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));
  if (pyro_process_table_get_selected (self) != NULL || gtk_adjustment_get_value (position) > 0)
    return;
  gtk_sorter_changed (gtk_column_view_get_sorter (self->view), GTK_SORTER_CHANGE_DIFFERENT);
  scroll_to_first (self);
}

/* ---- GObject ---- */

static void
map (GtkWidget *widget)
{
  pyro_process_list_set_active (PYRO_PROCESS_TABLE (widget)->list, TRUE);
  GTK_WIDGET_CLASS (pyro_process_table_parent_class)->map (widget);
}

static void
unmap (GtkWidget *widget)
{
  pyro_process_list_set_active (PYRO_PROCESS_TABLE (widget)->list, FALSE);
  GTK_WIDGET_CLASS (pyro_process_table_parent_class)->unmap (widget);
}

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_SELECTED)
    g_value_set_object (value, pyro_process_table_get_selected (PYRO_PROCESS_TABLE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
dispose (GObject *object)
{
  PyroProcessTable *self = PYRO_PROCESS_TABLE (object);
  if (self->list != NULL)
    pyro_process_list_set_active (self->list, FALSE);
  g_clear_object (&self->list);
  g_clear_object (&self->filter);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (pyro_process_table_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (PYRO_PROCESS_TABLE (object)->search);
  G_OBJECT_CLASS (pyro_process_table_parent_class)->finalize (object);
}

static void
pyro_process_table_class_init (PyroProcessTableClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  GTK_WIDGET_CLASS (class)->map = map;
  GTK_WIDGET_CLASS (class)->unmap = unmap;
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, PYRO_TYPE_PROCESS,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/* What is shown: the list, filtered, sorted, one of it selected. */
static void
make_models (PyroProcessTable *self)
{
  self->list = pyro_process_list_new ();
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  GtkFilterListModel *filtered
      = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->list)),
                                   g_object_ref (GTK_FILTER (self->filter)));
  GtkSortListModel *sorted
      = gtk_sort_list_model_new (G_LIST_MODEL (filtered),
                                 g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->list, "refreshed", G_CALLBACK (sort_again), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (notify_selected),
                           self, G_CONNECT_SWAPPED);
}

static void
pyro_process_table_init (PyroProcessTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Processes"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 240);
  adw_bin_set_child (ADW_BIN (self), scrolled);
  make_models (self);
  add_columns (self);
}
