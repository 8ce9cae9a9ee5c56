/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/row-list.h"

#include "model/lazy-list.h"

typedef struct {
  PyroReport *report;
  ProfReportEdge *edges;
  const ProfReportNode *nodes;
  guint32 first_node;
} Source;

static gpointer
make_function (gpointer source, guint position)
{
  Source *self = source;
  size_t n_functions;
  const ProfReportFunction *function
      = &pyro_report_get_functions (self->report, &n_functions)[position];
  return pyro_row_new (self->report, position, function->self, function->total);
}

static gpointer
make_edge (gpointer source, guint position)
{
  Source *self = source;
  const ProfReportEdge *edge = &self->edges[position];
  return pyro_row_new (self->report, edge->function, 0, edge->value);
}

static gpointer
make_child (gpointer source, guint position)
{
  Source *self = source;
  return pyro_row_new_node (self->report, self->nodes, self->first_node + position);
}

static void
free_source (gpointer source)
{
  Source *self = source;
  g_object_unref (self->report);
  g_free (self->edges);
  g_free (self);
}

static GListModel *
new_list (size_t n_rows, PyroMakeItem make_row, Source source)
{
  g_object_ref (source.report);
  return pyro_lazy_list_new (PYRO_TYPE_ROW, n_rows, make_row, g_memdup2 (&source, sizeof source),
                             free_source);
}

GListModel *
pyro_row_list_new_functions (PyroReport *report)
{
  size_t n_functions;
  pyro_report_get_functions (report, &n_functions);
  return new_list (n_functions, make_function, (Source){ .report = report });
}

GListModel *
pyro_row_list_new_edges (PyroReport *report, const ProfReportEdge *edges, size_t n_edges)
{
  return new_list (n_edges, make_edge,
                   (Source){
                       .report = report,
                       .edges = g_memdup2 (edges, n_edges * sizeof *edges),
                   });
}

GListModel *
pyro_row_list_new_children (PyroReport *report, const ProfReportNode *nodes, guint32 node)
{
  return new_list (nodes[node].n_children, make_child,
                   (Source){
                       .report = report,
                       .nodes = nodes,
                       .first_node = nodes[node].first_child,
                   });
}
