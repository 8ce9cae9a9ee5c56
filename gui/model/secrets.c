/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/secrets.h"

#include <string.h>

#include "model/keyring.h"

struct _PyroSecrets {
  GObject parent_instance;
  GHashTable *texts; /* what is not in the keyring, or not yet: ID/PURPOSE -> secret */
  gboolean is_session_only;
};

G_DEFINE_FINAL_TYPE (PyroSecrets, pyro_secrets, G_TYPE_OBJECT)

enum { PROP_SESSION_ONLY = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];

static const char *const purposes[]
    = { [PYRO_SECRET_AUTHENTICATION] = "authentication", [PYRO_SECRET_HEADERS] = "headers" };

void
pyro_secret_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static char *
make_key (const char *collector, PyroSecretPurpose purpose)
{
  return g_strdup_printf ("%s/%s", collector, purposes[purpose]);
}

static void
set_session_only (PyroSecrets *self, gboolean is_so)
{
  if (self->is_session_only == is_so)
    return;
  self->is_session_only = is_so;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION_ONLY]);
}

gboolean
pyro_secrets_is_session_only (PyroSecrets *self)
{
  return self->is_session_only;
}

/* ---- lookup ---- */

static void
take_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = pyro_keyring_lookup_finish (result, &error);
  set_session_only (g_task_get_source_object (task), error != NULL);
  g_task_return_pointer (task, g_strdup (secret != NULL ? secret : ""),
                         (GDestroyNotify)pyro_secret_free);
  pyro_keyring_free (secret);
}

void
pyro_secrets_lookup_async (PyroSecrets *self,
                           const char *collector,
                           PyroSecretPurpose purpose,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *key = make_key (collector, purpose);
  const char *secret = g_hash_table_lookup (self->texts, key);
  if (secret != NULL)
    g_task_return_pointer (task, g_strdup (secret), (GDestroyNotify)pyro_secret_free);
  else
    pyro_keyring_lookup_async (collector, purposes[purpose], take_found, g_steal_pointer (&task));
}

char *
pyro_secrets_lookup_finish (PyroSecrets *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* ---- store ---- */

typedef struct {
  PyroSecrets *secrets;
  char *key, *secret;
} Storing;

/* A later one may have taken its place. */
static void
take_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Storing *storing = user_data;
  gboolean is_kept = pyro_keyring_store_finish (result, NULL);
  const char *now = g_hash_table_lookup (storing->secrets->texts, storing->key);
  if (is_kept && g_strcmp0 (now, storing->secret) == 0)
    g_hash_table_remove (storing->secrets->texts, storing->key);
  set_session_only (storing->secrets, !is_kept);
  g_object_unref (storing->secrets);
  g_free (storing->key);
  pyro_secret_free (storing->secret);
  g_free (storing);
}

void
pyro_secrets_store (PyroSecrets *self,
                    const char *collector,
                    PyroSecretPurpose purpose,
                    const char *label,
                    const char *secret)
{
  g_autofree char *key = make_key (collector, purpose);
  g_hash_table_replace (self->texts, g_strdup (key), g_strdup (secret));
  if (*secret == '\0') {
    pyro_keyring_forget (collector, purposes[purpose]);
    return;
  }
  Storing *storing = g_new0 (Storing, 1);
  storing->secrets = g_object_ref (self);
  storing->key = g_steal_pointer (&key);
  storing->secret = g_strdup (secret);
  pyro_keyring_store_async (collector, purposes[purpose], label, secret, take_stored, storing);
}

void
pyro_secrets_forget (PyroSecrets *self, const char *collector)
{
  for (guint purpose = 0; purpose < PYRO_N_SECRETS; purpose++) {
    g_autofree char *key = make_key (collector, purpose);
    g_hash_table_remove (self->texts, key);
  }
  pyro_keyring_forget (collector, NULL);
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, PYRO_SECRETS (object)->is_session_only);
}

static void
finalize (GObject *object)
{
  g_hash_table_unref (PYRO_SECRETS (object)->texts);
  G_OBJECT_CLASS (pyro_secrets_parent_class)->finalize (object);
}

static void
pyro_secrets_class_init (PyroSecretsClass *class)
{
  G_OBJECT_CLASS (class)->get_property = get_property;
  G_OBJECT_CLASS (class)->finalize = finalize;
  properties[PROP_SESSION_ONLY] = g_param_spec_boolean ("session-only", NULL, NULL, FALSE,
                                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPS, properties);
}

static void
pyro_secrets_init (PyroSecrets *self)
{
  self->texts
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)pyro_secret_free);
}

PyroSecrets *
pyro_secrets_new (void)
{
  return g_object_new (PYRO_TYPE_SECRETS, NULL);
}
