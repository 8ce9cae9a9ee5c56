/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

#include "model/row.h"

G_BEGIN_DECLS

/* Columns for tables of PyroRow, or of GtkTreeListRow that hold them. */

/* With `as_tree`, behind the expander of the GtkTreeListRow. */
GtkColumnViewColumn *pyro_row_column_new_name (gboolean as_tree);
GtkColumnViewColumn *pyro_row_column_new_module (void);
GtkColumnViewColumn *pyro_row_column_new_self (void);
GtkColumnViewColumn *pyro_row_column_new_total (const char *title);

/* What is behind an item of such a table. Borrowed from it. */
PyroRow *pyro_row_column_get_row (gpointer item);
/* The place in the table of the cell that `widget` is in or of; GTK_INVALID_LIST_POSITION: none. */
guint pyro_row_column_find_position (GtkWidget *widget);

G_END_DECLS
