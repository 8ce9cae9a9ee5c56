/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/collector.h"
#include "model/secrets.h"

G_BEGIN_DECLS

/* The collectors that the user has named, and their secrets. Main thread only. */
#define PYRO_TYPE_COLLECTORS (pyro_collectors_get_type ())
G_DECLARE_FINAL_TYPE (PyroCollectors, pyro_collectors, PYRO, COLLECTORS, GObject)

/* Those that were saved. A file that can't be read as such is set aside when the next one is
 * saved. */
PyroCollectors *pyro_collectors_load (void);
/* FALSE with a sentence. Only the user may read the file. */
gboolean pyro_collectors_save (PyroCollectors *self, GError **error);

/* Of PyroCollector; in the order in which they were added. */
GListModel *pyro_collectors_get_list (PyroCollectors *self);
PyroSecrets *pyro_collectors_get_secrets (PyroCollectors *self);

/* A new one, with a name that no other has; borrowed. */
PyroCollector *pyro_collectors_add (PyroCollectors *self);
/* Forgets its secrets too. */
void pyro_collectors_remove (PyroCollectors *self, PyroCollector *collector);

/* The one that was used last; NULL if there is none, or it was removed. */
PyroCollector *pyro_collectors_get_last (PyroCollectors *self);
void pyro_collectors_set_last (PyroCollectors *self, PyroCollector *collector);

G_END_DECLS
