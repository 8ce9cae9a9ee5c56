/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/collectors.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

struct _PyroCollectors {
  GObject parent_instance;
  GListStore *list;
  PyroSecrets *secrets;
  char *last_id;       /* "": none */
  gboolean is_damaged; /* the file that there is */
};

G_DEFINE_FINAL_TYPE (PyroCollectors, pyro_collectors, G_TYPE_OBJECT)

static const char prefix[] = "collector ", common[] = "collectors";
enum { MAX_COLLECTORS = 1000, MAX_FILE = 1 << 20, MAX_ID = 100 };

static PyroCollector *
find (PyroCollectors *self, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (PyroCollector) collector = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    if (g_str_equal (pyro_collector_get_id (collector), id))
      return collector; /* the list holds it */
  }
  return NULL;
}

GListModel *
pyro_collectors_get_list (PyroCollectors *self)
{
  return G_LIST_MODEL (self->list);
}

PyroSecrets *
pyro_collectors_get_secrets (PyroCollectors *self)
{
  return self->secrets;
}

/* ---- the list ---- */

static gboolean
has_name (PyroCollectors *self, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (PyroCollector) collector = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    if (g_str_equal (pyro_collector_get_text (collector, PYRO_COLLECTOR_NAME), name))
      return TRUE;
  }
  return FALSE;
}

PyroCollector *
pyro_collectors_add (PyroCollectors *self)
{
  g_autofree char *name = g_strdup (_ ("Collector"));
  for (guint number = 2; has_name (self, name); number++) {
    g_free (name);
    name = g_strdup_printf (_ ("Collector %u"), number);
  }
  g_autoptr (PyroCollector) collector = pyro_collector_new (NULL);
  g_object_set (collector, "name", name, "endpoint", "http://localhost:4318", NULL);
  g_list_store_append (self->list, collector);
  return collector; /* the list holds it */
}

void
pyro_collectors_remove (PyroCollectors *self, PyroCollector *collector)
{
  guint position;
  if (!g_list_store_find (self->list, collector, &position))
    return;
  pyro_secrets_forget (self->secrets, pyro_collector_get_id (collector));
  g_list_store_remove (self->list, position);
}

PyroCollector *
pyro_collectors_get_last (PyroCollectors *self)
{
  return find (self, self->last_id);
}

void
pyro_collectors_set_last (PyroCollectors *self, PyroCollector *collector)
{
  g_free (self->last_id);
  self->last_id = g_strdup (pyro_collector_get_id (collector));
}

/* ---- the file ---- */

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pyrograph", "collectors.ini", NULL);
}

static void
read_groups (PyroCollectors *self, GKeyFile *file)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  guint n = 0;
  for (char **group = groups; *group != NULL && n < MAX_COLLECTORS; group++) {
    const char *id = g_str_has_prefix (*group, prefix) ? *group + strlen (prefix) : "";
    if (*id == '\0' || strlen (id) > MAX_ID)
      continue;
    g_autoptr (PyroCollector) collector = pyro_collector_new (id);
    pyro_collector_read (collector, file, *group);
    g_list_store_append (self->list, collector);
    n++;
  }
}

/* Only an ordinary file: a pipe would block. */
static gboolean
is_usable (const char *path)
{
  GStatBuf status;
  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= MAX_FILE;
}

PyroCollectors *
pyro_collectors_load (void)
{
  PyroCollectors *self = g_object_new (PYRO_TYPE_COLLECTORS, NULL);
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  self->is_damaged
      = g_file_test (path, G_FILE_TEST_EXISTS)
        && (!is_usable (path) || !g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  if (self->is_damaged)
    return self;
  read_groups (self, file);
  char *last_id = g_key_file_get_string (file, common, "last", NULL);
  if (last_id != NULL) {
    g_free (self->last_id);
    self->last_id = last_id;
  }
  return self;
}

static char *
to_text (PyroCollectors *self, gsize *ret_length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_set_string (file, common, "last", self->last_id);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (PyroCollector) collector = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    g_autofree char *group = g_strconcat (prefix, pyro_collector_get_id (collector), NULL);
    pyro_collector_write (collector, file, group);
  }
  return g_key_file_to_data (file, ret_length, NULL);
}

gboolean
pyro_collectors_save (PyroCollectors *self, GError **error)
{
  gsize length;
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = to_text (self, &length);
  g_autoptr (GError) reason = NULL;
  g_mkdir_with_parents (folder, 0700);
  if (self->is_damaged) {
    g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
    self->is_damaged = g_rename (path, aside) < 0 && errno != ENOENT;
  }
  if (g_file_set_contents_full (path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &reason))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The collectors were not saved: %s."),
               reason->message);
  return FALSE;
}

/* ---- GObject ---- */

static void
finalize (GObject *object)
{
  PyroCollectors *self = PYRO_COLLECTORS (object);
  g_clear_object (&self->list);
  g_clear_object (&self->secrets);
  g_free (self->last_id);
  G_OBJECT_CLASS (pyro_collectors_parent_class)->finalize (object);
}

static void
pyro_collectors_class_init (PyroCollectorsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_collectors_init (PyroCollectors *self)
{
  self->list = g_list_store_new (PYRO_TYPE_COLLECTOR);
  self->secrets = pyro_secrets_new ();
  self->last_id = g_strdup ("");
}
