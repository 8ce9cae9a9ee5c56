/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/difference-table.h"

#include "model/difference-row.h"
#include "view/difference-column.h"

struct _PyroDifferenceTable {
  AdwBin parent_instance;
  PyroDifference *difference;
  gboolean is_stale; /* rows are made when the table is seen */
  PyroSearch *search;
  PyroCostKind leading_kind;
  GtkToggleButton *self_button, *total_button;
  GtkStack *stack;
  GtkColumnView *view;
  GtkColumnViewColumn *columns[PYRO_DIFFERENCE_N_COLUMNS];
  GtkSortListModel *sorted;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (PyroDifferenceTable, pyro_difference_table, ADW_TYPE_BIN)

static gboolean
is_shown (gpointer row, gpointer table)
{
  PyroDifferenceTable *self = table;
  return self->search == NULL
         || pyro_search_matches (self->search, pyro_difference_row_get_function (row));
}

static void
update_stack (PyroDifferenceTable *self)
{
  gboolean has_none
      = self->search != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;
  gtk_stack_set_visible_child_name (self->stack, has_none ? "none" : "table");
}

static void
show_rows (PyroDifferenceTable *self)
{
  PyroCostKind kind
      = gtk_toggle_button_get_active (self->self_button) ? PYRO_COST_SELF : PYRO_COST_TOTAL;
  g_autoptr (GListModel) rows
      = self->difference != NULL ? pyro_difference_row_list (self->difference, kind) : NULL;
  self->is_stale = FALSE;
  gtk_sort_list_model_set_model (self->sorted, rows);
  update_stack (self);
}

static void
map (GtkWidget *widget)
{
  PyroDifferenceTable *self = PYRO_DIFFERENCE_TABLE (widget);
  if (self->is_stale)
    show_rows (self);
  GTK_WIDGET_CLASS (pyro_difference_table_parent_class)->map (widget);
}

/* What was chosen by hand stays, as long as it is of the same sort of profile. */
static void
choose_kind (PyroDifferenceTable *self)
{
  PyroCostKind kind = pyro_difference_get_leading_kind (self->difference);
  if (kind == self->leading_kind)
    return;
  self->leading_kind = kind;
  gtk_toggle_button_set_active (kind == PYRO_COST_SELF ? self->self_button : self->total_button,
                                TRUE);
}

void
pyro_difference_table_set_difference (PyroDifferenceTable *self, PyroDifference *difference)
{
  if (!g_set_object (&self->difference, difference))
    return;
  self->is_stale = TRUE;
  if (difference != NULL)
    choose_kind (self);
  if (difference == NULL || gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_rows (self);
}

void
pyro_difference_table_set_search (PyroDifferenceTable *self, PyroSearch *search)
{
  g_clear_pointer (&self->search, pyro_search_unref);
  self->search = search;
  /* Without a filter no rows have to be made but those that are seen. */
  gtk_filter_list_model_set_filter (self->filtered,
                                    search != NULL ? GTK_FILTER (self->filter) : NULL);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

/* GTK 4.8 keeps room for a column that is not visible. */
void
pyro_difference_table_set_narrow (PyroDifferenceTable *self, gboolean is_narrow)
{
  static const PyroDifferenceColumn wide[]
      = { PYRO_DIFFERENCE_COLUMN_MODULE, PYRO_DIFFERENCE_COLUMN_BASE,
          PYRO_DIFFERENCE_COLUMN_CURRENT };
  for (guint i = 0; i < G_N_ELEMENTS (wide); i++) {
    GtkColumnViewColumn *column = self->columns[wide[i]];
    gboolean is_there = gtk_column_view_column_get_column_view (column) != NULL;
    if (is_narrow && is_there)
      gtk_column_view_remove_column (self->view, column);
    else if (!is_narrow && !is_there)
      gtk_column_view_insert_column (self->view, wide[i], column);
  }
}

/* ---- actions ---- */

static void
sort (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const struct {
    const char *name;
    PyroDifferenceColumn column;
    GtkSortType direction;
  } orders[] = {
    { "increase", PYRO_DIFFERENCE_COLUMN_CHANGE, GTK_SORT_DESCENDING },
    { "decrease", PYRO_DIFFERENCE_COLUMN_CHANGE, GTK_SORT_ASCENDING },
    { "base", PYRO_DIFFERENCE_COLUMN_BASE, GTK_SORT_DESCENDING },
    { "new", PYRO_DIFFERENCE_COLUMN_CURRENT, GTK_SORT_DESCENDING },
    { "name", PYRO_DIFFERENCE_COLUMN_NAME, GTK_SORT_ASCENDING },
  };
  PyroDifferenceTable *self = PYRO_DIFFERENCE_TABLE (widget);
  /* The greatest change comes first by itself. */
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    if (g_str_equal (g_variant_get_string (parameter, NULL), orders[i].name))
      gtk_column_view_sort_by_column (self->view, self->columns[orders[i].column],
                                      orders[i].direction);
}

static void
copy_name (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gpointer row = gtk_single_selection_get_selected_item (PYRO_DIFFERENCE_TABLE (widget)->selection);
  if (row != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), pyro_difference_row_get_name (row));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroDifferenceTable *self = PYRO_DIFFERENCE_TABLE (object);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->selection);
  for (guint i = 0; i < PYRO_DIFFERENCE_N_COLUMNS; i++)
    g_clear_object (&self->columns[i]);
  g_clear_object (&self->difference);
  G_OBJECT_CLASS (pyro_difference_table_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_clear_pointer (&PYRO_DIFFERENCE_TABLE (object)->search, pyro_search_unref);
  G_OBJECT_CLASS (pyro_difference_table_parent_class)->finalize (object);
}

static void
pyro_difference_table_class_init (PyroDifferenceTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->map = map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/difference-table.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroDifferenceTable, self_button);
  gtk_widget_class_bind_template_child (widget_class, PyroDifferenceTable, total_button);
  gtk_widget_class_bind_template_child (widget_class, PyroDifferenceTable, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroDifferenceTable, view);
  gtk_widget_class_bind_template_callback (widget_class, show_rows);
  gtk_widget_class_install_action (widget_class, "difference.sort", "s", sort);
  gtk_widget_class_install_action (widget_class, "difference.copy-name", NULL, copy_name);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "difference.copy-name", NULL);
}

/* Rows -> sorted -> filtered -> selection. */
static void
pyro_difference_table_init (PyroDifferenceTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PYRO_DIFFERENCE_N_COLUMNS; i++) {
    self->columns[i] = pyro_difference_column_new ((PyroDifferenceColumn)i);
    gtk_column_view_append_column (self->view, self->columns[i]);
  }
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  self->sorted = gtk_sort_list_model_new (NULL, g_object_ref (sorter));
  gtk_sort_list_model_set_incremental (self->sorted, TRUE);
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->sorted)), NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

GtkWidget *
pyro_difference_table_new (void)
{
  return g_object_new (PYRO_TYPE_DIFFERENCE_TABLE, NULL);
}
