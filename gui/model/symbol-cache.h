/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names that prof keeps of programs. It makes them anew when they are gone. */

/* Measures it, and with `clear` removes its files before; in a worker. */
void pyro_symbol_cache_measure_async (gboolean clear,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Bytes; 0 also if there is none. -1 with a sentence. */
gint64 pyro_symbol_cache_measure_finish (GAsyncResult *result, GError **error);

G_END_DECLS
