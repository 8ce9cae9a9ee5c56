/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/recordings.h"

#include <errno.h>
#include <glib/gi18n.h>

char *
pyro_recordings_make_name (const char *title, GDateTime *when, guint number)
{
  g_autofree char *time = g_date_time_format (when, "%Y-%m-%d %H.%M.%S");
  g_autofree char *suffix = number > 1 ? g_strdup_printf (" (%u)", number) : g_strdup ("");
  g_autofree char *name = g_strdup_printf ("%.100s %s%s.pb.gz", title, time, suffix);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  return g_strdelimit (g_steal_pointer (&valid), "/\n\r", '-');
}

char *
pyro_recordings_get_folder (const PyroPreferences *preferences)
{
  if (*preferences->folder != '\0')
    return g_strdup (preferences->folder);
  return g_build_filename (g_get_user_data_dir (), "pyrograph", "recordings", NULL);
}

char *
pyro_recordings_choose_path (const char *title, GError **error)
{
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  g_autofree char *folder = pyro_recordings_get_folder (preferences);
  if (g_mkdir_with_parents (folder, 0700) < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                 _ ("Recordings are kept in “%s”, which can’t be made: %s."), folder,
                 g_strerror (errno));
    return NULL;
  }
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *path = NULL;
  for (guint number = 1; path == NULL || g_file_test (path, G_FILE_TEST_EXISTS); number++) {
    g_autofree char *name = pyro_recordings_make_name (title, now, number);
    g_free (path);
    path = g_build_filename (folder, name, NULL);
  }
  return g_steal_pointer (&path);
}
