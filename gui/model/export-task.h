/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "model/collector.h"
#include "model/secrets.h"

G_BEGIN_DECLS

/* Sends a profile to a collector, in a worker. Main thread only; one run for an object. */
#define PYRO_TYPE_EXPORT_TASK (pyro_export_task_get_type ())
G_DECLARE_FINAL_TYPE (PyroExportTask, pyro_export_task, PYRO, EXPORT_TASK, GObject)

/* Of the collector as it is now. Without a profile the connection alone is tried: with a profile
 * that has no samples, which collectors take and forget. */
PyroExportTask *pyro_export_task_new (PyroCollector *collector, ProfProfile *profile);

/* A sentence about how it goes; g_free. */
char *pyro_export_task_describe (PyroExportTask *self);

/* Cancelling ends it at once. Errors are sentences for people. */
void pyro_export_task_run_async (PyroExportTask *self,
                                 PyroSecrets *secrets,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* What the collector answered, in sentences; g_free. */
char *pyro_export_task_run_finish (PyroExportTask *self, GAsyncResult *result, GError **error);

G_END_DECLS
