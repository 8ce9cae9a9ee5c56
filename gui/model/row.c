/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/row.h"

#include "model/row-list.h"

struct _PyroRow {
  GObject parent_instance;
  PyroReport *report;
  guint32 function;
  gint64 self_value, total_value;
  const ProfReportNode *nodes; /* the tree that `node` is of; borrowed from the report */
  guint32 node;
  char *name, *module; /* made when asked for */
};

G_DEFINE_FINAL_TYPE (PyroRow, pyro_row, G_TYPE_OBJECT)

static const ProfReportFunction *
get_function (PyroRow *self)
{
  size_t n_functions;
  return &pyro_report_get_functions (self->report, &n_functions)[self->function];
}

const char *
pyro_row_get_name (PyroRow *self)
{
  if (self->name == NULL)
    self->name = g_utf8_make_valid (get_function (self)->name, -1);
  return self->name;
}

const char *
pyro_row_get_module (PyroRow *self)
{
  const char *path = get_function (self)->module;
  const char *slash = strrchr (path, '/');
  if (self->module == NULL)
    self->module = g_utf8_make_valid (slash != NULL ? slash + 1 : path, -1);
  return self->module;
}

const char *
pyro_row_get_function (PyroRow *self)
{
  return get_function (self)->name;
}

char *
pyro_row_describe (PyroRow *self)
{
  const ProfReportFunction *function = get_function (self);
  g_autoptr (GString) text = g_string_new (function->name);
  if (*function->filename != '\0')
    g_string_append_printf (text, "\n%s", function->filename);
  if (*function->module != '\0')
    g_string_append_printf (text, "\n%s", function->module);
  return g_utf8_make_valid (text->str, -1);
}

gint64
pyro_row_get_self (PyroRow *self)
{
  return self->self_value;
}

gint64
pyro_row_get_total (PyroRow *self)
{
  return self->total_value;
}

PyroReport *
pyro_row_get_report (PyroRow *self)
{
  return self->report;
}

guint32
pyro_row_get_node (PyroRow *self)
{
  return self->node;
}

GListModel *
pyro_row_get_children (PyroRow *self)
{
  if (self->nodes == NULL || self->nodes[self->node].n_children == 0)
    return NULL;
  return pyro_row_list_new_children (self->report, self->nodes, self->node);
}

static void
finalize (GObject *object)
{
  PyroRow *self = PYRO_ROW (object);
  g_clear_object (&self->report);
  g_free (self->name);
  g_free (self->module);
  G_OBJECT_CLASS (pyro_row_parent_class)->finalize (object);
}

static void
pyro_row_class_init (PyroRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_row_init (PyroRow *self)
{
}

PyroRow *
pyro_row_new (PyroReport *report, guint32 function, gint64 self_value, gint64 total_value)
{
  PyroRow *self = g_object_new (PYRO_TYPE_ROW, NULL);
  self->report = g_object_ref (report);
  self->function = function;
  self->self_value = self_value;
  self->total_value = total_value;
  return self;
}

PyroRow *
pyro_row_new_node (PyroReport *report, const ProfReportNode *nodes, guint32 node)
{
  const ProfReportNode *row = &nodes[node];
  PyroRow *self = pyro_row_new (report, row->function, row->self, row->total);
  self->nodes = nodes;
  self->node = node;
  return self;
}
