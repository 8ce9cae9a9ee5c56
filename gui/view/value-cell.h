/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A number of a table with its share of the whole, as text and as a bar behind it. Nothing
 * for 0. */
#define PYRO_TYPE_VALUE_CELL (pyro_value_cell_get_type ())
G_DECLARE_FINAL_TYPE (PyroValueCell, pyro_value_cell, PYRO, VALUE_CELL, GtkWidget)

GtkWidget *pyro_value_cell_new (void);
void pyro_value_cell_set (PyroValueCell *self, gint64 value, gint64 whole, const char *unit);
/* A difference, whose bar has the colours of flame graphs: more, or less. `share` is -1…1. */
void pyro_value_cell_set_change (PyroValueCell *self,
                                 const char *text,
                                 const char *percent,
                                 double share);

G_END_DECLS
