/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <glib/gi18n.h>

#include "view/flame-graph-private.h"
#include "view/flame-picture.h"

enum { LEAST_WIDTH = 400, LEAST_LABEL_WIDTH = 36 };

typedef struct {
  PyroFlamePaper *paper;
  PyroFlamePicture format;
  GFile *file;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;
  pyro_flame_paper_free (job->paper);
  g_object_unref (job->file);
  g_free (job);
}

static void
add_rows (PyroFlameGraph *self, const PyroFlameLayout *layout, PyroFlamePaper *paper)
{
  for (guint32 row = 0; row < layout->n_rows; row++)
    for (guint32 i = layout->rows[row]; i < layout->rows[row + 1]; i++) {
      const PyroFlameBox *box = &layout->boxes[i];
      gboolean has_label = box->width >= LEAST_LABEL_WIDTH;
      pyro_flame_paper_add (paper,
                            (PyroFlamePictureBox){
                                .x = box->x,
                                .width = box->width,
                                .row = self->is_upward ? layout->n_rows - 1 - row : row,
                                .colour
                                = pyro_flame_graph_get_colour (self, box, PYRO_FLAME_THEME_LIGHT),
                                .label = has_label ? pyro_flame_graph_make_label (self, box) : NULL,
                            });
    }
}

/* What is zoomed to, in all its depth. NULL on failure. */
static PyroFlamePaper *
make_paper (PyroFlameGraph *self, GError **error)
{
  if (self->tree == NULL || pyro_flame_graph_is_empty (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         _ ("There is no flame graph to export: open a profile with samples."));
    return NULL;
  }
  PyroFlameLayout layout = { 0 };
  int width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), LEAST_WIDTH);
  if (pyro_flame_layout_update (&layout, self->tree, &self->target, width) < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror (ENOMEM));
    return NULL;
  }
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PyroFlamePaper *paper = pyro_flame_paper_new (pango_context_get_font_description (context));
  paper->width = width;
  paper->n_rows = layout.n_rows;
  paper->row_height = self->row_height;
  add_rows (self, &layout, paper);
  pyro_flame_layout_finish (&layout);
  return paper;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = pyro_flame_paper_draw (job->paper, job->format, &error);
  gsize n = 0;
  const char *contents = bytes == NULL ? NULL : g_bytes_get_data (bytes, &n);
  if (bytes != NULL
      && g_file_replace_contents (job->file, contents, n, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                  cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
pyro_flame_graph_export_async (PyroFlameGraph *self,
                               GFile *file,
                               PyroFlamePicture format,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  PyroFlamePaper *paper = make_paper (self, &error);
  if (paper == NULL) {
    g_task_return_error (task, error);
    return;
  }
  Job *job = g_new (Job, 1);
  *job = (Job){ paper, format, g_object_ref (file) };
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
}

gboolean
pyro_flame_graph_export_finish (PyroFlameGraph *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
