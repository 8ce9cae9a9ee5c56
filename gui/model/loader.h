/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* Reads a file, pprof or collapsed stacks, in a worker. Main thread only; one run for an object. */
#define PYRO_TYPE_LOADER (pyro_loader_get_type ())
G_DECLARE_FINAL_TYPE (PyroLoader, pyro_loader, PYRO, LOADER, GObject)

PyroLoader *pyro_loader_new (GFile *file);
/* How much of the file has been read, 0…1; -1 if its size is not known. */
double pyro_loader_get_progress (PyroLoader *self);

/* Cancelling ends the reading at once. Errors are sentences for people. */
void pyro_loader_run_async (PyroLoader *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
PyroProfile *pyro_loader_run_finish (PyroLoader *self, GAsyncResult *result, GError **error);

G_END_DECLS
