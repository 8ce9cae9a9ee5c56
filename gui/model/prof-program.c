/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/prof-program.h"

#include <glib/gi18n.h>

#include "model/host-command.h"
#include "model/json.h"

char *
pyro_prof_program_find (void)
{
  const char *named = g_getenv ("PYROGRAPH_PROF");
  if (named != NULL && *named != '\0')
    return g_strdup (named);
  if (pyro_host_command_is_needed ())
    return g_strdup ("prof");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup ("/");
  g_autofree char *beside = g_build_filename (folder, "prof", NULL);
  gboolean is_there = g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE)
                      && g_file_test (beside, G_FILE_TEST_IS_REGULAR);
  return is_there ? g_steal_pointer (&beside) : g_strdup ("prof");
}

static void
unref_variant (gpointer variant)
{
  g_variant_unref (variant);
}

static void
read_output (GTask *task, gpointer source, gpointer output, GCancellable *cancellable)
{
  GError *error = NULL;
  GVariant *answer = pyro_json_read (output, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, unref_variant);
  else
    g_task_return_error (task, error);
}

/* A machine may have thousands of events: a worker reads them. */
static void
take_output (GObject *child, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char *output = NULL;
  GError *error = NULL;
  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (child), result, &output, NULL, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_task_set_task_data (task, output, g_free);
  g_task_run_in_thread (task, read_output);
}

void
pyro_prof_program_ask_async (const char *command,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *prof = pyro_prof_program_find ();
  g_auto (GStrv) argv
      = pyro_host_command_wrap ((const char *const[]){ prof, command, "--json", NULL });
  GError *error = NULL;
  g_autoptr (GSubprocess) child
      = g_subprocess_newv ((const char *const *)argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (child == NULL) {
    g_prefix_error (&error, "%s ", _ ("The program prof can’t be started:"));
    g_task_return_error (task, error);
    return;
  }
  g_subprocess_communicate_utf8_async (child, NULL, cancellable, take_output,
                                       g_steal_pointer (&task));
}

GVariant *
pyro_prof_program_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
