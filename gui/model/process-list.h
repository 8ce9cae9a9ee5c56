/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/process.h"

G_BEGIN_DECLS

/* The running processes, a GListModel of PyroProcess by their pid. A worker reads /proc each second
 * while it is active; in a sandbox the prof outside does. Main thread only.
 *
 * Signal: refreshed    values have changed: sort and filter again */
#define PYRO_TYPE_PROCESS_LIST (pyro_process_list_get_type ())
G_DECLARE_FINAL_TYPE (PyroProcessList, pyro_process_list, PYRO, PROCESS_LIST, GObject)

PyroProcessList *pyro_process_list_new (void);
void pyro_process_list_set_active (PyroProcessList *self, gboolean is_active);
/* Shows the samples, which are by their pid, taken so many clock ticks after those before. */
void pyro_process_list_take (PyroProcessList *self, GPtrArray *samples, double ticks);
/* By its pid; NULL: there is none. Borrowed. */
PyroProcess *pyro_process_list_find (PyroProcessList *self, guint pid);
/* When the worker has read them, by the monotonic clock; 0: never. */
gint64 pyro_process_list_get_time_us (PyroProcessList *self);

G_END_DECLS
