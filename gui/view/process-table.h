/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/process.h"

G_BEGIN_DECLS

/* The running processes, each second while it is shown.
 *
 * Property: selected (PyroProcess, ro, notifies); NULL: none. */
#define PYRO_TYPE_PROCESS_TABLE (pyro_process_table_get_type ())
G_DECLARE_FINAL_TYPE (PyroProcessTable, pyro_process_table, PYRO, PROCESS_TABLE, AdwBin)

PyroProcess *pyro_process_table_get_selected (PyroProcessTable *self);
/* Only processes that match are shown. */
void pyro_process_table_set_search (PyroProcessTable *self, const char *text);
/* In place of their use of the processor. */
void pyro_process_table_sort_by_memory (PyroProcessTable *self);

G_END_DECLS
