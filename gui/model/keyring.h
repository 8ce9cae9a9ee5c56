/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The user's keyring. Without libsecret, and without a keyring in the session, all of these fail.
 * A secret is found by the collector's id and by what it is for. */

void pyro_keyring_lookup_async (const char *collector,
                                const char *purpose,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* NULL without an error: the keyring has none. pyro_keyring_free. */
char *pyro_keyring_lookup_finish (GAsyncResult *result, GError **error);

/* `label` is what the user sees of it in the keyring. */
void pyro_keyring_store_async (const char *collector,
                               const char *purpose,
                               const char *label,
                               const char *secret,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean pyro_keyring_store_finish (GAsyncResult *result, GError **error);

/* Of one purpose, or with NULL of all. Nobody waits for it. */
void pyro_keyring_forget (const char *collector, const char *purpose);

/* Overwrites it before. */
void pyro_keyring_free (char *secret);

G_END_DECLS
