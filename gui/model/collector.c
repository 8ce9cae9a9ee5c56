/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/collector.h"

#include <prof/exporter.h>
#include <string.h>

struct _PyroCollector {
  GObject parent_instance;
  char *id;
  char *texts[PYRO_N_COLLECTOR_TEXTS];
  guint protocol, authentication;
  gboolean compresses;
};

G_DEFINE_FINAL_TYPE (PyroCollector, pyro_collector, G_TYPE_OBJECT)

/* A text's property has the text's number. */
enum { PROP_PROTOCOL = PYRO_N_COLLECTOR_TEXTS, PROP_AUTHENTICATION, PROP_COMPRESSES, N_PROPS };
static GParamSpec *properties[N_PROPS];

enum { MAX_TEXT = 4096 };

const char *
pyro_collector_get_id (PyroCollector *self)
{
  return self->id;
}

const char *
pyro_collector_get_text (PyroCollector *self, PyroCollectorText text)
{
  return self->texts[text];
}

guint
pyro_collector_get_protocol (PyroCollector *self)
{
  return self->protocol;
}

PyroAuthentication
pyro_collector_get_authentication (PyroCollector *self)
{
  return self->authentication;
}

gboolean
pyro_collector_get_compresses (PyroCollector *self)
{
  return self->compresses;
}

/* ---- files ---- */

static void
read_text (PyroCollector *self, GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);
  if (text == NULL || strlen (text) > MAX_TEXT)
    return;
  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_object_set (self, key, text, NULL);
}

static void
read_number (PyroCollector *self, GKeyFile *file, const char *group, GParamSpec *pspec)
{
  guint64 number = g_key_file_get_uint64 (file, group, pspec->name, NULL);
  if (number <= G_PARAM_SPEC_UINT (pspec)->maximum)
    g_object_set (self, pspec->name, (guint)number, NULL);
}

void
pyro_collector_read (PyroCollector *self, GKeyFile *file, const char *group)
{
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    read_text (self, file, group, properties[i]->name);
  read_number (self, file, group, properties[PROP_PROTOCOL]);
  read_number (self, file, group, properties[PROP_AUTHENTICATION]);
  g_autoptr (GError) error = NULL;
  gboolean compresses = g_key_file_get_boolean (file, group, "compresses", &error);
  if (error == NULL)
    g_object_set (self, "compresses", compresses, NULL);
}

/* SCHEME://USER:PASSWORD@HOST without what is before the host. */
static char *
strip_user (const char *endpoint)
{
  const char *scheme_end = strstr (endpoint, "://");
  const char *authority = scheme_end != NULL ? scheme_end + strlen ("://") : endpoint;
  const char *at = g_strrstr_len (authority, (gssize)strcspn (authority, "/?#"), "@");
  if (at == NULL)
    return g_strdup (endpoint);
  return g_strdup_printf ("%.*s%s", (int)(authority - endpoint), endpoint, at + 1);
}

void
pyro_collector_write (PyroCollector *self, GKeyFile *file, const char *group)
{
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    g_key_file_set_string (file, group, properties[i]->name, self->texts[i]);
  g_autofree char *endpoint = strip_user (self->texts[PYRO_COLLECTOR_ENDPOINT]);
  g_key_file_set_string (file, group, "endpoint", endpoint);
  g_key_file_set_uint64 (file, group, "protocol", self->protocol);
  g_key_file_set_uint64 (file, group, "authentication", self->authentication);
  g_key_file_set_boolean (file, group, "compresses", self->compresses);
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroCollector *self = PYRO_COLLECTOR (object);
  if (property < PYRO_N_COLLECTOR_TEXTS)
    g_value_set_string (value, self->texts[property]);
  else if (property == PROP_PROTOCOL)
    g_value_set_uint (value, self->protocol);
  else if (property == PROP_AUTHENTICATION)
    g_value_set_uint (value, self->authentication);
  else
    g_value_set_boolean (value, self->compresses);
}

static void
set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  PyroCollector *self = PYRO_COLLECTOR (object);
  if (property < PYRO_N_COLLECTOR_TEXTS) {
    g_free (self->texts[property]);
    self->texts[property] = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : "");
  } else if (property == PROP_PROTOCOL)
    self->protocol = g_value_get_uint (value);
  else if (property == PROP_AUTHENTICATION)
    self->authentication = g_value_get_uint (value);
  else
    self->compresses = g_value_get_boolean (value);
}

static void
finalize (GObject *object)
{
  PyroCollector *self = PYRO_COLLECTOR (object);
  g_free (self->id);
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (pyro_collector_parent_class)->finalize (object);
}

static void
pyro_collector_class_init (PyroCollectorClass *class)
{
  static const char *const names[] = {
    [PYRO_COLLECTOR_NAME] = "name",         [PYRO_COLLECTOR_ENDPOINT] = "endpoint",
    [PYRO_COLLECTOR_CA_FILE] = "ca-file",   [PYRO_COLLECTOR_CERTIFICATE_FILE] = "certificate-file",
    [PYRO_COLLECTOR_KEY_FILE] = "key-file", [PYRO_COLLECTOR_USER] = "user",
    [PYRO_COLLECTOR_RESOURCE] = "resource",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, "", flags);
  properties[PROP_PROTOCOL]
      = g_param_spec_uint ("protocol", NULL, NULL, 0, PROF_OTLP_GRPC, PROF_OTLP_HTTP, flags);
  properties[PROP_AUTHENTICATION]
      = g_param_spec_uint ("authentication", NULL, NULL, 0, PYRO_N_AUTHENTICATIONS - 1, 0, flags);
  properties[PROP_COMPRESSES] = g_param_spec_boolean ("compresses", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pyro_collector_init (PyroCollector *self)
{
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    self->texts[i] = g_strdup ("");
  self->compresses = TRUE;
}

PyroCollector *
pyro_collector_new (const char *id)
{
  PyroCollector *self = g_object_new (PYRO_TYPE_COLLECTOR, NULL);
  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  return self;
}

PyroCollector *
pyro_collector_copy (PyroCollector *self)
{
  PyroCollector *copy = pyro_collector_new (self->id);
  for (guint i = 1; i < PYRO_N_COLLECTOR_TEXTS; i++)
    g_object_set (copy, properties[i]->name, self->texts[i], NULL);
  copy->protocol = self->protocol;
  copy->authentication = self->authentication;
  copy->compresses = self->compresses;
  return copy;
}
