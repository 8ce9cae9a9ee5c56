/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/report.h"

G_BEGIN_DECLS

/* A function and what it cost, as a row of a table: of all functions, of a call tree, of the
 * callers of another one. */
#define PYRO_TYPE_ROW (pyro_row_get_type ())
G_DECLARE_FINAL_TYPE (PyroRow, pyro_row, PYRO, ROW, GObject)

/* `function`: a row of the report's functions. */
PyroRow *pyro_row_new (PyroReport *report, guint32 function, gint64 self_value, gint64 total_value);
/* Stands for a node of the report's tree. */
PyroRow *pyro_row_new_node (PyroReport *report, const ProfReportNode *nodes, guint32 node);

const char *pyro_row_get_name (PyroRow *self);     /* valid UTF-8 */
const char *pyro_row_get_module (PyroRow *self);   /* the base name, valid UTF-8 */
const char *pyro_row_get_function (PyroRow *self); /* the name as it is in the profile */
/* Where the function is, for a tooltip: name, file and module in lines of their own. */
char *pyro_row_describe (PyroRow *self);
gint64 pyro_row_get_self (PyroRow *self);
gint64 pyro_row_get_total (PyroRow *self);
PyroReport *pyro_row_get_report (PyroRow *self);
/* 0 if the row is of no tree. */
guint32 pyro_row_get_node (PyroRow *self);
/* The tree below the row, one level of it; NULL if there is nothing. */
GListModel *pyro_row_get_children (PyroRow *self);

G_END_DECLS
