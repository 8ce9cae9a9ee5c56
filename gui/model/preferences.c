/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/preferences.h"

#include <glib/gi18n.h>

/* Of this session, where the schema is not installed. */
static PyroPreferences *unsaved;

/* NULL: the schema is not installed, and GSettings would end the app. */
static GSettings *
open_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source != NULL ? g_settings_schema_source_lookup (source, "org.libprof.Pyrograph", TRUE)
                       : NULL;
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static PyroPreferences *
copy (const PyroPreferences *self)
{
  PyroPreferences *copied = g_memdup2 (self, sizeof *self);
  copied->folder = g_strdup (self->folder);
  return copied;
}

/* A relative one would depend on where the app was started. */
static char *
read_folder (GSettings *settings)
{
  g_autofree char *folder = g_settings_get_string (settings, "folder");
  return g_path_is_absolute (folder) ? g_steal_pointer (&folder) : g_strdup ("");
}

PyroPreferences *
pyro_preferences_load (void)
{
  static const PyroPreferences defaults
      = { .folder = (char *)"", .asks_to_discard = TRUE, .has_symbol_cache = TRUE };
  g_autoptr (GSettings) settings = open_settings ();
  if (settings == NULL)
    return copy (unsaved != NULL ? unsaved : &defaults);
  PyroPreferences *self = g_new0 (PyroPreferences, 1);
  self->scheme = (PyroScheme)g_settings_get_enum (settings, "scheme");
  self->has_flames = g_settings_get_boolean (settings, "flames");
  self->colouring = (guint)g_settings_get_enum (settings, "colouring");
  self->folder = read_folder (settings);
  self->asks_to_discard = g_settings_get_boolean (settings, "ask-to-discard");
  self->has_symbol_cache = g_settings_get_boolean (settings, "symbol-cache");
  return self;
}

static gboolean
save_for_session (const PyroPreferences *self, GError **error)
{
  g_clear_pointer (&unsaved, pyro_preferences_free);
  unsaved = copy (self);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _ ("The preferences last until Pyrograph is closed: its settings schema is "
                          "not installed."));
  return FALSE;
}

/* What an administrator has locked can't be set. */
gboolean
pyro_preferences_save (const PyroPreferences *self, GError **error)
{
  g_autoptr (GSettings) settings = open_settings ();
  if (settings == NULL)
    return save_for_session (self, error);
  if (g_settings_set_enum (settings, "scheme", (int)self->scheme)
      && g_settings_set_boolean (settings, "flames", self->has_flames)
      && g_settings_set_enum (settings, "colouring", (int)self->colouring)
      && g_settings_set_string (settings, "folder", self->folder)
      && g_settings_set_boolean (settings, "ask-to-discard", self->asks_to_discard)
      && g_settings_set_boolean (settings, "symbol-cache", self->has_symbol_cache))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                       _ ("This preference can’t be changed: the administrator has set it."));
  return FALSE;
}

void
pyro_preferences_free (PyroPreferences *self)
{
  g_free (self->folder);
  g_free (self);
}
