/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In a view of GtkTreeListRow: Right opens the selected row, Left closes it or goes to its caller.
 */
void pyro_row_keys_add (GtkColumnView *view, GtkSingleSelection *selection);

G_END_DECLS
