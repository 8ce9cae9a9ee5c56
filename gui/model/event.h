/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An event that prof can sample. Properties (ro): name, text (the name and what it counts, or why
 * not here). */
#define PYRO_TYPE_EVENT (pyro_event_get_type ())
G_DECLARE_FINAL_TYPE (PyroEvent, pyro_event, PYRO, EVENT, GObject)

const char *pyro_event_get_name (PyroEvent *self);

/* A GListModel of PyroEvent from what "prof events --json" prints: the default first, whose name is
 * "", then those that this machine can count. `chosen` is in it whatever it is. */
GListModel *pyro_event_list_new (GVariant *answer, const char *chosen);

G_END_DECLS
