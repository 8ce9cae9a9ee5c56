/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/row.h"

G_BEGIN_DECLS

/* Rows (PyroRow) of a report, as lists that never change. A row lives as long as its list. */

/* All functions, in the order of the report. */
GListModel *pyro_row_list_new_functions (PyroReport *report);
/* Callers or callees; the value of an edge becomes the row's total. `edges` is copied. */
GListModel *pyro_row_list_new_edges (PyroReport *report,
                                     const ProfReportEdge *edges,
                                     size_t n_edges);
/* The children of a node of the report's tree. */
GListModel *pyro_row_list_new_children (PyroReport *report,
                                        const ProfReportNode *nodes,
                                        guint32 node);

G_END_DECLS
