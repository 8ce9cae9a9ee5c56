/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The program prof: what PYROGRAPH_PROF names, else the one beside this program, else the one that
 * PATH finds; g_free. In a sandbox it is the one outside, for pyro_host_command_wrap. */
char *pyro_prof_program_find (void);

/* Runs "prof COMMAND --json"; what it prints, see pyro_json_read. Errors are sentences. */
void pyro_prof_program_ask_async (const char *command,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GVariant *pyro_prof_program_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
