/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

#include "model/profile.h"

G_BEGIN_DECLS

typedef enum {
  PYRO_ROW_TABLE_FUNCTIONS, /* self and total, sortable */
  PYRO_ROW_TABLE_TREE,      /* items are GtkTreeListRow */
  PYRO_ROW_TABLE_CALLS,     /* one value */
} PyroRowTableKind;

/* A table of PyroRow with a context menu that filters the profile, copies names and looks at
 * callers. What is selected here becomes the profile's selection,
 * but for CALLS.
 *
 * Signal: activated (PyroRow *row), by double click or Return; a tree's rows expand instead.
 * Actions of the widget: row.focus, row.ignore, row.hide, row.show-from, row.show-callers,
 * row.show-source, row.copy-name, row.sort-by-name, row.sort-by-self, row.sort-by-total (of
 * FUNCTIONS), row.menu. */
#define PYRO_TYPE_ROW_TABLE (pyro_row_table_get_type ())
G_DECLARE_FINAL_TYPE (PyroRowTable, pyro_row_table, PYRO, ROW_TABLE, GtkWidget)

GtkWidget *pyro_row_table_new (PyroRowTableKind kind, const char *label);

void pyro_row_table_set_profile (PyroRowTable *self, PyroProfile *profile);
/* Rows of FUNCTIONS and CALLS; of TREE a GtkTreeListModel. NULL: no rows. */
void pyro_row_table_set_rows (PyroRowTable *self, GListModel *rows);
/* Which of the rows to show; NULL: all. Not for trees. */
void pyro_row_table_set_row_filter (PyroRowTable *self, GtkFilter *filter);
/* What is shown: sorted and filtered. */
GListModel *pyro_row_table_get_shown (PyroRowTable *self);
void pyro_row_table_select (PyroRowTable *self, guint position);
/* Without the column of modules. */
void pyro_row_table_set_narrow (PyroRowTable *self, gboolean is_narrow);

G_END_DECLS
