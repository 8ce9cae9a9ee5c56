/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/keyring.h"

#include <libsecret/secret.h>

static const SecretSchema schema = {
  .name = "org.libprof.Pyrograph.Collector",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "collector", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "purpose", SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
};

void
pyro_keyring_lookup_async (const char *collector,
                           const char *purpose,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  secret_password_lookup (&schema, NULL, callback, user_data, "collector", collector, "purpose",
                          purpose, NULL);
}

char *
pyro_keyring_lookup_finish (GAsyncResult *result, GError **error)
{
  return secret_password_lookup_finish (result, error);
}

void
pyro_keyring_store_async (const char *collector,
                          const char *purpose,
                          const char *label,
                          const char *secret,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, secret, NULL, callback,
                         user_data, "collector", collector, "purpose", purpose, NULL);
}

gboolean
pyro_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return secret_password_store_finish (result, error);
}

static void
finish_forgetting (GObject *source, GAsyncResult *result, gpointer user_data)
{
  secret_password_clear_finish (result, NULL);
}

void
pyro_keyring_forget (const char *collector, const char *purpose)
{
  if (purpose != NULL)
    secret_password_clear (&schema, NULL, finish_forgetting, NULL, "collector", collector,
                           "purpose", purpose, NULL);
  else
    secret_password_clear (&schema, NULL, finish_forgetting, NULL, "collector", collector, NULL);
}

void
pyro_keyring_free (char *secret)
{
  secret_password_free (secret);
}
