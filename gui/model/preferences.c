/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/preferences.h"

#include <glib/gi18n.h>

static const char group[] = "preferences";

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pyrograph", "preferences.ini", NULL);
}

/* 0 for what is no number below `end`. */
static guint
read_number (GKeyFile *file, const char *key, guint end)
{
  guint64 number = g_key_file_get_uint64 (file, group, key, NULL);
  return number < end ? (guint)number : 0;
}

static gboolean
read_boolean (GKeyFile *file, const char *key, gboolean otherwise)
{
  g_autoptr (GError) error = NULL;
  gboolean value = g_key_file_get_boolean (file, group, key, &error);
  return error == NULL ? value : otherwise;
}

/* A relative one would depend on where the app was started. */
static char *
read_folder (GKeyFile *file)
{
  char *folder = g_key_file_get_string (file, group, "folder", NULL);
  if (folder != NULL && g_path_is_absolute (folder))
    return folder;
  g_free (folder);
  return g_strdup ("");
}

PyroPreferences *
pyro_preferences_load (void)
{
  PyroPreferences *self = g_new0 (PyroPreferences, 1);
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  self->scheme = read_number (file, "scheme", PYRO_N_SCHEMES);
  self->has_flames = read_boolean (file, "flames", FALSE);
  self->colouring = read_number (file, "colouring", PYRO_N_COLOURINGS);
  self->folder = read_folder (file);
  self->asks_to_discard = read_boolean (file, "ask-to-discard", TRUE);
  self->has_symbol_cache = read_boolean (file, "symbol-cache", TRUE);
  return self;
}

gboolean
pyro_preferences_save (const PyroPreferences *self, GError **error)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;
  g_key_file_set_uint64 (file, group, "scheme", self->scheme);
  g_key_file_set_boolean (file, group, "flames", self->has_flames);
  g_key_file_set_uint64 (file, group, "colouring", self->colouring);
  g_key_file_set_string (file, group, "folder", self->folder);
  g_key_file_set_boolean (file, group, "ask-to-discard", self->asks_to_discard);
  g_key_file_set_boolean (file, group, "symbol-cache", self->has_symbol_cache);
  g_mkdir_with_parents (folder, 0700);
  if (g_key_file_save_to_file (file, path, &reason))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The preferences were not saved: %s."),
               reason->message);
  return FALSE;
}

void
pyro_preferences_free (PyroPreferences *self)
{
  g_free (self->folder);
  g_free (self);
}
