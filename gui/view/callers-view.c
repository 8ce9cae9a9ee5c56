/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/callers-view.h"

#include <glib/gi18n.h>

#include "model/row-list.h"
#include "model/units.h"
#include "view/row-table.h"

/* The calls are summed up when they are looked at, by a worker. */
struct _PyroCallersView {
  AdwBin parent_instance;
  PyroProfile *profile;
  PyroReport *report; /* of the calls that are shown or being summed up */
  char *function;     /* likewise */
  GPtrArray *history; /* functions looked at before, the oldest first */
  GCancellable *cancellable;
  PyroRowTable *callers, *callees;
  PyroSearch *search;
  GtkCustomFilter *filter;
  GtkStack *stack;
  GtkPaned *paned;
  GtkLabel *name, *values;
};

G_DEFINE_FINAL_TYPE (PyroCallersView, pyro_callers_view, ADW_TYPE_BIN)

static gboolean
is_shown (gpointer row, gpointer view)
{
  PyroCallersView *self = view;
  return self->search == NULL || pyro_search_matches (self->search, pyro_row_get_function (row));
}

static void
set_rows (PyroRowTable *table, PyroReport *report, const ProfReportEdge *edges, size_t n_edges)
{
  g_autoptr (GListModel) rows = pyro_row_list_new_edges (report, edges, n_edges);
  pyro_row_table_set_rows (table, rows);
}

static void
show_edges (GObject *report, GAsyncResult *result, gpointer view)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroEdges) edges
      = pyro_report_load_edges_finish (PYRO_REPORT (report), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and `view` may be gone */
  PyroCallersView *self = view;
  g_clear_object (&self->cancellable);
  if (edges == NULL) {
    gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", error->message);
    return;
  }
  set_rows (self->callers, PYRO_REPORT (report), edges->callers, edges->n_callers);
  set_rows (self->callees, PYRO_REPORT (report), edges->callees, edges->n_callees);
}

static void
show_function (PyroCallersView *self, guint32 function)
{
  size_t n_functions;
  const ProfReportFunction *row = &pyro_report_get_functions (self->report, &n_functions)[function];
  const char *unit = pyro_report_get_unit (self->report);
  double total = pyro_report_get_total (self->report);
  g_autofree char *name = g_utf8_make_valid (row->name, -1);
  g_autofree char *self_value = pyro_format_value (row->self, unit);
  g_autofree char *self_percent = pyro_format_percent (row->self, total);
  g_autofree char *total_value = pyro_format_value (row->total, unit);
  g_autofree char *total_percent = pyro_format_percent (row->total, total);
  g_autofree char *values = g_strdup_printf (_ ("Self %s (%s), total %s (%s)"), self_value,
                                             self_percent, total_value, total_percent);
  gtk_label_set_text (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_label_set_text (self->values, values);
}

static void
load_edges (PyroCallersView *self, guint32 function)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  pyro_report_load_edges_async (self->report, function, self->cancellable, show_edges, self);
}

static void
update (PyroCallersView *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  const char *selection = pyro_profile_get_subject (self->profile);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || report == NULL
      || (report == self->report && g_strcmp0 (selection, self->function) == 0))
    return;
  g_set_object (&self->report, report);
  g_free (self->function);
  self->function = g_strdup (selection);
  guint32 function
      = selection != NULL ? pyro_report_find_function (report, selection) : G_MAXUINT32;
  gtk_stack_set_visible_child_name (self->stack, function != G_MAXUINT32 ? "calls" : "none");
  if (function == G_MAXUINT32)
    return;
  show_function (self, function);
  load_edges (self, function);
}

static void
go_to (PyroRowTable *table, PyroRow *row, PyroCallersView *self)
{
  g_ptr_array_add (self->history, g_strdup (self->function));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "callers.back", TRUE);
  pyro_profile_set_selection (self->profile, pyro_row_get_function (row));
}

static void
go_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroCallersView *self = PYRO_CALLERS_VIEW (widget);
  if (self->history->len == 0)
    return;
  g_autofree char *function = g_ptr_array_steal_index (self->history, self->history->len - 1);
  gtk_widget_action_set_enabled (widget, "callers.back", self->history->len > 0);
  pyro_profile_set_selection (self->profile, function);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pyro_callers_view_parent_class)->map (widget);
  update (PYRO_CALLERS_VIEW (widget));
}

void
pyro_callers_view_set_search (PyroCallersView *self, PyroSearch *search)
{
  g_clear_pointer (&self->search, pyro_search_unref);
  self->search = search;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

void
pyro_callers_view_set_narrow (PyroCallersView *self, gboolean is_narrow)
{
  pyro_row_table_set_narrow (self->callers, is_narrow);
  pyro_row_table_set_narrow (self->callees, is_narrow);
}

static void
dispose (GObject *object)
{
  PyroCallersView *self = PYRO_CALLERS_VIEW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->report);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_callers_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  PyroCallersView *self = PYRO_CALLERS_VIEW (object);
  g_clear_pointer (&self->search, pyro_search_unref);
  g_ptr_array_unref (self->history);
  g_free (self->function);
  G_OBJECT_CLASS (pyro_callers_view_parent_class)->finalize (object);
}

static void
pyro_callers_view_class_init (PyroCallersViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->map = map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/callers-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroCallersView, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroCallersView, paned);
  gtk_widget_class_bind_template_child (widget_class, PyroCallersView, name);
  gtk_widget_class_bind_template_child (widget_class, PyroCallersView, values);
  gtk_widget_class_install_action (widget_class, "callers.back", NULL, go_back);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "callers.back",
                                       NULL);
}

static PyroRowTable *
add_table (PyroCallersView *self, const char *title, const char *accessible_name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0, "margin-start",
                                   12, "margin-top", 6, "margin-bottom", 6, NULL);
  GtkWidget *table = pyro_row_table_new (PYRO_ROW_TABLE_CALLS, accessible_name);
  gtk_widget_add_css_class (label, "heading");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), table);
  pyro_row_table_set_row_filter (PYRO_ROW_TABLE (table), GTK_FILTER (self->filter));
  g_signal_connect (table, "activated", G_CALLBACK (go_to), self);
  if (gtk_paned_get_start_child (self->paned) == NULL)
    gtk_paned_set_start_child (self->paned, box);
  else
    gtk_paned_set_end_child (self->paned, box);
  return PYRO_ROW_TABLE (table);
}

static void
pyro_callers_view_init (PyroCallersView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->history = g_ptr_array_new_with_free_func (g_free);
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->callers = add_table (self, _ ("Called by"), _ ("Callers"));
  self->callees = add_table (self, _ ("Calls"), _ ("Callees"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "callers.back", FALSE);
}

GtkWidget *
pyro_callers_view_new (PyroProfile *profile)
{
  PyroCallersView *self = g_object_new (PYRO_TYPE_CALLERS_VIEW, NULL);
  self->profile = g_object_ref (profile);
  pyro_row_table_set_profile (self->callers, profile);
  pyro_row_table_set_profile (self->callees, profile);
  g_signal_connect_object (profile, "notify::report", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "notify::selection", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
