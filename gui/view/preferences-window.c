/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/preferences-window.h"

#include <glib/gi18n.h>

#include "model/recordings.h"
#include "model/symbol-cache.h"
#include "model/units.h"
#include "view/source-folders-group.h"

struct _PyroPreferencesWindow {
  AdwPreferencesWindow parent_instance;
  PyroPreferences *preferences;
  GtkFileChooserNative *chooser; /* while it is open */
  GCancellable *cancellable;
  AdwComboRow *scheme, *orientation, *colouring;
  AdwActionRow *folder, *cache;
  GtkSwitch *asks, *has_cache;
};

G_DEFINE_FINAL_TYPE (PyroPreferencesWindow, pyro_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

void
pyro_preferences_apply_scheme (const PyroPreferences *preferences)
{
  static const AdwColorScheme schemes[] = {
    [PYRO_SCHEME_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT,
    [PYRO_SCHEME_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
    [PYRO_SCHEME_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
  };
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[preferences->scheme]);
}

static void
tell (PyroPreferencesWindow *self, const char *sentence)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (text));
}

/* NULL: while the window is being filled. */
static void
take_change (PyroPreferencesWindow *self)
{
  PyroPreferences *preferences = self->preferences;
  g_autoptr (GError) error = NULL;
  if (preferences == NULL)
    return;
  preferences->scheme = adw_combo_row_get_selected (self->scheme);
  preferences->has_flames = adw_combo_row_get_selected (self->orientation) == 1;
  preferences->colouring = adw_combo_row_get_selected (self->colouring);
  preferences->asks_to_discard = gtk_switch_get_active (self->asks);
  preferences->has_symbol_cache = gtk_switch_get_active (self->has_cache);
  pyro_preferences_apply_scheme (preferences);
  if (!pyro_preferences_save (preferences, &error))
    tell (self, error->message);
}

/* ---- the folder ---- */

static void
show_folder (PyroPreferencesWindow *self, const PyroPreferences *preferences)
{
  g_autofree char *folder = pyro_recordings_get_folder (preferences);
  g_autofree char *shown = g_filename_display_name (folder);
  adw_action_row_set_subtitle (self->folder, shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preferences.reset-folder",
                                 *preferences->folder != '\0');
}

static void
set_folder (PyroPreferencesWindow *self, const char *folder)
{
  g_free (self->preferences->folder);
  self->preferences->folder = g_strdup (folder);
  show_folder (self, self->preferences);
  take_change (self);
}

static void
take_folder (GtkNativeDialog *chooser, int response, PyroPreferencesWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    if (g_file_peek_path (folder) != NULL)
      set_folder (self, g_file_peek_path (folder));
    else
      tell (self, _ ("This folder is not on this computer."));
  }
  g_clear_object (&self->chooser);
}

static void
choose_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroPreferencesWindow *self = PYRO_PREFERENCES_WINDOW (widget);
  g_clear_object (&self->chooser);
  self->chooser
      = gtk_file_chooser_native_new (_ ("Choose the Folder of Recordings"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (take_folder), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
reset_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  set_folder (PYRO_PREFERENCES_WINDOW (widget), "");
}

/* ---- the symbol cache ---- */

static void
take_size (GObject *source, GAsyncResult *result, gpointer window)
{
  g_autoptr (PyroPreferencesWindow) self = window;
  g_autoptr (GError) error = NULL;
  gint64 n_bytes = pyro_symbol_cache_measure_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return; /* the window is closed */
  g_autofree char *size = pyro_format_bytes ((double)n_bytes);
  adw_action_row_set_subtitle (self->cache, error != NULL ? error->message : size);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preferences.clear-cache", n_bytes > 0);
}

static void
measure_cache (PyroPreferencesWindow *self, gboolean clear)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preferences.clear-cache", FALSE);
  pyro_symbol_cache_measure_async (clear, self->cancellable, take_size, g_object_ref (self));
}

static void
clear_cache (GtkWidget *widget, const char *action, GVariant *parameter)
{
  measure_cache (PYRO_PREFERENCES_WINDOW (widget), TRUE);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroPreferencesWindow *self = PYRO_PREFERENCES_WINDOW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (pyro_preferences_window_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  PyroPreferencesWindow *self = PYRO_PREFERENCES_WINDOW (object);
  g_clear_object (&self->cancellable);
  pyro_preferences_free (self->preferences);
  G_OBJECT_CLASS (pyro_preferences_window_parent_class)->finalize (object);
}

static void
pyro_preferences_window_class_init (PyroPreferencesWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  g_type_ensure (PYRO_TYPE_SOURCE_FOLDERS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, scheme);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, orientation);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, colouring);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, folder);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, cache);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, asks);
  gtk_widget_class_bind_template_child (widget_class, PyroPreferencesWindow, has_cache);
  gtk_widget_class_bind_template_callback (widget_class, take_change);
  gtk_widget_class_bind_template_callback (widget_class, tell);
  gtk_widget_class_install_action (widget_class, "preferences.choose-folder", NULL, choose_folder);
  gtk_widget_class_install_action (widget_class, "preferences.reset-folder", NULL, reset_folder);
  gtk_widget_class_install_action (widget_class, "preferences.clear-cache", NULL, clear_cache);
}

static void
pyro_preferences_window_init (PyroPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  PyroPreferences *preferences = pyro_preferences_load ();
  adw_combo_row_set_selected (self->scheme, preferences->scheme);
  adw_combo_row_set_selected (self->orientation, preferences->has_flames ? 1 : 0);
  adw_combo_row_set_selected (self->colouring, preferences->colouring);
  gtk_switch_set_active (self->asks, preferences->asks_to_discard);
  gtk_switch_set_active (self->has_cache, preferences->has_symbol_cache);
  show_folder (self, preferences);
  self->preferences = preferences;
  self->cancellable = g_cancellable_new ();
  measure_cache (self, FALSE);
}

GtkWidget *
pyro_preferences_window_new (GtkWindow *parent)
{
  return g_object_new (PYRO_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
}
