/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/source.h"

#include <glib/gi18n.h>

#include "model/lazy-list.h"
#include "model/source-folders.h"
#include "model/source-text.h"

/* ---- a line ---- */

struct _PyroSourceLine {
  GObject parent_instance;
  PyroReport *report;
  char *text;
  ProfReportLine sum;
};

G_DEFINE_FINAL_TYPE (PyroSourceLine, pyro_source_line, G_TYPE_OBJECT)

static void
finalize (GObject *object)
{
  PyroSourceLine *self = PYRO_SOURCE_LINE (object);
  g_clear_object (&self->report);
  g_free (self->text);
  G_OBJECT_CLASS (pyro_source_line_parent_class)->finalize (object);
}

static void
pyro_source_line_class_init (PyroSourceLineClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_source_line_init (PyroSourceLine *self)
{
}

guint
pyro_source_line_get_number (PyroSourceLine *self)
{
  return (guint)self->sum.line;
}

const char *
pyro_source_line_get_text (PyroSourceLine *self)
{
  return self->text;
}

gint64
pyro_source_line_get_self (PyroSourceLine *self)
{
  return self->sum.self;
}

gint64
pyro_source_line_get_total (PyroSourceLine *self)
{
  return self->sum.total;
}

PyroReport *
pyro_source_line_get_report (PyroSourceLine *self)
{
  return self->report;
}

/* ---- their list ---- */

typedef struct {
  PyroReport *report;
  PyroSourceText *text;
  GArray *sums;
} Lines;

static void
free_lines (gpointer data)
{
  Lines *lines = data;
  g_object_unref (lines->report);
  pyro_source_text_free (lines->text);
  g_array_unref (lines->sums);
  g_free (lines);
}

static ProfReportLine
find_sum (const GArray *sums, gint64 line)
{
  guint first = 0, end = sums->len;
  while (first < end) {
    guint middle = first + (end - first) / 2;
    const ProfReportLine *sum = &g_array_index (sums, ProfReportLine, middle);
    if (sum->line == line)
      return *sum;
    if (sum->line < line)
      first = middle + 1;
    else
      end = middle;
  }
  return (ProfReportLine){ .line = line };
}

static gpointer
make_line (gpointer source, guint position)
{
  Lines *lines = source;
  PyroSourceLine *self = g_object_new (PYRO_TYPE_SOURCE_LINE, NULL);
  self->report = g_object_ref (lines->report);
  self->text = pyro_source_text_get_line (lines->text, position);
  self->sum = find_sum (lines->sums, (gint64)position + 1);
  return self;
}

static guint64
get_magnitude (gint64 value)
{
  return value < 0 ? -(guint64)value : (guint64)value;
}

/* By self, then by total: a line may only call. The first line if none was measured. */
static guint
find_hottest (const GArray *sums, guint n_lines)
{
  const ProfReportLine *hottest = NULL;
  for (guint i = 0; i < sums->len; i++) {
    const ProfReportLine *sum = &g_array_index (sums, ProfReportLine, i);
    if (sum->line <= n_lines
        && (hottest == NULL || get_magnitude (sum->self) > get_magnitude (hottest->self)
            || (sum->self == hottest->self
                && get_magnitude (sum->total) > get_magnitude (hottest->total))))
      hottest = sum;
  }
  return hottest != NULL ? (guint)hottest->line - 1 : 0;
}

/* ---- the file ---- */

void
pyro_source_free (PyroSource *self)
{
  g_free (self->recorded);
  g_free (self->reason);
  g_free (self->path);
  g_clear_object (&self->lines);
  g_free (self);
}

static gboolean
is_changed (ProfProfile *profile, const PyroSourceText *text, const GArray *sums)
{
  guint n_lines = pyro_source_text_get_n_lines (text);
  gint64 start_ns = prof_profile_get_time_ns (profile);
  if (sums->len > 0 && g_array_index (sums, ProfReportLine, sums->len - 1).line > n_lines)
    return TRUE;
  return start_ns > 0 && pyro_source_text_get_time_ns (text) > start_ns;
}

static char *
explain_missing (const PyroSource *self)
{
  if (*self->recorded == '\0')
    return g_strdup (
        _ ("The profile does not say in which file this function is. Build the program "
           "with debugging information (-g) and record it again."));
  g_autofree char *shown = g_filename_display_name (self->recorded);
  return g_strdup_printf (_ ("“%s” is not on this computer. If its source is elsewhere, show "
                             "where; "
                             "other files next to it will be found as well."),
                          shown);
}

/* Takes over the sums. */
static void
read_lines (PyroSource *self, PyroReport *report, GArray *sums)
{
  g_autoptr (GError) error = NULL;
  PyroSourceText *text = pyro_source_text_read (self->path, &error);
  if (text == NULL) {
    self->reason = g_strdup (error->message);
    g_array_unref (sums);
    return;
  }
  guint n_lines = pyro_source_text_get_n_lines (text);
  self->hottest = find_hottest (sums, n_lines);
  self->is_changed = is_changed (pyro_report_get_profile (report), text, sums);
  Lines *lines = g_new (Lines, 1);
  *lines = (Lines){ g_object_ref (report), text, sums };
  self->lines = pyro_lazy_list_new (PYRO_TYPE_SOURCE_LINE, n_lines, make_line, lines, free_lines);
}

static void
load (GTask *task, gpointer source, gpointer function, GCancellable *cancellable)
{
  PyroReport *report = source;
  guint32 row = GPOINTER_TO_UINT (function);
  size_t n_functions;
  g_autoptr (PyroSource) self = g_new0 (PyroSource, 1);
  g_autoptr (GPtrArray) folders = pyro_source_folders_load ();
  self->recorded = g_strdup (pyro_report_get_functions (report, &n_functions)[row].filename);
  self->path = pyro_source_folders_find (folders, self->recorded);
  GError *error = NULL;
  GArray *sums = self->path != NULL ? pyro_report_get_lines (report, row, &error) : NULL;
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (sums != NULL)
    read_lines (self, report, sums);
  else
    self->reason = explain_missing (self);
  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify)pyro_source_free);
}

void
pyro_source_load_async (PyroReport *report,
                        guint32 function,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (report, cancellable, callback, user_data);
  g_task_set_task_data (task, GUINT_TO_POINTER (function), NULL);
  g_task_run_in_thread (task, load);
}

PyroSource *
pyro_source_load_finish (PyroReport *report, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
