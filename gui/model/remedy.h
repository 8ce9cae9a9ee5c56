/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The command of a remedy of "prof doctor", as root runs it: the first of those that it names, with
 * `prof` in place of $(command -v prof). NULL: it is for the user to do, as it is no "sudo
 * COMMAND…", or one for a shell. Pure. */
char **pyro_remedy_parse (const char *remedy, const char *prof);

/* The same with what asks for the administrator's password before it. NULL: the same, or this
 * machine can't ask. */
char **pyro_remedy_to_argv (const char *remedy);

/* Runs it. A worker waits; FALSE with a sentence: it failed, or the user did not want it. */
void pyro_remedy_run_async (const char *remedy,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean pyro_remedy_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
