/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "application.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "compare-tabs.h"
#include "model/data-file.h"
#include "view/preferences-window.h"
#include "window.h"

struct _PyroApplication {
  AdwApplication parent_instance;
  PyroCollectors *collectors; /* NULL: not read yet */
};

G_DEFINE_FINAL_TYPE (PyroApplication, pyro_application, ADW_TYPE_APPLICATION)

/* Comes with two files: what to compare with what. */
static const char compare_hint[] = "compare";

static PyroWindow *
add_window (GApplication *application)
{
  PyroWindow *window = pyro_window_new (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  if (window != NULL)
    gtk_window_present (window);
  else
    add_window (application);
}

/* Files go to the window that was used last. */
static void
open_files (GApplication *application, GFile **files, int n_files, const char *hint)
{
  activate (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  if (g_str_equal (hint, compare_hint)) {
    pyro_compare_tabs_open (PYRO_WINDOW (window), files[0], files[1]);
    return;
  }
  for (int i = 0; i < n_files; i++)
    pyro_window_open (PYRO_WINDOW (window), files[i]);
}

static void
activate_new_window (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  add_window (application);
}

static void
activate_quit (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GList *windows = gtk_application_get_windows (application);
  while (windows != NULL) {
    GList *next = windows->next;
    gtk_window_close (windows->data);
    windows = next;
  }
}

static void
activate_about (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  static const char *const developers[] = { "The libprof authors", NULL };
  adw_show_about_window (gtk_application_get_active_window (application), "application-name",
                         _ ("Pyrograph"), "application-icon", "org.libprof.Pyrograph", "version",
                         PROF_VERSION, "developer-name", _ ("The libprof authors"), "developers",
                         developers, "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Shows where programs spend time and memory."),
                         /* Translators: your names, one on each line. */
                         "translator-credits", _ ("translator-credits"), NULL);
}

static void
activate_preferences (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GtkWindow *window = gtk_application_get_active_window (application);
  gtk_window_present (GTK_WINDOW (pyro_preferences_window_new (window)));
}

static void
activate_help (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  GtkWindow *window = gtk_application_get_active_window (application);
  g_autoptr (GFile) manual = pyro_data_file_find ("pyrograph/manual/index.html");
  if (manual != NULL) {
    g_autofree char *uri = g_file_get_uri (manual);
    gtk_show_uri (window, uri, GDK_CURRENT_TIME);
    return;
  }
  GtkWidget *dialog
      = adw_message_dialog_new (window, _ ("No Manual"),
                                _ ("The manual was not installed with this copy of Pyrograph. The "
                                   "manual page prof(1) tells of recording."));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What the desktop offers before there is a window: the window's action of the same name. */
static void
activate_in_window (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_autofree char *name = g_strconcat ("win.", g_action_get_name (G_ACTION (action)), NULL);
  activate (application);
  gtk_widget_activate_action (GTK_WIDGET (gtk_application_get_active_window (application)), name,
                              NULL);
}

static const GActionEntry actions[] = {
  { "record", activate_in_window },
  { "memory", activate_in_window },
  { "new-window", activate_new_window },
  { "quit", activate_quit },
  { "preferences", activate_preferences },
  { "help", activate_help },
  { "about", activate_about },
};

static const struct {
  const char *action;
  const char *keys[3];
} shortcuts[] = {
  { "app.new-window", { "<Control>n" } },
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.help", { "F1" } },
};

/* GTK would end the program with a warning of its own. */
static void
startup (GApplication *application)
{
  if (!gtk_init_check ()) {
    g_printerr ("%s\n", _ ("Pyrograph can't open a display: start it from a desktop session, or "
                           "use the command prof report instead."));
    exit (EXIT_FAILURE);
  }
  G_APPLICATION_CLASS (pyro_application_parent_class)->startup (application);
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  pyro_preferences_apply_scheme (preferences);
  gtk_window_set_default_icon_name (g_application_get_application_id (application));
  for (size_t i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                           shortcuts[i].keys);
}

static void
dispose (GObject *object)
{
  g_clear_object (&PYRO_APPLICATION (object)->collectors);
  G_OBJECT_CLASS (pyro_application_parent_class)->dispose (object);
}

static int
compare_files (GApplication *application, char **names, int n_names)
{
  g_autoptr (GError) error = NULL;
  if (n_names != 2) {
    g_printerr ("%s\n", _ ("Two profiles can be compared: pyrograph --compare BASE NEW"));
    return EXIT_FAILURE;
  }
  if (!g_application_register (application, NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  g_autoptr (GFile) base = g_file_new_for_commandline_arg (names[0]);
  g_autoptr (GFile) current = g_file_new_for_commandline_arg (names[1]);
  g_application_open (application, (GFile *[]){ base, current }, 2, compare_hint);
  return EXIT_SUCCESS;
}

/* GLib hands no option on with the files to an application that runs already. */
static gboolean
local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  char **words = *arguments;
  guint n_words = g_strv_length (words);
  if (n_words < 2 || !g_str_equal (words[1], "--compare"))
    return G_APPLICATION_CLASS (pyro_application_parent_class)
        ->local_command_line (application, arguments, exit_status);
  *exit_status = compare_files (application, words + 2, (int)n_words - 2);
  return TRUE;
}

static int
handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "compare"))
    return compare_files (application, NULL, 0);
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("pyrograph %s\n", PROF_VERSION);
  return 0;
}

static void
pyro_application_class_init (PyroApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  application_class->activate = activate;
  application_class->open = open_files;
  application_class->startup = startup;
  application_class->local_command_line = local_command_line;
  application_class->handle_local_options = handle_local_options;
}

static void
pyro_application_init (PyroApplication *self)
{
  static const GOptionEntry options[] = {
    { "compare", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Compare two profiles: --compare BASE NEW"),
      NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[PROFILE…]"));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

PyroApplication *
pyro_application_new (void)
{
  return g_object_new (PYRO_TYPE_APPLICATION, "application-id", "org.libprof.Pyrograph", "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/org/libprof/Pyrograph",
                       NULL);
}

PyroCollectors *
pyro_application_get_collectors (PyroApplication *self)
{
  if (self->collectors == NULL)
    self->collectors = pyro_collectors_load ();
  return self->collectors;
}
