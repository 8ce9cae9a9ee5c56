/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/tree-search.h"

struct PyroTreeSearch {
  const ProfReportNode *nodes;
  gboolean *is_match; /* by function */
  guint n_matches;
};

/* ---- the order: a node, then what is below it ---- */

static gboolean
is_last_child (const ProfReportNode *nodes, guint32 node)
{
  const ProfReportNode *parent = &nodes[nodes[node].parent];
  return node + 1 == parent->first_child + parent->n_children;
}

/* 0 behind the last one. */
static guint32
get_next (const ProfReportNode *nodes, guint32 node)
{
  if (nodes[node].n_children > 0)
    return nodes[node].first_child;
  while (node != 0 && is_last_child (nodes, node))
    node = nodes[node].parent;
  return node != 0 ? node + 1 : 0;
}

static guint32
get_last_below (const ProfReportNode *nodes, guint32 node)
{
  while (nodes[node].n_children > 0)
    node = nodes[node].first_child + nodes[node].n_children - 1;
  return node;
}

static guint32
get_previous (const ProfReportNode *nodes, guint32 node)
{
  if (node == 0)
    return get_last_below (nodes, 0);
  guint32 parent = nodes[node].parent;
  return node == nodes[parent].first_child ? parent : get_last_below (nodes, node - 1);
}

/* ---- matches ---- */

static gboolean
is_match (const PyroTreeSearch *self, guint32 node)
{
  return node != 0 && self->is_match[self->nodes[node].function];
}

PyroTreeSearch *
pyro_tree_search_new (PyroReport *report, const ProfReportNode *nodes, const PyroSearch *search)
{
  PyroTreeSearch *self = g_new0 (PyroTreeSearch, 1);
  size_t n_functions;
  const ProfReportFunction *functions = pyro_report_get_functions (report, &n_functions);
  self->nodes = nodes;
  self->is_match = g_new0 (gboolean, n_functions + 1);
  for (size_t i = 0; i < n_functions; i++)
    self->is_match[i] = pyro_search_matches (search, functions[i].name);
  for (guint32 node = get_next (nodes, 0); node != 0; node = get_next (nodes, node))
    self->n_matches += is_match (self, node) ? 1 : 0;
  return self;
}

void
pyro_tree_search_free (PyroTreeSearch *self)
{
  g_free (self->is_match);
  g_free (self);
}

guint
pyro_tree_search_get_n_matches (const PyroTreeSearch *self)
{
  return self->n_matches;
}

guint32
pyro_tree_search_step (const PyroTreeSearch *self, guint32 node, int step)
{
  guint32 at = node;
  if (self->n_matches == 0)
    return 0;
  do
    at = step > 0 ? get_next (self->nodes, at) : get_previous (self->nodes, at);
  while (!is_match (self, at));
  return at;
}
