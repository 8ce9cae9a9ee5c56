/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/data-file.h"

GFile *
pyro_data_file_find (const char *path)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_ptr_array_add (folders, (gpointer)PYRO_DATADIR);
  g_ptr_array_add (folders, (gpointer)g_get_user_data_dir ());
  for (const char *const *folder = g_get_system_data_dirs (); *folder != NULL; folder++)
    g_ptr_array_add (folders, (gpointer)*folder);
  for (guint i = 0; i < folders->len; i++) {
    g_autofree char *whole = g_build_filename (folders->pdata[i], path, NULL);
    if (g_file_test (whole, G_FILE_TEST_IS_REGULAR))
      return g_file_new_for_path (whole);
  }
  return NULL;
}
