/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/source-folders-group.h"

#include <glib/gi18n.h>

#include "model/source-folders.h"

struct _PyroSourceFoldersGroup {
  AdwBin parent_instance;
  GPtrArray *folders;
};

G_DEFINE_FINAL_TYPE (PyroSourceFoldersGroup, pyro_source_folders_group, ADW_TYPE_BIN)

enum { FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void show (PyroSourceFoldersGroup *self);

static void
forget (GtkButton *button, PyroSourceFoldersGroup *self)
{
  g_autoptr (GError) error = NULL;
  g_ptr_array_remove (self->folders, g_object_get_data (G_OBJECT (button), "folder"));
  if (!pyro_source_folders_save (self->folders, &error))
    g_signal_emit (self, signals[FAILED], 0, error->message);
  show (self);
}

static GtkWidget *
make_button (PyroSourceFoldersGroup *self, PyroSourceFolder *folder, const char *title)
{
  g_autofree char *label = g_strdup_printf (_ ("Forget “%s”"), title);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "folder", folder);
  g_signal_connect (button, "clicked", G_CALLBACK (forget), self);
  return button;
}

static GtkWidget *
make_row (PyroSourceFoldersGroup *self, PyroSourceFolder *folder)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *from = g_filename_display_name (folder->from);
  g_autofree char *to = g_filename_display_name (folder->to);
  const char *title = *from != '\0' ? from : _ ("Relative paths");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), *to != '\0' ? to : "/");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, folder, title));
  return row;
}

static void
show (PyroSourceFoldersGroup *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Source Files"));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (group),
      self->folders->len > 0
          ? _ ("Where files are looked for that were built elsewhere")
          : _ (
              "They are looked for where they were built. “Locate” in the source view adds another "
              "folder."));
  for (guint i = 0; i < self->folders->len; i++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                               make_row (self, self->folders->pdata[i]));
  adw_bin_set_child (ADW_BIN (self), group);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (PYRO_SOURCE_FOLDERS_GROUP (object)->folders);
  G_OBJECT_CLASS (pyro_source_folders_group_parent_class)->finalize (object);
}

static void
pyro_source_folders_group_class_init (PyroSourceFoldersGroupClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[FAILED] = g_signal_new ("failed", PYRO_TYPE_SOURCE_FOLDERS_GROUP, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pyro_source_folders_group_init (PyroSourceFoldersGroup *self)
{
  self->folders = pyro_source_folders_load ();
  show (self);
}
