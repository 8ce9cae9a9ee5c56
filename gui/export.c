/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "export.h"

#include <glib/gi18n.h>

#include "application.h"
#include "model/export-task.h"
#include "view/document.h"
#include "view/export-dialog.h"

/* NULL: none is shown, or it is still being read. */
static PyroProfile *
get_shown_profile (PyroWindow *window)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (pyro_window_get_tab_view (window));
  GtkWidget *child = page != NULL ? adw_tab_page_get_child (page) : NULL;
  return PYRO_IS_DOCUMENT (child) ? pyro_document_get_profile (PYRO_DOCUMENT (child)) : NULL;
}

static PyroCollectors *
get_collectors (PyroWindow *window)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  return pyro_application_get_collectors (PYRO_APPLICATION (application));
}

/* ---- one sending ---- */

typedef struct {
  PyroWindow *window;
  PyroCollectors *collectors;
  PyroCollector *collector;
  ProfProfile *profile;
} Sending;

static Sending *
new_sending (PyroWindow *window,
             PyroCollectors *collectors,
             PyroCollector *collector,
             ProfProfile *profile)
{
  Sending *sending = g_new0 (Sending, 1);
  sending->window = g_object_ref (window);
  sending->collectors = g_object_ref (collectors);
  g_set_object (&sending->collector, collector);
  sending->profile = prof_profile_ref (profile);
  return sending;
}

static Sending *
copy_sending (const Sending *sending)
{
  return new_sending (sending->window, sending->collectors, sending->collector, sending->profile);
}

static void
free_sending (Sending *sending)
{
  g_object_unref (sending->window);
  g_object_unref (sending->collectors);
  g_clear_object (&sending->collector);
  prof_profile_unref (sending->profile);
  g_free (sending);
}

static void start (Sending *sending);

static void
retry (AdwToast *toast, Sending *sending)
{
  start (copy_sending (sending));
}

static void
forget_sending (gpointer sending, GClosure *closure)
{
  free_sending (sending);
}

/* Beside the buttons; a toast gives its title as much as it asks for. */
static int
choose_width_chars (PyroWindow *window)
{
  enum { BUTTONS = 200, CHARACTER = 9 };
  return CLAMP ((gtk_widget_get_width (GTK_WIDGET (window)) - BUTTONS) / CHARACTER, 16, 60);
}

/* A toast's own title has one line: the sentence is more. */
static void
tell_failure (Sending *sending, const char *reason)
{
  const char *name = pyro_collector_get_text (sending->collector, PYRO_COLLECTOR_NAME);
  g_autofree char *text = g_strdup_printf (_ ("Not sent to %s. %s"), name, reason);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "xalign", 0.0, "max-width-chars",
                                   choose_width_chars (sending->window), "margin-top", 6,
                                   "margin-bottom", 6, NULL);
  AdwToast *toast = adw_toast_new ("");
  adw_toast_set_custom_title (toast, label);
  adw_toast_set_button_label (toast, _ ("_Retry"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (retry), copy_sending (sending),
                         forget_sending, 0);
  pyro_window_add_toast (sending->window, toast);
}

static void
tell_success (Sending *sending)
{
  const char *name = pyro_collector_get_text (sending->collector, PYRO_COLLECTOR_NAME);
  g_autofree char *text = g_strdup_printf (_ ("Sent to %s"), name);
  pyro_window_tell (sending->window, text, FALSE);
}

static void
take_answer (GObject *task, GAsyncResult *result, gpointer data)
{
  Sending *sending = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = pyro_export_task_run_finish (PYRO_EXPORT_TASK (task), result, &error);
  if (answer != NULL)
    tell_success (sending);
  else
    tell_failure (sending, error->message);
  free_sending (sending);
}

static void
start (Sending *sending)
{
  g_autoptr (PyroExportTask) task = pyro_export_task_new (sending->collector, sending->profile);
  pyro_export_task_run_async (task, pyro_collectors_get_secrets (sending->collectors), NULL,
                              take_answer, sending);
}

/* ---- actions ---- */

/* The dialog was closed before. */
static void
take_late_answer (PyroExportDialog *dialog,
                  PyroCollector *collector,
                  const char *sentence,
                  gboolean is_sent,
                  Sending *last)
{
  g_set_object (&last->collector, collector);
  if (is_sent)
    tell_success (last);
  else
    tell_failure (last, sentence);
}

static void
show_dialog (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *window = PYRO_WINDOW (widget);
  PyroCollectors *collectors = get_collectors (window);
  PyroProfile *profile = get_shown_profile (window);
  if (profile == NULL)
    return;
  GtkWidget *dialog = pyro_export_dialog_new (GTK_WINDOW (window), collectors, profile);
  g_signal_connect_data (dialog, "answered", G_CALLBACK (take_late_answer),
                         new_sending (window, collectors, NULL, pyro_profile_get_source (profile)),
                         forget_sending, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
export_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *window = PYRO_WINDOW (widget);
  PyroProfile *profile = get_shown_profile (window);
  PyroCollectors *collectors = get_collectors (window);
  PyroCollector *last = pyro_collectors_get_last (collectors);
  if (last == NULL)
    show_dialog (widget, NULL, NULL);
  else if (profile != NULL)
    start (new_sending (window, collectors, last, pyro_profile_get_source (profile)));
}

void
pyro_export_install (GtkWidgetClass *window_class)
{
  gtk_widget_class_install_action (window_class, "win.export", NULL, show_dialog);
  gtk_widget_class_install_action (window_class, "win.export-again", NULL, export_again);
}
