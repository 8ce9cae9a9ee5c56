/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/exporter.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/error.h"
#include "model/words.h"

/* A field that was left empty is the library's choice. */
static const char *
get_text (PyroCollector *collector, PyroCollectorText which)
{
  const char *text = pyro_collector_get_text (collector, which);
  return *text != '\0' ? text : NULL;
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, sentence);
  return FALSE;
}

static gboolean
set_authentication (ProfExporterConfig *config,
                    PyroCollector *collector,
                    const char *secret,
                    GError **error)
{
  switch (pyro_collector_get_authentication (collector)) {
  case PYRO_AUTHENTICATION_TOKEN:
    config->bearer_token = secret;
    return *secret != '\0' || fail (error, _ ("Enter the token that the collector wants."));
  case PYRO_AUTHENTICATION_PASSWORD:
    config->user = get_text (collector, PYRO_COLLECTOR_USER);
    config->password = secret;
    return config->user != NULL || fail (error, _ ("Enter the user that the collector wants."));
  default:
    return TRUE;
  }
}

/* "Name: value" of each. */
static char **
make_headers (const char *text, GError **error)
{
  g_auto (GStrv) words = pyro_words_split_assignments (text, _ ("The headers"), error);
  for (char **word = words; word != NULL && *word != NULL; word++) {
    char *equals = strchr (*word, '=');
    *equals = '\0';
    char *header = g_strdup_printf ("%s: %s", *word, equals + 1);
    pyro_secret_free (*word);
    *word = header;
  }
  return g_steal_pointer (&words);
}

static void
free_secrets (char **texts)
{
  for (char **text = texts; text != NULL && *text != NULL; text++)
    pyro_secret_free (*text);
  g_free (texts);
}

/* The keys are cut off in place. */
static void
set_resource (ProfExporterConfig *config, char **settings)
{
  guint n = g_strv_length (settings);
  ProfOtlpAttribute *resource = g_new0 (ProfOtlpAttribute, n + 1);
  for (guint i = 0; i < n; i++) {
    char *equals = strchr (settings[i], '=');
    *equals = '\0';
    resource[i] = (ProfOtlpAttribute){ .key = settings[i], .value = equals + 1 };
  }
  config->resource = resource;
  config->n_resource = n;
}

static ProfExporter *
open_with (ProfExporterConfig *config, char **headers, char **resource, GError **error)
{
  ProfExporter *exporter = NULL;
  ProfError reason = PROF_ERROR_INIT;
  config->headers = (const char *const *)headers;
  set_resource (config, resource);
  if (prof_exporter_new (config, &exporter, &reason) < 0)
    pyro_set_error (error, &reason);
  g_free ((gpointer)config->resource);
  return exporter;
}

ProfExporter *
pyro_exporter_open (PyroCollector *collector,
                    const char *const *secrets,
                    guint64 max_retry_ns,
                    GError **error)
{
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.endpoint = get_text (collector, PYRO_COLLECTOR_ENDPOINT);
  config.has_protocol = true;
  config.protocol = pyro_collector_get_protocol (collector);
  config.ca_file = get_text (collector, PYRO_COLLECTOR_CA_FILE);
  config.certificate_file = get_text (collector, PYRO_COLLECTOR_CERTIFICATE_FILE);
  config.key_file = get_text (collector, PYRO_COLLECTOR_KEY_FILE);
  config.compression = pyro_collector_get_compresses (collector) ? "gzip" : "none";
  config.max_retry_ns = max_retry_ns;
  config.is_relay = true;
  if (config.endpoint == NULL && !fail (error, _ ("Enter where the collector is.")))
    return NULL;
  if (secrets != NULL
      && !set_authentication (&config, collector, secrets[PYRO_SECRET_AUTHENTICATION], error))
    return NULL;
  g_auto (GStrv) resource
      = pyro_words_split_assignments (pyro_collector_get_text (collector, PYRO_COLLECTOR_RESOURCE),
                                      _ ("The resource attributes"), error);
  char **headers = resource != NULL
                       ? make_headers (secrets != NULL ? secrets[PYRO_SECRET_HEADERS] : "", error)
                       : NULL;
  ProfExporter *exporter = headers != NULL ? open_with (&config, headers, resource, error) : NULL;
  free_secrets (headers);
  return exporter;
}
