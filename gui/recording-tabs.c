/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "recording-tabs.h"

#include <glib/gi18n.h>

#include "host-tabs.h"
#include "model/prof-program.h"
#include "model/recordings.h"
#include "view/memory-page.h"
#include "view/recent.h"
#include "view/record-page.h"
#include "view/recording-page.h"

/* FALSE: there is none of that type. */
static gboolean
show_tab (PyroWindow *window, GType type)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++) {
    AdwTabPage *page = adw_tab_view_get_nth_page (tabs, i);
    if (!g_type_is_a (G_OBJECT_TYPE (adw_tab_page_get_child (page)), type))
      continue;
    adw_tab_view_set_selected_page (tabs, page);
    return TRUE;
  }
  return FALSE;
}

/* The window that a page is in now; NULL while its tab is dragged. */
static PyroWindow *
get_window (GtkWidget *page)
{
  GtkRoot *root = gtk_widget_get_root (page);
  return PYRO_IS_WINDOW (root) ? PYRO_WINDOW (root) : NULL;
}

static void
close_tab (GtkWidget *child)
{
  PyroWindow *window = get_window (child);
  if (window == NULL)
    return;
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  adw_tab_view_close_page (tabs, adw_tab_view_get_page (tabs, child));
}

/* ---- a recording ---- */

static void
show_recording (PyroRecordingPage *page, GFile *file, gpointer user_data)
{
  PyroWindow *window = get_window (GTK_WIDGET (page));
  if (window != NULL)
    pyro_window_open (window, file);
  close_tab (GTK_WIDGET (page));
}

/* One that was recorded until it would be stopped. */
static void
tell_of_end (PyroRecorder *recorder, GParamSpec *pspec, PyroWindow *window)
{
  if (pyro_recorder_get_state (recorder) == PYRO_RECORDER_SAVED
      && !pyro_recorder_is_asked_to_end (recorder))
    pyro_window_tell (window, _ ("The process has ended. What was recorded of it is kept."), TRUE);
}

static void
tell (PyroRecorder *recorder, const char *sentence, PyroWindow *window)
{
  pyro_window_tell (window, sentence, TRUE);
}

static void
forget_recording (PyroRecordingPage *page, gpointer user_data)
{
  close_tab (GTK_WIDGET (page));
}

static void
add_recording (PyroWindow *window, PyroRecorder *recorder, const PyroRecordOptions *options)
{
  g_autofree char *what = pyro_record_options_get_title (options);
  g_autofree char *title = g_strdup_printf (_ ("Recording %s"), what);
  GtkWidget *page = pyro_recording_page_new (recorder, title, options);
  g_signal_connect (page, "saved", G_CALLBACK (show_recording), NULL);
  g_signal_connect (page, "open", G_CALLBACK (show_recording), NULL);
  g_signal_connect (page, "discarded", G_CALLBACK (forget_recording), NULL);
  g_signal_connect_object (recorder, "died", G_CALLBACK (tell), window, 0);
  if (options->target == PYRO_TARGET_PROCESS && options->duration_s == 0)
    g_signal_connect_object (recorder, "notify::state", G_CALLBACK (tell_of_end), window, 0);
  pyro_window_add_tab (window, page, title);
}

static PyroRecorder *
start_recorder (const PyroRecordOptions *options, GError **error)
{
  g_autofree char *title = pyro_record_options_get_title (options);
  g_autofree char *output = pyro_recordings_choose_path (title, error);
  if (output == NULL)
    return NULL;
  g_autofree char *prof = pyro_prof_program_find ();
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  g_autoptr (PyroRecordOptions) wanted = pyro_record_options_copy (options);
  wanted->is_uncached = !preferences->has_symbol_cache;
  g_auto (GStrv) argv = pyro_record_options_to_argv (wanted, prof, output, error);
  g_autoptr (PyroRecorder) recorder
      = argv != NULL ? pyro_recorder_new ((const char *const *)argv, output, error) : NULL;
  g_autoptr (GFile) file = g_file_new_for_path (output);
  if (recorder != NULL)
    pyro_recent_add (file); /* it is found again, should the app not see its end */
  return g_steal_pointer (&recorder);
}

static gboolean
start_recording (PyroWindow *window, const PyroRecordOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroRecorder) recorder = start_recorder (options, &error);
  if (recorder != NULL) {
    add_recording (window, recorder, options);
    return TRUE;
  }
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window),
                                              _ ("The Recording Did Not Begin"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
  return FALSE;
}

/* ---- actions ---- */

static void
take_options (PyroRecordPage *page, const PyroRecordOptions *options, gpointer user_data)
{
  g_autoptr (PyroRecordPage) alive G_GNUC_UNUSED = g_object_ref (page);
  PyroWindow *window = get_window (GTK_WIDGET (page));
  if (window == NULL || !start_recording (window, options))
    return;
  pyro_record_options_save (options);
  close_tab (GTK_WIDGET (page));
}

static void
show_record_page (PyroWindow *window)
{
  if (show_tab (window, PYRO_TYPE_RECORD_PAGE))
    return;
  GtkWidget *page = pyro_record_page_new ();
  g_signal_connect (page, "record", G_CALLBACK (take_options), NULL);
  pyro_window_add_tab (window, page, _ ("New Recording"));
}

static void
record (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_host_tabs_run (PYRO_WINDOW (widget), show_record_page);
}

static void
start_last (PyroWindow *window)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_load ();
  start_recording (window, options);
}

/* A process that was recorded may be gone, and another one have its number: that is chosen anew. */
static void
record_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_load ();
  if (!pyro_record_options_exist () || options->target == PYRO_TARGET_PROCESS)
    record (widget, NULL, NULL);
  else
    pyro_host_tabs_run (PYRO_WINDOW (widget), start_last);
}

static void
show_memory (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *window = PYRO_WINDOW (widget);
  if (!show_tab (window, PYRO_TYPE_MEMORY_PAGE))
    pyro_window_add_tab (window, pyro_memory_page_new (), _ ("System Memory"));
}

void
pyro_recording_tabs_install (GtkWidgetClass *window_class)
{
  gtk_widget_class_install_action (window_class, "win.record", NULL, record);
  gtk_widget_class_install_action (window_class, "win.record-again", NULL, record_again);
  gtk_widget_class_install_action (window_class, "win.memory", NULL, show_memory);
}

/* ---- closing ---- */

static PyroRecorder *
get_live_recorder (AdwTabPage *page)
{
  GtkWidget *child = adw_tab_page_get_child (page);
  if (!PYRO_IS_RECORDING_PAGE (child))
    return NULL;
  PyroRecorder *recorder = pyro_recording_page_get_recorder (PYRO_RECORDING_PAGE (child));
  return pyro_recorder_is_over (recorder) ? NULL : recorder;
}

static GtkWidget *
make_question (PyroWindow *window)
{
  GtkWidget *widget
      = adw_message_dialog_new (GTK_WINDOW (window), _ ("End the Recording?"),
                                _ ("Something is still being recorded. What there is so far can be "
                                   "kept."));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Go On"), "discard", _ ("_Discard"),
                                    "save", _ ("_Stop and Keep"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "save");
  adw_message_dialog_set_close_response (dialog, "cancel");
  return widget;
}

static void
end_recording (PyroRecorder *recorder, const char *response)
{
  if (g_str_equal (response, "save"))
    pyro_recorder_stop (recorder);
  else if (g_str_equal (response, "discard"))
    pyro_recorder_discard (recorder);
}

/* A recording that is kept leaves its tab by itself, as a profile. */
static void
answer_for_tab (AdwMessageDialog *dialog, const char *response, AdwTabPage *page)
{
  PyroRecorder *recorder = get_live_recorder (page);
  if (recorder != NULL)
    end_recording (recorder, response);
}

gboolean
pyro_recording_tabs_close (PyroWindow *window, AdwTabPage *page)
{
  PyroRecorder *recorder = get_live_recorder (page);
  if (recorder == NULL)
    return FALSE;
  adw_tab_view_close_page_finish (pyro_window_get_tab_view (window), page, FALSE);
  GtkWidget *dialog = make_question (window);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answer_for_tab), page, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

static gboolean
destroy_window (gpointer window)
{
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

/* The recorder's child saves, whether there is a window or not. The dialog goes first: it is still
 * in use here, and would go with the window. */
static void
answer_for_window (AdwMessageDialog *dialog, const char *response, PyroWindow *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  if (g_str_equal (response, "cancel"))
    return;
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++) {
    PyroRecorder *recorder = get_live_recorder (adw_tab_view_get_nth_page (tabs, i));
    if (recorder != NULL)
      end_recording (recorder, response);
  }
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, destroy_window, g_object_ref (window), g_object_unref);
}

gboolean
pyro_recording_tabs_close_all (PyroWindow *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  gboolean is_recording = FALSE;
  for (int i = 0; i < adw_tab_view_get_n_pages (tabs); i++)
    is_recording |= get_live_recorder (adw_tab_view_get_nth_page (tabs, i)) != NULL;
  if (!is_recording)
    return FALSE;
  GtkWidget *dialog = make_question (window);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answer_for_window), window, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}
