/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/source.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The lines of a source file: number, self, total and text. */
#define PYRO_TYPE_SOURCE_TABLE (pyro_source_table_get_type ())
G_DECLARE_FINAL_TYPE (PyroSourceTable, pyro_source_table, PYRO, SOURCE_TABLE, GtkWidget)

GtkWidget *pyro_source_table_new (void);
/* Selects the line at that position and scrolls to it. */
void pyro_source_table_set_lines (PyroSourceTable *self, GListModel *lines, guint selected);

G_END_DECLS
