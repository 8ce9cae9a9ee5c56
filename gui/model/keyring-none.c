/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <string.h>

#include "model/keyring.h"

static void
fail (gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  g_task_report_new_error (NULL, callback, user_data, tag, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "built without libsecret");
}

void
pyro_keyring_lookup_async (const char *collector,
                           const char *purpose,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  fail (pyro_keyring_lookup_async, callback, user_data);
}

char *
pyro_keyring_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
pyro_keyring_store_async (const char *collector,
                          const char *purpose,
                          const char *label,
                          const char *secret,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  fail (pyro_keyring_store_async, callback, user_data);
}

gboolean
pyro_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
pyro_keyring_forget (const char *collector, const char *purpose)
{
}

void
pyro_keyring_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
