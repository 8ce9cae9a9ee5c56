/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/remedy.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "model/host-command.h"
#include "model/prof-program.h"

/* Of pkexec(1). */
enum { STATUS_DISMISSED = 126, STATUS_NOT_AUTHORIZED = 127 };

static const char found_prof[] = "$(command -v prof)";

static char *
get_first (const char *remedy)
{
  const char *end = strstr (remedy, ", or ");
  return end != NULL ? g_strndup (remedy, (gsize)(end - remedy)) : g_strdup (remedy);
}

/* "prof" stands for itself if no path is known. */
static char *
put_prof (const char *command, const char *prof)
{
  g_autofree char *quoted = g_shell_quote (prof);
  g_auto (GStrv) parts = g_strsplit (command, found_prof, -1);
  return g_strjoinv (quoted, parts);
}

char **
pyro_remedy_parse (const char *remedy, const char *prof)
{
  static const char sudo[] = "sudo ";
  if (!g_str_has_prefix (remedy, sudo))
    return NULL;
  g_autofree char *first = get_first (remedy + strlen (sudo));
  g_auto (GStrv) parts = g_strsplit (first, found_prof, -1);
  for (char **part = parts; *part != NULL; part++)
    if (strpbrk (*part, "$`|&;<>(){}*?'\"\\\n") != NULL)
      return NULL;
  g_autofree char *command = put_prof (first, prof);
  char **words = NULL;
  return g_shell_parse_argv (command, NULL, &words, NULL) ? words : NULL;
}

/* Users' paths often lack the folders of the administrator's programs. */
static char *
find_program (const char *name)
{
  static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };
  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (folders[i], name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* From a sandbox it can't be seen which programs there are outside. */
char **
pyro_remedy_to_argv (const char *remedy)
{
  if (pyro_host_command_is_needed ())
    return NULL;
  g_autofree char *named = pyro_prof_program_find ();
  g_autofree char *prof = g_find_program_in_path (named);
  g_auto (GStrv) words = pyro_remedy_parse (remedy, prof != NULL ? prof : named);
  g_autofree char *program = words != NULL ? find_program (words[0]) : NULL;
  g_autofree char *pkexec = g_find_program_in_path ("pkexec");
  gboolean is_root = geteuid () == 0;
  if (program == NULL || (pkexec == NULL && !is_root))
    return NULL;
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  if (!is_root)
    g_strv_builder_add (argv, pkexec);
  g_strv_builder_add (argv, program);
  g_strv_builder_addv (argv, (const char **)words + 1);
  return g_strv_builder_end (argv);
}

/* ---- running it ---- */

static void
set_failure (GError **error, GSubprocess *child, const char *output)
{
  int status = g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child) : -1;
  g_autofree char *reason = g_strstrip (g_strdup (output != NULL ? output : ""));
  if (status == STATUS_DISMISSED || status == STATUS_NOT_AUTHORIZED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                         _ ("Nothing was changed: it takes an administrator’s consent."));
  else if (*reason != '\0')
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The remedy failed: %s"), reason);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The remedy failed."));
}

static void
take_end (GObject *child, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *output = NULL;
  GError *error = NULL;
  GSubprocess *process = G_SUBPROCESS (child);
  if (g_subprocess_communicate_utf8_finish (process, result, &output, NULL, &error)
      && !g_subprocess_get_successful (process))
    set_failure (&error, process, output);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
pyro_remedy_run_async (const char *remedy,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_auto (GStrv) argv = pyro_remedy_to_argv (remedy);
  GError *error = NULL;
  if (argv == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                             _ ("Pyrograph can’t do this by itself."));
    return;
  }
  g_autoptr (GSubprocess) child
      = g_subprocess_newv ((const char *const *)argv,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                           &error);
  if (child == NULL)
    g_task_return_error (task, error);
  else
    g_subprocess_communicate_utf8_async (child, NULL, cancellable, take_end,
                                         g_steal_pointer (&task));
}

gboolean
pyro_remedy_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
