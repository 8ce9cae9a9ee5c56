/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/export-task.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "model/error.h"
#include "model/exporter.h"
#include "model/units.h"

struct _PyroExportTask {
  GObject parent_instance;
  PyroCollector *collector;
  ProfProfile *profile; /* NULL: to try the connection */
  PyroSecrets *store;
  char *secrets[PYRO_N_SECRETS];
  guint n_secrets; /* that were asked for */
  GMutex lock;
  char *message;           /* of the last try, "" for success; with the lock */
  ProfExporter *exporter;  /* while the worker sends; with the lock */
  ProfExporterStats stats; /* of the last look at it; with the lock */
};

G_DEFINE_FINAL_TYPE (PyroExportTask, pyro_export_task, G_TYPE_OBJECT)

/* Somebody waits, and can try again. */
static const guint64 retry_ns = 10 * (guint64)1000000000;
/* One try: 0 is the library's default. */
enum { ONCE_NS = 1 };

/* ---- in the worker ---- */

static void
end_sending (GCancellable *cancellable, gpointer task)
{
  PyroExportTask *self = task;
  g_mutex_lock (&self->lock);
  if (self->exporter != NULL)
    prof_exporter_shutdown (self->exporter, 0, NULL);
  g_mutex_unlock (&self->lock);
}

static void
set_exporter (PyroExportTask *self, ProfExporter *exporter)
{
  g_mutex_lock (&self->lock);
  if (self->exporter != NULL)
    prof_exporter_get_stats (self->exporter, &self->stats);
  self->exporter = exporter;
  g_mutex_unlock (&self->lock);
}

static void
take_try (const char *message, bool will_retry, void *task)
{
  PyroExportTask *self = task;
  g_mutex_lock (&self->lock);
  g_free (self->message);
  self->message = g_utf8_make_valid (message, -1);
  g_mutex_unlock (&self->lock);
}

static ProfProfile *
make_empty_profile (void)
{
  ProfProfile *profile = NULL;
  if (prof_profile_new (&profile) == 0
      && prof_profile_add_value_type (profile, "samples", "count") < 0)
    profile = prof_profile_unref (profile);
  return profile;
}

static int
export_profile (PyroExportTask *self, ProfExporter *exporter, ProfError *reterr)
{
  ProfProfile *profile
      = self->profile != NULL ? prof_profile_ref (self->profile) : make_empty_profile ();
  if (profile == NULL) {
    *reterr = (ProfError){ -ENOMEM, "Can't try the connection: out of memory" };
    return -ENOMEM;
  }
  int r = prof_exporter_export (exporter, profile, reterr);
  prof_profile_unref (profile);
  return r;
}

static gboolean
send (PyroExportTask *self, ProfExporter *exporter, GCancellable *cancellable, GError **error)
{
  ProfError reason = PROF_ERROR_INIT;
  prof_exporter_set_func (exporter, take_try, self);
  set_exporter (self, exporter);
  gulong handler = cancellable != NULL
                       ? g_cancellable_connect (cancellable, G_CALLBACK (end_sending), self, NULL)
                       : 0;
  int r = export_profile (self, exporter, &reason);
  g_cancellable_disconnect (cancellable, handler);
  set_exporter (self, NULL);
  if (r < 0)
    return pyro_set_error (error, &reason);
  if (self->stats.n_exported > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _ ("Nothing is sent while OTEL_SDK_DISABLED is true."));
  return FALSE;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PyroExportTask *self = source;
  GError *error = NULL;
  ProfExporter *exporter = pyro_exporter_open (self->collector, (const char *const *)self->secrets,
                                               self->profile != NULL ? retry_ns : ONCE_NS, &error);
  gboolean is_sent = exporter != NULL && send (self, exporter, cancellable, &error);
  prof_exporter_free (exporter);
  if (is_sent)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- in the main thread ---- */

static void ask_for_secret (GTask *task);

static void
take_secret (GObject *secrets, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PyroExportTask *self = g_task_get_source_object (task);
  self->secrets[self->n_secrets++] = pyro_secrets_lookup_finish (PYRO_SECRETS (secrets), result);
  ask_for_secret (task);
}

/* One after the other: the keyring may have to be unlocked. */
static void
ask_for_secret (GTask *task)
{
  PyroExportTask *self = g_task_get_source_object (task);
  if (self->n_secrets < PYRO_N_SECRETS) {
    pyro_secrets_lookup_async (self->store, pyro_collector_get_id (self->collector),
                               self->n_secrets, take_secret, task);
    return;
  }
  g_task_run_in_thread (task, run);
  g_object_unref (task);
}

void
pyro_export_task_run_async (PyroExportTask *self,
                            PyroSecrets *secrets,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  self->store = g_object_ref (secrets);
  ask_for_secret (g_task_new (self, cancellable, callback, user_data));
}

static char *
describe_sent (const ProfExporterStats *stats)
{
  g_autofree char *bytes = pyro_format_bytes ((double)stats->n_bytes);
  guint n_requests = (guint)stats->n_requests;
  return g_strdup_printf (ngettext ("%u request, %s", "%u requests, %s", n_requests), n_requests,
                          bytes);
}

char *
pyro_export_task_describe (PyroExportTask *self)
{
  g_mutex_lock (&self->lock);
  if (self->exporter != NULL)
    prof_exporter_get_stats (self->exporter, &self->stats);
  ProfExporterStats stats = self->stats;
  g_autofree char *message = g_strdup (self->message);
  g_mutex_unlock (&self->lock);
  g_autofree char *sent = describe_sent (&stats);
  if (*message != '\0')
    return g_strdup_printf (_ ("%s; trying again"), message);
  return stats.n_requests > 0 ? g_strdup_printf (_ ("Sending: %s"), sent)
                              : g_strdup (_ ("Sending…"));
}

static char *
describe_answer (PyroExportTask *self)
{
  const ProfExporterStats *stats = &self->stats;
  g_autofree char *sent = describe_sent (stats);
  g_autoptr (GString) text = g_string_new (NULL);
  if (self->profile == NULL)
    g_string_append (text, _ ("The collector answers, and takes profiles."));
  else
    g_string_append_printf (text, _ ("The collector took it: %s."), sent);
  guint n_rejected = (guint)stats->n_rejected_profiles;
  if (n_rejected > 0)
    g_string_append_printf (text,
                            ngettext (" It rejected %u profile.", " It rejected %u profiles.",
                                      n_rejected),
                            n_rejected);
  if (*self->message != '\0')
    g_string_append_printf (text, _ (" It says: %s"), self->message);
  return g_strdup (text->str);
}

char *
pyro_export_task_run_finish (PyroExportTask *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return describe_answer (self);
}

/* ---- GObject ---- */

static void
finalize (GObject *object)
{
  PyroExportTask *self = PYRO_EXPORT_TASK (object);
  g_clear_object (&self->collector);
  g_clear_object (&self->store);
  prof_profile_unref (self->profile);
  for (guint i = 0; i < PYRO_N_SECRETS; i++)
    pyro_secret_free (self->secrets[i]);
  g_free (self->message);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (pyro_export_task_parent_class)->finalize (object);
}

static void
pyro_export_task_class_init (PyroExportTaskClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_export_task_init (PyroExportTask *self)
{
  g_mutex_init (&self->lock);
  self->message = g_strdup ("");
  self->stats = (ProfExporterStats)PROF_EXPORTER_STATS_INIT;
}

PyroExportTask *
pyro_export_task_new (PyroCollector *collector, ProfProfile *profile)
{
  PyroExportTask *self = g_object_new (PYRO_TYPE_EXPORT_TASK, NULL);
  self->collector = pyro_collector_copy (collector);
  self->profile = profile != NULL ? prof_profile_ref (profile) : NULL;
  return self;
}
