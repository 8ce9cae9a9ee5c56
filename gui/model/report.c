/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/report.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdlib.h>

#include "model/error.h"

/* The main thread reads what was borrowed when the report was made; `lock` keeps the workers apart,
 * which alone call into the report. */
struct _PyroReport {
  GObject parent_instance;
  ProfProfile *profile;
  ProfReport *report;
  unsigned value_type;
  const ProfReportFunction *functions;
  size_t n_functions;
  GMutex lock;
};

G_DEFINE_FINAL_TYPE (PyroReport, pyro_report, G_TYPE_OBJECT)

PyroReport *
pyro_report_new (ProfProfile *profile, unsigned value_type, GError **error)
{
  ProfReport *report;
  ProfError reason = PROF_ERROR_INIT;
  if (prof_report_new (profile, value_type, &report, &reason) < 0) {
    pyro_set_error (error, &reason);
    return NULL;
  }
  PyroReport *self = g_object_new (PYRO_TYPE_REPORT, NULL);
  self->profile = prof_profile_ref (profile);
  self->report = report;
  self->value_type = value_type;
  self->functions = prof_report_get_functions (report, &self->n_functions);
  return self;
}

static void
finalize (GObject *object)
{
  PyroReport *self = PYRO_REPORT (object);
  prof_report_free (self->report);
  prof_profile_unref (self->profile);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (pyro_report_parent_class)->finalize (object);
}

static void
pyro_report_class_init (PyroReportClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_report_init (PyroReport *self)
{
  g_mutex_init (&self->lock);
}

ProfProfile *
pyro_report_get_profile (PyroReport *self)
{
  return self->profile;
}

unsigned
pyro_report_get_value_type (PyroReport *self)
{
  return self->value_type;
}

const char *
pyro_report_get_unit (PyroReport *self)
{
  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (self->profile, &n_types);
  return prof_profile_get_string (self->profile, types[self->value_type].unit);
}

gint64
pyro_report_get_total (PyroReport *self)
{
  return prof_report_get_total (self->report);
}

const ProfReportFunction *
pyro_report_get_functions (PyroReport *self, size_t *ret_n)
{
  *ret_n = self->n_functions;
  return self->functions;
}

guint32
pyro_report_find_function (PyroReport *self, const char *name)
{
  for (size_t i = 0; i < self->n_functions; i++)
    if (g_str_equal (self->functions[i].name, name))
      return (guint32)i;
  return G_MAXUINT32;
}

static void
set_errno (GError **error, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (-code),
               _ ("The calls could not be summed up: %s"), g_strerror (-code));
}

static void
return_errno (GTask *task, int code)
{
  GError *error = NULL;
  set_errno (&error, code);
  g_task_return_error (task, error);
}

GArray *
pyro_report_get_lines (PyroReport *self, guint32 function, GError **error)
{
  ProfReportLine *lines;
  size_t n_lines;
  g_mutex_lock (&self->lock);
  int rc = prof_report_get_lines (self->report, function, &lines, &n_lines);
  g_mutex_unlock (&self->lock);
  if (rc < 0) {
    set_errno (error, rc);
    return NULL;
  }
  GArray *known = g_array_new (FALSE, FALSE, sizeof *lines);
  for (size_t i = 0; i < n_lines; i++)
    if (lines[i].line > 0)
      g_array_append_val (known, lines[i]);
  free (lines);
  return known;
}

/* ---- tree ---- */

static void
build_tree (GTask *task, gpointer source, gpointer direction, GCancellable *cancellable)
{
  PyroReport *self = source;
  const ProfReportNode *nodes;
  size_t n_nodes;
  g_mutex_lock (&self->lock);
  int rc = prof_report_get_tree (self->report, GPOINTER_TO_INT (direction), &nodes, &n_nodes);
  g_mutex_unlock (&self->lock);
  if (rc < 0)
    return_errno (task, rc);
  else
    g_task_return_pointer (task, (gpointer)nodes, NULL);
}

void
pyro_report_load_tree_async (PyroReport *self,
                             ProfTreeDirection direction,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, GINT_TO_POINTER (direction), NULL);
  g_task_run_in_thread (task, build_tree);
}

const ProfReportNode *
pyro_report_load_tree_finish (PyroReport *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- callers and callees ---- */

void
pyro_edges_free (PyroEdges *edges)
{
  free (edges->callers);
  free (edges->callees);
  g_free (edges);
}

static void
sum_edges (GTask *task, gpointer source, gpointer function, GCancellable *cancellable)
{
  PyroReport *self = source;
  guint32 row = GPOINTER_TO_UINT (function);
  g_autoptr (PyroEdges) edges = g_new0 (PyroEdges, 1);
  g_mutex_lock (&self->lock);
  int rc = prof_report_get_callers (self->report, row, &edges->callers, &edges->n_callers);
  if (rc == 0)
    rc = prof_report_get_callees (self->report, row, &edges->callees, &edges->n_callees);
  g_mutex_unlock (&self->lock);
  if (rc < 0)
    return_errno (task, rc);
  else
    g_task_return_pointer (task, g_steal_pointer (&edges), (GDestroyNotify)pyro_edges_free);
}

void
pyro_report_load_edges_async (PyroReport *self,
                              guint32 function,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, GUINT_TO_POINTER (function), NULL);
  g_task_run_in_thread (task, sum_edges);
}

PyroEdges *
pyro_report_load_edges_finish (PyroReport *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
