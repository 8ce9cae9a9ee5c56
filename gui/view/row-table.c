/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/row-table.h"

#include <glib/gi18n.h>

#include "view/row-column.h"
#include "view/row-keys.h"
#include "view/row-menu.h"

struct _PyroRowTable {
  GtkWidget parent_instance;
  PyroRowTableKind kind;
  PyroProfile *profile;
  GtkWidget *scrolled_window;
  GtkColumnView *column_view;
  GtkColumnViewColumn *module_column;
  GtkColumnViewColumn *name_column, *value_column, *total_column; /* owned by the view */
  GtkFilterListModel *filtered;
  GtkSingleSelection *selection;
  GtkWidget *menu;
};

G_DEFINE_FINAL_TYPE (PyroRowTable, pyro_row_table, GTK_TYPE_WIDGET)

enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static PyroRow *
get_selected (PyroRowTable *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);
  return item != NULL ? pyro_row_column_get_row (item) : NULL;
}

/* ---- actions ---- */

static void
filter_by_selected (PyroRowTable *self, PyroFilterKind kind)
{
  PyroRow *row = get_selected (self);
  if (row != NULL && self->profile != NULL)
    pyro_profile_add_filter (self->profile, kind, pyro_row_get_function (row));
}

static void
focus (GtkWidget *widget, const char *action, GVariant *parameter)
{
  filter_by_selected (PYRO_ROW_TABLE (widget), PYRO_FILTER_FOCUS);
}

static void
ignore (GtkWidget *widget, const char *action, GVariant *parameter)
{
  filter_by_selected (PYRO_ROW_TABLE (widget), PYRO_FILTER_IGNORE);
}

static void
hide (GtkWidget *widget, const char *action, GVariant *parameter)
{
  filter_by_selected (PYRO_ROW_TABLE (widget), PYRO_FILTER_HIDE);
}

static void
show_from (GtkWidget *widget, const char *action, GVariant *parameter)
{
  filter_by_selected (PYRO_ROW_TABLE (widget), PYRO_FILTER_SHOW_FROM);
}

static void
copy_name (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRow *row = get_selected (PYRO_ROW_TABLE (widget));
  if (row != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), pyro_row_get_name (row));
}

/* The page shows the selected function in another view. */
static void
show_in_view (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRowTable *self = PYRO_ROW_TABLE (widget);
  PyroRow *row = get_selected (self);
  if (row == NULL)
    return;
  pyro_profile_set_selection (self->profile, pyro_row_get_function (row));
  gboolean is_source = g_str_equal (action, "row.show-source");
  gtk_widget_activate_action (widget, is_source ? "page.show-source" : "page.show-callers", NULL);
}

static void
update_actions (PyroRowTable *self)
{
  static const char *const actions[]
      = { "row.focus",     "row.ignore",       "row.hide",       "row.show-from",
          "row.copy-name", "row.show-callers", "row.show-source" };
  gboolean has_row = get_selected (self) != NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], has_row);
}

static void
take_selection (GtkSingleSelection *selection, GParamSpec *pspec, PyroRowTable *self)
{
  PyroRow *row = get_selected (self);
  update_actions (self);
  if (row != NULL && self->profile != NULL && self->kind != PYRO_ROW_TABLE_CALLS)
    pyro_profile_set_selection (self->profile, pyro_row_get_function (row));
}

/* ---- order: GTK 4.8 has no other way by keyboard ---- */

static void
sort_by (GtkWidget *widget, GtkColumnViewColumn *column, GtkSortType order)
{
  gtk_column_view_sort_by_column (PYRO_ROW_TABLE (widget)->column_view, column, order);
}

static void
sort_by_name (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sort_by (widget, PYRO_ROW_TABLE (widget)->name_column, GTK_SORT_ASCENDING);
}

static void
sort_by_self (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sort_by (widget, PYRO_ROW_TABLE (widget)->value_column, GTK_SORT_DESCENDING);
}

static void
sort_by_total (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sort_by (widget, PYRO_ROW_TABLE (widget)->total_column, GTK_SORT_DESCENDING);
}

/* ---- context menu ---- */

static void
show_menu (PyroRowTable *self, const GdkRectangle *at)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
show_menu_at_pointer (GtkGestureClick *gesture, int n_press, double x, double y, PyroRowTable *self)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  guint position = pyro_row_column_find_position (picked);
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, &(GdkRectangle){ (int)x, (int)y, 1, 1 });
}

/* By keyboard: at the row that has the focus. */
static void
show_menu_at_focus (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWidget *focused = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, 1, 1);
  if (get_selected (PYRO_ROW_TABLE (widget)) == NULL)
    return;
  if (focused != NULL && gtk_widget_is_ancestor (focused, widget)
      && !gtk_widget_compute_bounds (focused, widget, &bounds))
    bounds = GRAPHENE_RECT_INIT (0, 0, 1, 1);
  show_menu (PYRO_ROW_TABLE (widget),
             &(GdkRectangle){ (int)bounds.origin.x + 24, (int)bounds.origin.y, 1,
                              (int)bounds.size.height });
}

static void
add_menu (PyroRowTable *self)
{
  g_autoptr (GMenuModel) model = pyro_row_menu_new (self->kind == PYRO_ROW_TABLE_FUNCTIONS);
  self->menu = gtk_popover_menu_new_from_model (model);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (show_menu_at_pointer), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/* ---- rows ---- */

static void
activate (GtkColumnView *view, guint position, PyroRowTable *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  if (GTK_IS_TREE_LIST_ROW (item)) {
    GtkTreeListRow *row = GTK_TREE_LIST_ROW (item);
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  } else if (item != NULL) {
    g_signal_emit (self, signals[ACTIVATED], 0, item);
  }
}

static void
append_column (PyroRowTable *self, GtkColumnViewColumn *column)
{
  gtk_column_view_append_column (self->column_view, column);
  g_object_unref (column);
}

static void
add_columns (PyroRowTable *self)
{
  self->name_column = pyro_row_column_new_name (self->kind == PYRO_ROW_TABLE_TREE);
  append_column (self, self->name_column);
  self->module_column = pyro_row_column_new_module ();
  append_column (self, g_object_ref (self->module_column));
  if (self->kind == PYRO_ROW_TABLE_CALLS) {
    self->value_column = pyro_row_column_new_total (_ ("Value"));
    append_column (self, self->value_column);
    return;
  }
  self->value_column = pyro_row_column_new_self ();
  append_column (self, self->value_column);
  self->total_column = pyro_row_column_new_total (_ ("Total"));
  append_column (self, self->total_column);
}

/* Rows -> sorted -> filtered -> selection; a tree has an order of its own. */
static void
add_models (PyroRowTable *self)
{
  GListModel *rows = NULL;
  if (self->kind != PYRO_ROW_TABLE_TREE) {
    GtkSorter *sorter = g_object_ref (gtk_column_view_get_sorter (self->column_view));
    GtkSortListModel *sorted = gtk_sort_list_model_new (NULL, sorter);
    gtk_sort_list_model_set_incremental (sorted, TRUE);
    rows = G_LIST_MODEL (sorted);
  }
  self->filtered = gtk_filter_list_model_new (rows, NULL);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (take_selection), self);
  gtk_column_view_set_model (self->column_view, GTK_SELECTION_MODEL (self->selection));
}

void
pyro_row_table_set_rows (PyroRowTable *self, GListModel *rows)
{
  if (self->kind == PYRO_ROW_TABLE_TREE) {
    gtk_filter_list_model_set_model (self->filtered, rows);
    return;
  }
  GListModel *sorted = gtk_filter_list_model_get_model (self->filtered);
  gtk_sort_list_model_set_model (GTK_SORT_LIST_MODEL (sorted), rows);
}

void
pyro_row_table_set_row_filter (PyroRowTable *self, GtkFilter *filter)
{
  gtk_filter_list_model_set_filter (self->filtered, filter);
}

GListModel *
pyro_row_table_get_shown (PyroRowTable *self)
{
  return G_LIST_MODEL (self->selection);
}

void
pyro_row_table_select (PyroRowTable *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->column_view), "list.scroll-to-item", "u", position);
}

void
pyro_row_table_set_profile (PyroRowTable *self, PyroProfile *profile)
{
  g_set_object (&self->profile, profile);
}

void
pyro_row_table_set_narrow (PyroRowTable *self, gboolean is_narrow)
{
  /* GTK 4.8 keeps room for a column that is not visible. */
  gboolean has_module = gtk_column_view_column_get_column_view (self->module_column) != NULL;
  if (is_narrow && has_module)
    gtk_column_view_remove_column (self->column_view, self->module_column);
  else if (!is_narrow && !has_module)
    gtk_column_view_insert_column (self->column_view, 1, self->module_column);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroRowTable *self = PYRO_ROW_TABLE (object);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->scrolled_window, gtk_widget_unparent);
  g_clear_object (&self->module_column);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_row_table_parent_class)->dispose (object);
}

static void
add_bindings (GtkWidgetClass *class)
{
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "row.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "row.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_c, GDK_CONTROL_MASK, "row.copy-name", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_u, GDK_CONTROL_MASK, "row.show-source", NULL);
}

static void
install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "row.focus", NULL, focus);
  gtk_widget_class_install_action (class, "row.ignore", NULL, ignore);
  gtk_widget_class_install_action (class, "row.hide", NULL, hide);
  gtk_widget_class_install_action (class, "row.show-from", NULL, show_from);
  gtk_widget_class_install_action (class, "row.copy-name", NULL, copy_name);
  gtk_widget_class_install_action (class, "row.show-callers", NULL, show_in_view);
  gtk_widget_class_install_action (class, "row.show-source", NULL, show_in_view);
  gtk_widget_class_install_action (class, "row.menu", NULL, show_menu_at_focus);
  gtk_widget_class_install_action (class, "row.sort-by-name", NULL, sort_by_name);
  gtk_widget_class_install_action (class, "row.sort-by-self", NULL, sort_by_self);
  gtk_widget_class_install_action (class, "row.sort-by-total", NULL, sort_by_total);
}

static void
pyro_row_table_class_init (PyroRowTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  signals[ACTIVATED] = g_signal_new ("activated", PYRO_TYPE_ROW_TABLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, PYRO_TYPE_ROW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  install_actions (widget_class);
  add_bindings (widget_class);
}

static void
pyro_row_table_init (PyroRowTable *self)
{
  self->column_view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->column_view), "data-table");
  self->scrolled_window = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->column_view,
                                        "hexpand", TRUE, "vexpand", TRUE, NULL);
  gtk_widget_set_parent (self->scrolled_window, GTK_WIDGET (self));
  g_signal_connect (self->column_view, "activate", G_CALLBACK (activate), self);
}

GtkWidget *
pyro_row_table_new (PyroRowTableKind kind, const char *label)
{
  PyroRowTable *self = g_object_new (PYRO_TYPE_ROW_TABLE, NULL);
  self->kind = kind;
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  add_columns (self);
  add_models (self);
  add_menu (self);
  if (kind == PYRO_ROW_TABLE_TREE)
    pyro_row_keys_add (self->column_view, self->selection);
  update_actions (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->column_view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  if (kind == PYRO_ROW_TABLE_FUNCTIONS)
    gtk_column_view_sort_by_column (self->column_view, self->value_column, GTK_SORT_DESCENDING);
  return GTK_WIDGET (self);
}
