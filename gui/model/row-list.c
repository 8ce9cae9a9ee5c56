/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/row-list.h"

struct _PyroRowList {
  GObject parent_instance;
  PyroReport *report;
  guint n_rows;
  PyroRow **rows; /* made when they are asked for */
  PyroRow *(*make_row) (PyroRowList *self, guint position);
  ProfReportEdge *edges;
  const ProfReportNode *nodes;
  guint32 first_node;
};

static void init_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PyroRowList,
                               pyro_row_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

static PyroRow *
make_function (PyroRowList *self, guint position)
{
  size_t n_functions;
  const ProfReportFunction *function
      = &pyro_report_get_functions (self->report, &n_functions)[position];
  return pyro_row_new (self->report, position, function->self, function->total);
}

static PyroRow *
make_edge (PyroRowList *self, guint position)
{
  const ProfReportEdge *edge = &self->edges[position];
  return pyro_row_new (self->report, edge->function, 0, edge->value);
}

static PyroRow *
make_child (PyroRowList *self, guint position)
{
  return pyro_row_new_node (self->report, self->nodes, self->first_node + position);
}

static GType
get_item_type (GListModel *list)
{
  return PYRO_TYPE_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return PYRO_ROW_LIST (list)->n_rows;
}

static gpointer
get_item (GListModel *list, guint position)
{
  PyroRowList *self = PYRO_ROW_LIST (list);
  if (position >= self->n_rows)
    return NULL;
  if (self->rows[position] == NULL)
    self->rows[position] = self->make_row (self, position);
  return g_object_ref (self->rows[position]);
}

static void
init_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
finalize (GObject *object)
{
  PyroRowList *self = PYRO_ROW_LIST (object);
  for (guint i = 0; i < self->n_rows; i++)
    g_clear_object (&self->rows[i]);
  g_free (self->rows);
  g_free (self->edges);
  g_clear_object (&self->report);
  G_OBJECT_CLASS (pyro_row_list_parent_class)->finalize (object);
}

static void
pyro_row_list_class_init (PyroRowListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_row_list_init (PyroRowList *self)
{
}

static PyroRowList *
new_list (PyroReport *report, size_t n_rows, PyroRow *(*make_row) (PyroRowList *, guint))
{
  PyroRowList *self = g_object_new (PYRO_TYPE_ROW_LIST, NULL);
  self->report = g_object_ref (report);
  self->n_rows = (guint)n_rows;
  self->rows = g_new0 (PyroRow *, n_rows);
  self->make_row = make_row;
  return self;
}

PyroRowList *
pyro_row_list_new_functions (PyroReport *report)
{
  size_t n_functions;
  pyro_report_get_functions (report, &n_functions);
  return new_list (report, n_functions, make_function);
}

PyroRowList *
pyro_row_list_new_edges (PyroReport *report, const ProfReportEdge *edges, size_t n_edges)
{
  PyroRowList *self = new_list (report, n_edges, make_edge);
  self->edges = g_memdup2 (edges, n_edges * sizeof *edges);
  return self;
}

PyroRowList *
pyro_row_list_new_children (PyroReport *report, const ProfReportNode *nodes, guint32 node)
{
  PyroRowList *self = new_list (report, nodes[node].n_children, make_child);
  self->nodes = nodes;
  self->first_node = nodes[node].first_child;
  return self;
}
