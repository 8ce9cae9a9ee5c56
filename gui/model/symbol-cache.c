/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/symbol-cache.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* Ordinary files alone: the cache has no other. */
static gint64
measure_file (const char *path, gboolean clear)
{
  GStatBuf status;
  if (g_lstat (path, &status) < 0 || !S_ISREG (status.st_mode))
    return 0;
  return clear && g_unlink (path) == 0 ? 0 : status.st_size;
}

static void
measure (GTask *task, gpointer source, gpointer clear, GCancellable *cancellable)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "prof", NULL);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) directory = g_dir_open (folder, 0, &reason);
  gint64 n_bytes = 0;
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    n_bytes += measure_file (path, GPOINTER_TO_INT (clear));
  }
  if (directory != NULL || g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_task_return_int (task, n_bytes);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("It can’t be read: %s."),
                             reason->message);
}

void
pyro_symbol_cache_measure_async (gboolean clear,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, GINT_TO_POINTER (clear), NULL);
  g_task_run_in_thread (task, measure);
}

gint64
pyro_symbol_cache_measure_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}
