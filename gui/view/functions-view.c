/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/functions-view.h"

#include <glib/gi18n.h>

#include "model/row-list.h"
#include "view/row-table.h"

struct _PyroFunctionsView {
  AdwBin parent_instance;
  PyroProfile *profile;
  PyroSearch *search;
  GtkCustomFilter *filter;
  GtkStack *stack;
  PyroRowTable *table;
};

G_DEFINE_FINAL_TYPE (PyroFunctionsView, pyro_functions_view, ADW_TYPE_BIN)

static gboolean
is_shown (gpointer row, gpointer view)
{
  PyroFunctionsView *self = view;
  return self->search == NULL || pyro_search_matches (self->search, pyro_row_get_function (row));
}

static void
update_stack (PyroFunctionsView *self)
{
  guint n_shown = g_list_model_get_n_items (pyro_row_table_get_shown (self->table));
  gboolean has_none = self->search != NULL && n_shown == 0;
  gtk_stack_set_visible_child_name (self->stack, has_none ? "none" : "table");
}

static void
show_report (PyroFunctionsView *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  g_autoptr (GListModel) rows = report != NULL ? pyro_row_list_new_functions (report) : NULL;
  pyro_row_table_set_rows (self->table, rows);
  update_stack (self);
}

static void
show_callers (PyroFunctionsView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "page.show-callers", NULL);
}

void
pyro_functions_view_set_search (PyroFunctionsView *self, PyroSearch *search)
{
  g_clear_pointer (&self->search, pyro_search_unref);
  self->search = search;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

void
pyro_functions_view_set_narrow (PyroFunctionsView *self, gboolean is_narrow)
{
  pyro_row_table_set_narrow (self->table, is_narrow);
}

static void
dispose (GObject *object)
{
  PyroFunctionsView *self = PYRO_FUNCTIONS_VIEW (object);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_functions_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_clear_pointer (&PYRO_FUNCTIONS_VIEW (object)->search, pyro_search_unref);
  G_OBJECT_CLASS (pyro_functions_view_parent_class)->finalize (object);
}

static void
pyro_functions_view_class_init (PyroFunctionsViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_functions_view_init (PyroFunctionsView *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->table = PYRO_ROW_TABLE (pyro_row_table_new (PYRO_ROW_TABLE_FUNCTIONS, _ ("Functions")));
  pyro_row_table_set_row_filter (self->table, GTK_FILTER (self->filter));
  g_signal_connect_swapped (self->table, "activated", G_CALLBACK (show_callers), self);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->table), "table");
  gtk_stack_add_named (self->stack,
                       g_object_new (ADW_TYPE_STATUS_PAGE, "icon-name", "system-search-symbolic",
                                     "title", _ ("No Function Matches"), "description",
                                     _ ("Try another name or a shorter part of it."), NULL),
                       "none");
}

GtkWidget *
pyro_functions_view_new (PyroProfile *profile)
{
  PyroFunctionsView *self = g_object_new (PYRO_TYPE_FUNCTIONS_VIEW, NULL);
  self->profile = g_object_ref (profile);
  pyro_row_table_set_profile (self->table, profile);
  g_signal_connect_object (profile, "notify::report", G_CALLBACK (show_report), self,
                           G_CONNECT_SWAPPED);
  show_report (self);
  return GTK_WIDGET (self);
}
