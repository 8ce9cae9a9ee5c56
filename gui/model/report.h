/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>
#include <prof/report.h>

G_BEGIN_DECLS

/* The sums of one sample type of a profile: functions, call tree, callers and callees. Never
 * changed once made; what takes long is done by workers. */
#define PYRO_TYPE_REPORT (pyro_report_get_type ())
G_DECLARE_FINAL_TYPE (PyroReport, pyro_report, PYRO, REPORT, GObject)

/* Takes as long as reading all samples: for workers. NULL on failure. */
PyroReport *pyro_report_new (ProfProfile *profile, unsigned value_type, GError **error);

ProfProfile *pyro_report_get_profile (PyroReport *self);
unsigned pyro_report_get_value_type (PyroReport *self);
const char *pyro_report_get_unit (PyroReport *self);
gint64 pyro_report_get_total (PyroReport *self);
/* The greatest magnitude first, by self. */
const ProfReportFunction *pyro_report_get_functions (PyroReport *self, size_t *ret_n);
/* The first function of that name; G_MAXUINT32: none. */
guint32 pyro_report_find_function (PyroReport *self, const char *name);

/* ProfReportLine of a function, by line; without those whose line is not known. Walks all samples:
 * for workers. NULL on failure. */
GArray *pyro_report_get_lines (PyroReport *self, guint32 function, GError **error);

/* A call tree of the report; borrowed from it. NULL on failure. */
void pyro_report_load_tree_async (PyroReport *self,
                                  ProfTreeDirection direction,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
const ProfReportNode *pyro_report_load_tree_finish (PyroReport *self,
                                                    GAsyncResult *result,
                                                    GError **error);

typedef struct {
  ProfReportEdge *callers, *callees;
  size_t n_callers, n_callees;
} PyroEdges;

void pyro_edges_free (PyroEdges *edges);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroEdges, pyro_edges_free)

void pyro_report_load_edges_async (PyroReport *self,
                                   guint32 function,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
PyroEdges *pyro_report_load_edges_finish (PyroReport *self, GAsyncResult *result, GError **error);

G_END_DECLS
