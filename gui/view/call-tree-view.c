/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/call-tree-view.h"

#include <glib/gi18n.h>

#include "model/row-list.h"
#include "model/tree-search.h"
#include "model/units.h"
#include "view/row-table.h"

/* The tree is built when it is looked at, by a worker. */
struct _PyroCallTreeView {
  AdwBin parent_instance;
  PyroProfile *profile;
  PyroReport *report; /* of the tree that is shown or being built */
  ProfTreeDirection direction, shown_direction;
  GCancellable *cancellable;
  const ProfReportNode *nodes; /* of the tree that is shown; the report's */
  GtkTreeListModel *tree;      /* NULL until one is built */
  PyroSearch *search;
  PyroTreeSearch *matches; /* NULL without a search or a tree */
  PyroRowTable *table;
  GtkToggleButton *bottom_up;
  GtkWidget *match_bar;
  GtkLabel *n_matches;
};

G_DEFINE_FINAL_TYPE (PyroCallTreeView, pyro_call_tree_view, ADW_TYPE_BIN)

static GListModel *
get_children (gpointer row, gpointer user_data)
{
  return pyro_row_get_children (row);
}

/* Opens the first of the rows as long as most of its caller's value is in it. */
static void
expand_hottest (GtkTreeListModel *tree)
{
  enum { MAX_DEPTH = 24 };
  gint64 caller_total = 0;
  for (guint i = 0; i < MAX_DEPTH; i++) {
    g_autoptr (GtkTreeListRow) list_row = gtk_tree_list_model_get_row (tree, i);
    if (list_row == NULL)
      return;
    g_autoptr (PyroRow) row = gtk_tree_list_row_get_item (list_row);
    gint64 total = ABS (pyro_row_get_total (row));
    if (total * 2 < caller_total || gtk_tree_list_row_get_depth (list_row) != i)
      return;
    gtk_tree_list_row_set_expanded (list_row, TRUE);
    caller_total = total;
  }
}

/* ---- search ---- */

static void
update_matches (PyroCallTreeView *self)
{
  g_clear_pointer (&self->matches, pyro_tree_search_free);
  if (self->search != NULL && self->nodes != NULL)
    self->matches = pyro_tree_search_new (self->report, self->nodes, self->search);
  guint n = self->matches != NULL ? pyro_tree_search_get_n_matches (self->matches) : 0;
  g_autofree char *count = pyro_format_count (n);
  g_autofree char *text = g_strdup_printf (ngettext ("%s match", "%s matches", n), count);
  gtk_label_set_text (self->n_matches, text);
  gtk_widget_set_visible (self->match_bar, self->matches != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.next-match", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.previous-match", n > 0);
}

/* 0: none. */
static guint32
get_selected (PyroCallTreeView *self)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (pyro_row_table_get_shown (self->table));
  GtkTreeListRow *list_row = gtk_single_selection_get_selected_item (selection);
  g_autoptr (PyroRow) row = list_row != NULL ? gtk_tree_list_row_get_item (list_row) : NULL;
  return row != NULL ? pyro_row_get_node (row) : 0;
}

/* Opens all callers of a node. */
static GtkTreeListRow *
open_row (PyroCallTreeView *self, guint32 node)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 at = node; at != 0; at = self->nodes[at].parent)
    g_array_append_val (path, at);
  GtkTreeListRow *row = NULL;
  for (guint i = path->len; i-- > 0;) {
    guint32 at = g_array_index (path, guint32, i);
    guint child = at - self->nodes[self->nodes[at].parent].first_child;
    g_autoptr (GtkTreeListRow) parent = row;
    if (parent != NULL)
      gtk_tree_list_row_set_expanded (parent, TRUE);
    row = parent != NULL ? gtk_tree_list_row_get_child_row (parent, child)
                         : gtk_tree_list_model_get_child_row (self->tree, child);
  }
  return row;
}

static void
step_match (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroCallTreeView *self = PYRO_CALL_TREE_VIEW (widget);
  int step = g_str_equal (action, "tree.next-match") ? 1 : -1;
  guint32 node = self->matches != NULL
                     ? pyro_tree_search_step (self->matches, get_selected (self), step)
                     : 0;
  g_autoptr (GtkTreeListRow) row = node != 0 ? open_row (self, node) : NULL;
  if (row != NULL)
    pyro_row_table_select (self->table, gtk_tree_list_row_get_position (row));
}

void
pyro_call_tree_view_set_search (PyroCallTreeView *self, PyroSearch *search)
{
  g_clear_pointer (&self->search, pyro_search_unref);
  self->search = search;
  update_matches (self);
}

/* ---- the tree ---- */

static void
set_tree (PyroCallTreeView *self, PyroReport *report, const ProfReportNode *nodes)
{
  GListModel *roots = pyro_row_list_new_children (report, nodes, 0);
  g_clear_object (&self->tree);
  self->tree = gtk_tree_list_model_new (roots, FALSE, FALSE, get_children, NULL, NULL);
  self->nodes = nodes;
  expand_hottest (self->tree);
  pyro_row_table_set_rows (self->table, G_LIST_MODEL (self->tree));
  update_matches (self);
}

static void
show_tree (GObject *report, GAsyncResult *result, gpointer view)
{
  g_autoptr (GError) error = NULL;
  const ProfReportNode *nodes = pyro_report_load_tree_finish (PYRO_REPORT (report), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and `view` may be gone */
  PyroCallTreeView *self = view;
  g_clear_object (&self->cancellable);
  if (nodes == NULL) {
    gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", error->message);
    return;
  }
  set_tree (self, PYRO_REPORT (report), nodes);
}

static void
update (PyroCallTreeView *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || report == NULL
      || (report == self->report && self->direction == self->shown_direction))
    return;
  g_clear_pointer (&self->matches, pyro_tree_search_free);
  self->nodes = NULL; /* of the report before */
  g_set_object (&self->report, report);
  self->shown_direction = self->direction;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  pyro_report_load_tree_async (report, self->direction, self->cancellable, show_tree, self);
}

static void
take_direction (PyroCallTreeView *self)
{
  self->direction
      = gtk_toggle_button_get_active (self->bottom_up) ? PROF_TREE_BOTTOM_UP : PROF_TREE_TOP_DOWN;
  update (self);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pyro_call_tree_view_parent_class)->map (widget);
  update (PYRO_CALL_TREE_VIEW (widget));
}

void
pyro_call_tree_view_set_narrow (PyroCallTreeView *self, gboolean is_narrow)
{
  pyro_row_table_set_narrow (self->table, is_narrow);
}

static void
dispose (GObject *object)
{
  PyroCallTreeView *self = PYRO_CALL_TREE_VIEW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->matches, pyro_tree_search_free);
  g_clear_pointer (&self->search, pyro_search_unref);
  g_clear_object (&self->tree);
  g_clear_object (&self->report);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_call_tree_view_parent_class)->dispose (object);
}

static void
pyro_call_tree_view_class_init (PyroCallTreeViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->map = map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/call-tree-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroCallTreeView, bottom_up);
  gtk_widget_class_bind_template_child (widget_class, PyroCallTreeView, match_bar);
  gtk_widget_class_bind_template_child (widget_class, PyroCallTreeView, n_matches);
  gtk_widget_class_install_action (widget_class, "tree.next-match", NULL, step_match);
  gtk_widget_class_install_action (widget_class, "tree.previous-match", NULL, step_match);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK, "tree.next-match",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "tree.previous-match", NULL);
  gtk_widget_class_bind_template_callback (widget_class, take_direction);
}

static void
pyro_call_tree_view_init (PyroCallTreeView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->table = PYRO_ROW_TABLE (pyro_row_table_new (PYRO_ROW_TABLE_TREE, _ ("Call tree")));
  gtk_box_append (GTK_BOX (adw_bin_get_child (ADW_BIN (self))), GTK_WIDGET (self->table));
  update_matches (self);
}

GtkWidget *
pyro_call_tree_view_new (PyroProfile *profile)
{
  PyroCallTreeView *self = g_object_new (PYRO_TYPE_CALL_TREE_VIEW, NULL);
  self->profile = g_object_ref (profile);
  pyro_row_table_set_profile (self->table, profile);
  g_signal_connect_object (profile, "notify::report", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
