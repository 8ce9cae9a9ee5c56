/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/host-prof.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/host-command.h"
#include "model/prof-program.h"

static gboolean
is_same_series (const char *version, const char *other)
{
  g_auto (GStrv) numbers = g_strsplit (version, ".", 3);
  g_auto (GStrv) others = g_strsplit (other, ".", 3);
  return g_strv_length (numbers) >= 2 && g_strv_length (others) >= 2
         && g_str_equal (numbers[0], others[0]) && g_str_equal (numbers[1], others[1]);
}

gboolean
pyro_host_prof_accepts (const char *printed, GError **error)
{
  static const char prefix[] = "prof ";
  g_autofree char *line = g_strstrip (g_strdup (printed));
  if (!g_str_has_prefix (line, prefix)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _ ("There is no prof outside of the sandbox."));
    return FALSE;
  }
  const char *version = line + strlen (prefix);
  if (is_same_series (version, PROF_VERSION))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _ ("The prof outside of the sandbox is version %s; this Pyrograph is version %s."),
               version, PROF_VERSION);
  return FALSE;
}

static void
take_output (GObject *child, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *output = NULL;
  GError *error = NULL;
  if (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (child), result, &output, NULL, &error)
      && pyro_host_prof_accepts (output, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
pyro_host_prof_check_async (GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *prof = pyro_prof_program_find ();
  g_auto (GStrv) argv = pyro_host_command_wrap ((const char *const[]){ prof, "--version", NULL });
  GError *error = NULL;
  g_autoptr (GSubprocess) child
      = g_subprocess_newv ((const char *const *)argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (child == NULL) {
    g_prefix_error (&error, "%s ", _ ("Nothing outside of the sandbox can be started:"));
    g_task_return_error (task, error);
    return;
  }
  g_subprocess_communicate_utf8_async (child, NULL, cancellable, take_output,
                                       g_steal_pointer (&task));
}

gboolean
pyro_host_prof_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
