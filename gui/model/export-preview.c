/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/export-preview.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "model/error.h"
#include "model/exporter.h"
#include "model/units.h"
#include "model/value-types.h"

typedef struct {
  PyroCollector *collector;
  ProfProfile *profile;
} Request;

static void
free_request (gpointer request)
{
  Request *self = request;
  g_object_unref (self->collector);
  prof_profile_unref (self->profile);
  g_free (self);
}

static void
add_line (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, text->len > 0 ? "\n%s: %s" : "%s: %s", name, value);
}

static void
add_value_types (GString *text, ProfProfile *profile)
{
  g_autofree char *names = pyro_value_types_join (profile);
  add_line (text, _ ("Sample types"), names);
}

static void
add_samples (GString *text, ProfProfile *profile)
{
  size_t n_samples;
  prof_profile_get_samples (profile, &n_samples);
  g_autofree char *count = pyro_format_count ((double)n_samples);
  add_line (text, _ ("Samples"), count);
}

/* As the exporter will encode it. */
static gboolean
add_requests (GString *text,
              ProfProfile *profile,
              const ProfOtlpOptions *options,
              GCancellable *cancellable,
              ProfError *reterr)
{
  ProfOtlpEncoder *encoder = NULL;
  int r = prof_otlp_encoder_new (profile, options, &encoder, reterr);
  const uint8_t *bytes;
  size_t n_bytes, n_requests = 0;
  double sum = 0;
  while (r >= 0 && !g_cancellable_is_cancelled (cancellable)
         && (r = prof_otlp_encoder_next (encoder, &bytes, &n_bytes)) > 0) {
    n_requests++;
    sum += (double)n_bytes;
  }
  prof_otlp_encoder_free (encoder);
  g_autofree char *count = pyro_format_count ((double)n_requests);
  g_autofree char *size = pyro_format_bytes (sum);
  g_autofree char *value = g_strdup_printf (_ ("%s, %s before compression"), count, size);
  add_line (text, _ ("Requests"), value);
  return r >= 0;
}

static void
add_resource (GString *text, const ProfOtlpOptions *options)
{
  for (size_t i = 0; i < options->n_resource; i++) {
    const ProfOtlpAttribute *attribute = &options->resource[i];
    g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, attribute->number);
    add_line (text, attribute->key, attribute->value != NULL ? attribute->value : number);
  }
}

static gboolean
describe (GString *text,
          ProfExporter *exporter,
          ProfProfile *profile,
          GCancellable *cancellable,
          GError **error)
{
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  ProfOtlpAttribute *resource = NULL;
  ProfError reason = PROF_ERROR_INIT;
  add_value_types (text, profile);
  add_samples (text, profile);
  gboolean is_done
      = prof_exporter_get_resource (exporter, profile, &resource, &options.n_resource, &reason)
        == 0;
  options.resource = resource;
  is_done = is_done && add_requests (text, profile, &options, cancellable, &reason);
  if (is_done)
    add_resource (text, &options);
  free (resource);
  return is_done || pyro_set_error (error, &reason);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  ProfExporter *exporter = pyro_exporter_open (request->collector, NULL, 0, &error);
  gboolean is_done
      = exporter != NULL && describe (text, exporter, request->profile, cancellable, &error);
  prof_exporter_free (exporter);
  if (is_done)
    g_task_return_pointer (task, g_utf8_make_valid (text->str, -1), g_free);
  else
    g_task_return_error (task, error);
}

void
pyro_export_preview_async (PyroCollector *collector,
                           ProfProfile *profile,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  request->collector = pyro_collector_copy (collector);
  request->profile = prof_profile_ref (profile);
  g_task_set_task_data (task, request, free_request);
  g_task_run_in_thread (task, run);
}

char *
pyro_export_preview_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
