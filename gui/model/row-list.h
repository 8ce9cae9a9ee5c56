/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/row.h"

G_BEGIN_DECLS

/* Rows of a report as a GListModel that never changes. A row is made when it is asked for, and
 * lives as long as its list. */
#define PYRO_TYPE_ROW_LIST (pyro_row_list_get_type ())
G_DECLARE_FINAL_TYPE (PyroRowList, pyro_row_list, PYRO, ROW_LIST, GObject)

/* All functions, in the order of the report. */
PyroRowList *pyro_row_list_new_functions (PyroReport *report);
/* Callers or callees; the value of an edge becomes the row's total. `edges` is copied. */
PyroRowList *pyro_row_list_new_edges (PyroReport *report,
                                      const ProfReportEdge *edges,
                                      size_t n_edges);
/* The children of a node of the report's tree. */
PyroRowList *pyro_row_list_new_children (PyroReport *report,
                                         const ProfReportNode *nodes,
                                         guint32 node);

G_END_DECLS
