/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a secret is for. */
typedef enum {
  PYRO_SECRET_AUTHENTICATION, /* a token or a password */
  PYRO_SECRET_HEADERS, /* Name=value …, quoted as for a shell: any of them may be a secret */
  PYRO_N_SECRETS,
} PyroSecretPurpose;

/* The secrets of collectors, in the user's keyring. What the keyring doesn't take is kept in
 * memory, and gone with the app. Main thread only.
 *
 * Property: session-only (bool) the keyring was asked and failed */
#define PYRO_TYPE_SECRETS (pyro_secrets_get_type ())
G_DECLARE_FINAL_TYPE (PyroSecrets, pyro_secrets, PYRO, SECRETS, GObject)

PyroSecrets *pyro_secrets_new (void);
gboolean pyro_secrets_is_session_only (PyroSecrets *self);

void pyro_secrets_lookup_async (PyroSecrets *self,
                                const char *collector,
                                PyroSecretPurpose purpose,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* "" if there is none; pyro_secret_free. */
char *pyro_secrets_lookup_finish (PyroSecrets *self, GAsyncResult *result);

/* It is found from now on, whatever becomes of it in the keyring. "" forgets it. */
void pyro_secrets_store (PyroSecrets *self,
                         const char *collector,
                         PyroSecretPurpose purpose,
                         const char *label,
                         const char *secret);
/* All of the collector. */
void pyro_secrets_forget (PyroSecrets *self, const char *collector);

void pyro_secret_free (char *secret);

G_END_DECLS
