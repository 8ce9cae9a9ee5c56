/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/profile-picker.h"

#include <glib/gi18n.h>

#include "model/loader.h"
#include "view/profile-filters.h"
#include "view/recent.h"

struct _PyroProfilePicker {
  AdwBin parent_instance;
  GtkLabel *title;
  GtkDropDown *choices;
  GtkWidget *open_button;
  GListStore *list; /* of GtkStringObject; the first one stands for none */
  PyroProfile *profile;
  char *label, *error;
  GCancellable *cancellable; /* while it reads */
  GtkFileChooserNative *chooser;
  gboolean is_filling; /* what is selected is no choice of the user's */
};

G_DEFINE_FINAL_TYPE (PyroProfilePicker, pyro_profile_picker, ADW_TYPE_BIN)

enum { PROP_LABEL = 1, PROP_PROFILE, PROP_LOADING, PROP_ERROR, N_PROPS };
static GParamSpec *properties[N_PROPS];

enum { MAX_RECENT = 8 };

static void
notify (PyroProfilePicker *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* ---- the list: each has a profile or a file, but the first one ---- */

static PyroProfile *
get_profile_of (gpointer choice)
{
  return g_object_get_data (choice, "profile");
}

static GFile *
get_file_of (gpointer choice)
{
  PyroProfile *profile = get_profile_of (choice);
  return profile != NULL ? pyro_profile_get_file (profile) : g_object_get_data (choice, "file");
}

static void
append (PyroProfilePicker *self, const char *text, PyroProfile *profile, GFile *file)
{
  g_autoptr (GtkStringObject) choice = gtk_string_object_new (text);
  if (profile != NULL)
    g_object_set_data_full (G_OBJECT (choice), "profile", g_object_ref (profile), g_object_unref);
  if (file != NULL)
    g_object_set_data_full (G_OBJECT (choice), "file", g_object_ref (file), g_object_unref);
  g_list_store_append (self->list, choice);
}

static guint
find_profile (PyroProfilePicker *self, PyroProfile *profile)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) choice = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    if (get_profile_of (choice) == profile)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static gboolean
has_file (PyroProfilePicker *self, GFile *file)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) choice = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    GFile *other = get_file_of (choice);
    if (other != NULL && g_file_equal (other, file))
      return TRUE;
  }
  return FALSE;
}

static void
append_recent (PyroProfilePicker *self)
{
  g_autoptr (GPtrArray) infos = pyro_recent_list (MAX_RECENT);
  for (guint i = 0; i < infos->len; i++) {
    g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (infos->pdata[i]));
    g_autoptr (GFile) folder = g_file_get_parent (file);
    g_autofree char *where = folder != NULL ? g_file_get_basename (folder) : g_strdup ("");
    g_autofree char *place = g_utf8_make_valid (where, -1);
    /* Translators: a file and its folder. */
    g_autofree char *text
        = g_strdup_printf (_ ("%s (in %s)"), gtk_recent_info_get_display_name (infos->pdata[i]),
                           place);
    if (!has_file (self, file))
      append (self, text, NULL, file);
  }
}

static void
show_profile (PyroProfilePicker *self)
{
  self->is_filling = TRUE;
  if (find_profile (self, self->profile) == GTK_INVALID_LIST_POSITION)
    append (self, pyro_profile_get_title (self->profile), self->profile, NULL);
  gtk_drop_down_set_selected (self->choices, find_profile (self, self->profile));
  self->is_filling = FALSE;
}

void
pyro_profile_picker_set_open (PyroProfilePicker *self, GListModel *profiles)
{
  self->is_filling = TRUE;
  g_list_store_remove_all (self->list);
  append (self, _ ("Choose…"), NULL, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (PyroProfile) profile = g_list_model_get_item (profiles, i);
    append (self, pyro_profile_get_title (profile), profile, NULL);
  }
  if (self->profile != NULL && find_profile (self, self->profile) == GTK_INVALID_LIST_POSITION)
    append (self, pyro_profile_get_title (self->profile), self->profile, NULL);
  append_recent (self);
  show_profile (self);
}

/* ---- reading ---- */

static void
stop_reading (PyroProfilePicker *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  notify (self, PROP_LOADING);
}

static void
set_error (PyroProfilePicker *self, const char *error)
{
  if (g_strcmp0 (error, self->error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  notify (self, PROP_ERROR);
}

static void
set_profile (PyroProfilePicker *self, PyroProfile *profile)
{
  stop_reading (self);
  set_error (self, NULL);
  gboolean is_new = g_set_object (&self->profile, profile);
  show_profile (self);
  if (is_new)
    notify (self, PROP_PROFILE);
}

typedef struct {
  PyroProfilePicker *self;
  GCancellable *cancellable;
  GFile *file;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  g_object_unref (reading->cancellable);
  g_object_unref (reading->file);
  g_free (reading);
}

static void
take_profile (GObject *loader, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  PyroProfilePicker *self = reading->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroProfile) profile = pyro_loader_run_finish (PYRO_LOADER (loader), result, &error);
  if (self->cancellable == reading->cancellable) {
    set_profile (self, profile);
    if (profile != NULL)
      pyro_recent_add (reading->file);
    else
      set_error (self, error->message);
  }
  reading_free (reading);
}

/* Until it is read, what was chosen stays to be seen. */
void
pyro_profile_picker_load (PyroProfilePicker *self, GFile *file)
{
  stop_reading (self);
  set_error (self, NULL);
  if (g_set_object (&self->profile, NULL))
    notify (self, PROP_PROFILE);
  g_autoptr (PyroLoader) loader = pyro_loader_new (file);
  Reading *reading = g_new (Reading, 1);
  self->cancellable = g_cancellable_new ();
  *reading
      = (Reading){ g_object_ref (self), g_object_ref (self->cancellable), g_object_ref (file) };
  notify (self, PROP_LOADING);
  pyro_loader_run_async (loader, self->cancellable, take_profile, reading);
}

gboolean
pyro_profile_picker_is_loading (PyroProfilePicker *self)
{
  return self->cancellable != NULL;
}

const char *
pyro_profile_picker_get_error (PyroProfilePicker *self)
{
  return self->error;
}

/* ---- choosing ---- */

static void
choose (PyroProfilePicker *self)
{
  gpointer choice = gtk_drop_down_get_selected_item (self->choices);
  if (self->is_filling || choice == NULL)
    return;
  PyroProfile *profile = get_profile_of (choice);
  GFile *file = get_file_of (choice);
  if (profile == NULL && file != NULL)
    pyro_profile_picker_load (self, file);
  else
    set_profile (self, profile);
}

static void
take_file (GtkNativeDialog *chooser, int response, PyroProfilePicker *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    pyro_profile_picker_load (self, file);
  }
  g_clear_object (&self->chooser);
}

static void
open_file (PyroProfilePicker *self)
{
  if (self->chooser == NULL) {
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    self->chooser = gtk_file_chooser_native_new (_ ("Open a Profile"), GTK_WINDOW (root),
                                                 GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    pyro_profile_filters_add (GTK_FILE_CHOOSER (self->chooser));
    g_signal_connect (self->chooser, "response", G_CALLBACK (take_file), self);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- GObject ---- */

/* The title is seen; the names are heard. */
static void
set_label (PyroProfilePicker *self, const char *label)
{
  g_autofree char *open = g_strdup_printf (_ ("Open a file as: %s"), label);
  g_free (self->label);
  self->label = g_strdup (label);
  gtk_label_set_text (self->title, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choices), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  open, -1);
}

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroProfilePicker *self = PYRO_PROFILE_PICKER (object);
  switch (property) {
  case PROP_LABEL:
    g_value_set_string (value, self->label);
    break;
  case PROP_PROFILE:
    g_value_set_object (value, self->profile);
    break;
  case PROP_LOADING:
    g_value_set_boolean (value, self->cancellable != NULL);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  PyroProfilePicker *self = PYRO_PROFILE_PICKER (object);
  switch (property) {
  case PROP_LABEL:
    set_label (self, g_value_get_string (value));
    break;
  case PROP_PROFILE:
    set_profile (self, g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
dispose (GObject *object)
{
  PyroProfilePicker *self = PYRO_PROFILE_PICKER (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->profile);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (pyro_profile_picker_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  PyroProfilePicker *self = PYRO_PROFILE_PICKER (object);
  g_free (self->label);
  g_free (self->error);
  G_OBJECT_CLASS (pyro_profile_picker_parent_class)->finalize (object);
}

static void
pyro_profile_picker_class_init (PyroProfilePickerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GParamFlags r = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags rw = r | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, rw);
  properties[PROP_PROFILE] = g_param_spec_object ("profile", NULL, NULL, PYRO_TYPE_PROFILE, rw);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, r);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, r);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/profile-picker.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroProfilePicker, title);
  gtk_widget_class_bind_template_child (widget_class, PyroProfilePicker, choices);
  gtk_widget_class_bind_template_child (widget_class, PyroProfilePicker, open_button);
  gtk_widget_class_bind_template_callback (widget_class, choose);
  gtk_widget_class_bind_template_callback (widget_class, open_file);
}

static void
pyro_profile_picker_init (PyroProfilePicker *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->list = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  append (self, _ ("Choose…"), NULL, NULL);
  gtk_drop_down_set_model (self->choices, G_LIST_MODEL (self->list));
}
