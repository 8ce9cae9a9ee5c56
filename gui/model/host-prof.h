/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether what "prof --version" printed is of a prof that this app understands: one with the same
 * two first numbers. FALSE with a sentence. Pure. */
gboolean pyro_host_prof_accepts (const char *printed, GError **error);

/* Asks the prof outside of the sandbox for its version. FALSE with a sentence: it is not there, or
 * another one. */
void pyro_host_prof_check_async (GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean pyro_host_prof_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
