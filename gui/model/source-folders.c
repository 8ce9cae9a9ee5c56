/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/source-folders.h"

#include <glib/gi18n.h>
#include <string.h>

static const char group[] = "source-folders";

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pyrograph", "source-folders.ini", NULL);
}

static void
free_folder (gpointer data)
{
  PyroSourceFolder *folder = data;
  g_free (folder->from);
  g_free (folder->to);
  g_free (folder);
}

static PyroSourceFolder *
new_folder (char *from, char *to)
{
  PyroSourceFolder *folder = g_new (PyroSourceFolder, 1);
  *folder = (PyroSourceFolder){ from, to };
  return folder;
}

GPtrArray *
pyro_source_folders_load (void)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (free_folder);
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  gsize n_from = 0, n_to = 0;
  g_auto (GStrv) from = g_key_file_get_string_list (file, group, "from", &n_from, NULL);
  g_auto (GStrv) to = g_key_file_get_string_list (file, group, "to", &n_to, NULL);
  for (gsize i = 0; i < MIN (n_from, n_to); i++)
    if (g_path_is_absolute (to[i]))
      g_ptr_array_add (folders, new_folder (g_strdup (from[i]), g_strdup (to[i])));
  return folders;
}

gboolean
pyro_source_folders_save (GPtrArray *folders, GError **error)
{
  g_autofree char *path = get_path ();
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree const char **from = g_new (const char *, folders->len + 1);
  g_autofree const char **to = g_new (const char *, folders->len + 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;
  for (guint i = 0; i < folders->len; i++) {
    const PyroSourceFolder *folder = folders->pdata[i];
    from[i] = folder->from;
    to[i] = folder->to;
  }
  g_key_file_set_string_list (file, group, "from", from, folders->len);
  g_key_file_set_string_list (file, group, "to", to, folders->len);
  g_mkdir_with_parents (parent, 0700);
  if (g_key_file_save_to_file (file, path, &reason))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               _ ("The folder of the source files was not saved: %s."), reason->message);
  return FALSE;
}

/* How many bytes at the end both paths have in common, in whole names. */
static size_t
measure_common_end (const char *a, const char *b)
{
  size_t a_size = strlen (a), b_size = strlen (b), common = 0;
  for (size_t n = 1; n <= MIN (a_size, b_size) && a[a_size - n] == b[b_size - n]; n++)
    if (a[a_size - n] == '/' || (n == a_size && b_size > n && b[b_size - n - 1] == '/'))
      common = n;
  return common;
}

void
pyro_source_folders_add (GPtrArray *folders, const char *recorded, const char *chosen)
{
  size_t common = measure_common_end (recorded, chosen);
  char *from = g_strndup (recorded, strlen (recorded) - common);
  char *to = g_strndup (chosen, strlen (chosen) - common);
  for (guint i = folders->len; i-- > 0;)
    if (g_str_equal (((PyroSourceFolder *)folders->pdata[i])->from, from))
      g_ptr_array_remove_index (folders, i);
  g_ptr_array_insert (folders, 0, new_folder (from, to));
}

/* NULL: the file is not of the folder. */
static char *
move (const PyroSourceFolder *folder, const char *recorded)
{
  if (*folder->from == '\0' && g_path_is_absolute (recorded))
    return NULL;
  if (!g_str_has_prefix (recorded, folder->from))
    return NULL;
  const char *rest = recorded + strlen (folder->from);
  if (*folder->from != '\0' && *rest != '/' && *rest != '\0')
    return NULL;
  const char *slash
      = *rest == '/' || *rest == '\0' || g_str_has_suffix (folder->to, "/") ? "" : "/";
  return g_strconcat (folder->to, slash, rest, NULL);
}

char *
pyro_source_folders_find (GPtrArray *folders, const char *recorded)
{
  for (guint i = 0; i < folders->len; i++) {
    g_autofree char *moved = move (folders->pdata[i], recorded);
    if (moved != NULL && g_file_test (moved, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&moved);
  }
  gboolean is_here
      = g_path_is_absolute (recorded) && g_file_test (recorded, G_FILE_TEST_IS_REGULAR);
  return is_here ? g_strdup (recorded) : NULL;
}
