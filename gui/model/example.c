/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/example.h"

static const char example[] = "pyrograph/examples/word-index.pb.gz";

GFile *
pyro_example_find (void)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_ptr_array_add (folders, (gpointer)PYRO_DATADIR);
  g_ptr_array_add (folders, (gpointer)g_get_user_data_dir ());
  for (const char *const *folder = g_get_system_data_dirs (); *folder != NULL; folder++)
    g_ptr_array_add (folders, (gpointer)*folder);
  for (guint i = 0; i < folders->len; i++) {
    g_autofree char *path = g_build_filename (folders->pdata[i], example, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_file_new_for_path (path);
  }
  return NULL;
}
