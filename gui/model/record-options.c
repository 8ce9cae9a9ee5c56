/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/record-options.h"

#include <glib/gi18n.h>

#include "model/words.h"

PyroRecordOptions *
pyro_record_options_new (void)
{
  PyroRecordOptions *self = g_new0 (PyroRecordOptions, 1);
  self->command = g_strdup ("");
  self->folder = g_strdup ("");
  self->environment = g_strdup ("");
  self->event = g_strdup ("");
  self->unwind = g_strdup ("");
  self->sampling = g_strdup ("");
  return self;
}

PyroRecordOptions *
pyro_record_options_copy (const PyroRecordOptions *self)
{
  PyroRecordOptions *copy = g_memdup2 (self, sizeof *self);
  copy->command = g_strdup (self->command);
  copy->folder = g_strdup (self->folder);
  copy->environment = g_strdup (self->environment);
  copy->event = g_strdup (self->event);
  copy->unwind = g_strdup (self->unwind);
  copy->sampling = g_strdup (self->sampling);
  return copy;
}

void
pyro_record_options_free (PyroRecordOptions *self)
{
  g_free (self->command);
  g_free (self->folder);
  g_free (self->environment);
  g_free (self->event);
  g_free (self->unwind);
  g_free (self->sampling);
  g_free (self);
}

/* ---- the command line ---- */

static void
add_option (GStrvBuilder *argv, const char *name, const char *value)
{
  if (*value == '\0')
    return;
  g_strv_builder_add (argv, name);
  g_strv_builder_add (argv, value);
}

static void
add_number (GStrvBuilder *argv, const char *name, guint number)
{
  g_autofree char *digits = g_strdup_printf ("%u", number);
  add_option (argv, name, number > 0 ? digits : "");
}

static gboolean
add_environment (GStrvBuilder *argv, const char *environment, GError **error)
{
  g_auto (GStrv) settings
      = pyro_words_split_assignments (environment, _ ("The environment"), error);
  for (char **setting = settings; setting != NULL && *setting != NULL; setting++)
    add_option (argv, "--env", *setting);
  return settings != NULL;
}

static gboolean
add_command (GStrvBuilder *argv, const PyroRecordOptions *self, GError **error)
{
  g_auto (GStrv) words = pyro_words_split (self->command, _ ("The command"), error);
  if (words == NULL)
    return FALSE;
  if (words[0] == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         _ ("Enter the command that is to be recorded."));
    return FALSE;
  }
  add_option (argv, "--cwd", self->folder);
  if (!add_environment (argv, self->environment, error))
    return FALSE;
  g_strv_builder_add (argv, "--");
  g_strv_builder_addv (argv, (const char **)words);
  return TRUE;
}

static gboolean
add_target (GStrvBuilder *argv, const PyroRecordOptions *self, GError **error)
{
  if (self->target == PYRO_TARGET_COMMAND)
    return add_command (argv, self, error);
  if (self->target == PYRO_TARGET_SYSTEM)
    g_strv_builder_add_many (argv, "--all", "--helper=refused", NULL);
  else if (self->pid != 0)
    add_number (argv, "--pid", self->pid);
  else {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         _ ("Choose the process that is to be recorded."));
    return FALSE;
  }
  return TRUE;
}

static void
add_measures (GStrvBuilder *argv, const PyroRecordOptions *self)
{
  gboolean has_heap = self->target == PYRO_TARGET_COMMAND && self->measure != PYRO_MEASURE_CPU;
  if (has_heap)
    g_strv_builder_add (argv, "--heap");
  if (has_heap && self->measure == PYRO_MEASURE_HEAP)
    return;
  if (has_heap)
    g_strv_builder_add (argv, "--cpu");
  add_option (argv, "--event", self->event);
  add_number (argv, "--frequency", self->frequency);
  add_option (argv, "--unwind", self->unwind);
  add_option (argv, "--sampling", self->sampling);
}

char **
pyro_record_options_to_argv (const PyroRecordOptions *self,
                             const char *prof,
                             const char *output,
                             GError **error)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_strv_builder_add_many (argv, prof, "record", "--control", "--output", output, NULL);
  if (self->is_uncached)
    g_strv_builder_add (argv, "--no-symbol-cache");
  add_measures (argv, self);
  add_number (argv, "--duration", self->duration_s);
  return add_target (argv, self, error) ? g_strv_builder_end (argv) : NULL;
}

char *
pyro_record_options_get_title (const PyroRecordOptions *self)
{
  if (self->target == PYRO_TARGET_SYSTEM)
    return g_strdup (_ ("System"));
  if (self->target == PYRO_TARGET_PROCESS)
    return g_strdup_printf (_ ("Process %u"), self->pid);
  g_auto (GStrv) words = pyro_words_split (self->command, "", NULL);
  if (words == NULL || words[0] == NULL)
    return g_strdup (_ ("Recording"));
  g_autofree char *name = g_path_get_basename (words[0]);
  return g_utf8_make_valid (name, -1);
}

/* ---- the last ones ---- */

static const char group[] = "record";

static const struct {
  const char *key;
  size_t offset;
} texts[] = {
  { "command", G_STRUCT_OFFSET (PyroRecordOptions, command) },
  { "folder", G_STRUCT_OFFSET (PyroRecordOptions, folder) },
  { "environment", G_STRUCT_OFFSET (PyroRecordOptions, environment) },
  { "event", G_STRUCT_OFFSET (PyroRecordOptions, event) },
  { "unwind", G_STRUCT_OFFSET (PyroRecordOptions, unwind) },
  { "sampling", G_STRUCT_OFFSET (PyroRecordOptions, sampling) },
};

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pyrograph", "recording.ini", NULL);
}

/* 0 for what is no number up to `max`. */
static guint
get_number (GKeyFile *file, const char *key, guint max)
{
  guint64 number = g_key_file_get_uint64 (file, group, key, NULL);
  return number <= max ? (guint)number : 0;
}

static void
read_options (PyroRecordOptions *self, GKeyFile *file)
{
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    char *text = g_key_file_get_string (file, group, texts[i].key, NULL);
    if (text == NULL)
      continue;
    char **field = G_STRUCT_MEMBER_P (self, texts[i].offset);
    g_free (*field);
    *field = text;
  }
  self->target = get_number (file, "target", PYRO_TARGET_SYSTEM);
  self->measure = get_number (file, "measure", PYRO_MEASURE_BOTH);
  self->pid = get_number (file, "pid", G_MAXINT32);
  self->frequency = get_number (file, "frequency", G_MAXINT32);
  self->duration_s = get_number (file, "duration", G_MAXINT32);
}

PyroRecordOptions *
pyro_record_options_load (void)
{
  PyroRecordOptions *self = pyro_record_options_new ();
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    read_options (self, file);
  return self;
}

/* Not being able to keep them is no reason not to record. */
void
pyro_record_options_save (const PyroRecordOptions *self)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_key_file_set_string (file, group, texts[i].key,
                           G_STRUCT_MEMBER (char *, self, texts[i].offset));
  g_key_file_set_uint64 (file, group, "target", self->target);
  g_key_file_set_uint64 (file, group, "measure", self->measure);
  g_key_file_set_uint64 (file, group, "pid", self->pid);
  g_key_file_set_uint64 (file, group, "frequency", self->frequency);
  g_key_file_set_uint64 (file, group, "duration", self->duration_s);
  g_mkdir_with_parents (folder, 0700);
  g_key_file_save_to_file (file, path, NULL);
}

gboolean
pyro_record_options_exist (void)
{
  g_autofree char *path = get_path ();
  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}
