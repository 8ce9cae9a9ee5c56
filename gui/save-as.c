/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "save-as.h"

#include <glib/gi18n.h>

#include "view/document.h"

static GFile *
get_shown_file (PyroWindow *window)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (pyro_window_get_tab_view (window));
  GtkWidget *child = page != NULL ? adw_tab_page_get_child (page) : NULL;
  return PYRO_IS_DOCUMENT (child) ? pyro_document_get_file (PYRO_DOCUMENT (child)) : NULL;
}

typedef struct {
  PyroWindow *window;
  GFile *source, *target;
} Copy;

static void
free_copy (Copy *copy)
{
  g_clear_object (&copy->window);
  g_clear_object (&copy->source);
  g_clear_object (&copy->target);
  g_free (copy);
}

static void
take_copy (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_parse_name (copy->target);
  gboolean is_copied = g_file_copy_finish (G_FILE (source), result, &error);
  g_autofree char *text
      = is_copied ? g_strdup_printf (_ ("Saved as “%s”."), name)
                  : g_strdup_printf (_ ("“%s” was not written: %s."), name, error->message);
  pyro_window_tell (copy->window, text, !is_copied);
  free_copy (copy);
}

/* The chooser has asked already whether a file may be replaced. */
static void
take_response (GtkNativeDialog *chooser, int response, Copy *copy)
{
  if (response == GTK_RESPONSE_ACCEPT)
    copy->target = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (copy->target != NULL && !g_file_equal (copy->source, copy->target))
    g_file_copy_async (copy->source, copy->target, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, NULL,
                       NULL, NULL, take_copy, copy);
  else
    free_copy (copy);
  g_object_unref (chooser);
}

static void
save_as (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *window = PYRO_WINDOW (widget);
  GFile *file = get_shown_file (window);
  if (file == NULL)
    return;
  Copy *copy = g_new0 (Copy, 1);
  copy->window = g_object_ref (window);
  copy->source = g_object_ref (file);
  g_autofree char *name = g_file_get_basename (file);
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Save the Profile"), GTK_WINDOW (window),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name != NULL ? name : "");
  g_signal_connect (chooser, "response", G_CALLBACK (take_response), copy);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
pyro_save_as_install (GtkWidgetClass *window_class)
{
  gtk_widget_class_install_action (window_class, "win.save-as", NULL, save_as);
}
