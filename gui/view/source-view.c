/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/source-view.h"

#include <glib/gi18n.h>

#include "model/source-folders.h"
#include "model/source.h"
#include "view/source-table.h"

/* The lines are summed up when they are looked at, by a worker. */
struct _PyroSourceView {
  AdwBin parent_instance;
  PyroProfile *profile;
  PyroReport *report; /* of the source that is shown or being read */
  char *function;     /* likewise */
  PyroSource *source;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* while it is open */
  PyroSourceTable *table;
  GtkStack *stack;
  AdwStatusPage *missing;
  GtkButton *locate;
  GtkLabel *name, *path, *changed;
};

G_DEFINE_FINAL_TYPE (PyroSourceView, pyro_source_view, ADW_TYPE_BIN)

static void
tell (PyroSourceView *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", sentence);
}

static void
show_names (PyroSourceView *self)
{
  g_autofree char *name = g_utf8_make_valid (self->function, -1);
  g_autofree char *path = g_filename_display_name (self->source->path);
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->path, path);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->path), path);
  gtk_widget_set_visible (GTK_WIDGET (self->changed), self->source->is_changed);
}

static void
show_missing (PyroSourceView *self)
{
  g_autofree char *text = g_markup_escape_text (self->source->reason, -1);
  adw_status_page_set_description (self->missing, text);
  gtk_widget_set_visible (GTK_WIDGET (self->locate), *self->source->recorded != '\0');
  gtk_stack_set_visible_child_name (self->stack, "missing");
}

static void
show_source (GObject *report, GAsyncResult *result, gpointer view)
{
  g_autoptr (GError) error = NULL;
  PyroSource *source = pyro_source_load_finish (PYRO_REPORT (report), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and `view` may be gone */
  PyroSourceView *self = view;
  g_clear_object (&self->cancellable);
  if (source == NULL) {
    gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", error->message);
    return;
  }
  g_clear_pointer (&self->source, pyro_source_free);
  self->source = source;
  pyro_source_table_set_lines (self->table, source->lines, source->hottest);
  if (source->lines == NULL) {
    show_missing (self);
    return;
  }
  show_names (self);
  gtk_stack_set_visible_child_name (self->stack, "lines");
}

static void
load (PyroSourceView *self)
{
  guint32 function = self->function != NULL
                         ? pyro_report_find_function (self->report, self->function)
                         : G_MAXUINT32;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (function == G_MAXUINT32) {
    gtk_stack_set_visible_child_name (self->stack, "none");
    return;
  }
  self->cancellable = g_cancellable_new ();
  pyro_source_load_async (self->report, function, self->cancellable, show_source, self);
}

static void
update (PyroSourceView *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  const char *selection = pyro_profile_get_subject (self->profile);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || report == NULL
      || (report == self->report && g_strcmp0 (selection, self->function) == 0))
    return;
  g_set_object (&self->report, report);
  g_free (self->function);
  self->function = g_strdup (selection);
  load (self);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pyro_source_view_parent_class)->map (widget);
  update (PYRO_SOURCE_VIEW (widget));
}

/* ---- finding the file ---- */

void
pyro_source_view_locate (PyroSourceView *self, const char *path)
{
  g_autoptr (GPtrArray) folders = pyro_source_folders_load ();
  g_autoptr (GError) error = NULL;
  if (self->source == NULL || *self->source->recorded == '\0')
    return;
  pyro_source_folders_add (folders, self->source->recorded, path);
  if (pyro_source_folders_save (folders, &error))
    load (self);
  else
    tell (self, error->message);
}

static void
take_file (GtkNativeDialog *chooser, int response, PyroSourceView *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    if (g_file_peek_path (file) != NULL)
      pyro_source_view_locate (self, g_file_peek_path (file));
    else
      tell (self, _ ("This file is not on this computer."));
  }
  g_clear_object (&self->chooser);
}

static void
choose_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroSourceView *self = PYRO_SOURCE_VIEW (widget);
  if (self->source == NULL)
    return;
  g_autofree char *name = g_path_get_basename (self->source->recorded);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *title = g_strdup_printf (_ ("Locate “%s”"), shown);
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (take_file), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroSourceView *self = PYRO_SOURCE_VIEW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->report);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_source_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  PyroSourceView *self = PYRO_SOURCE_VIEW (object);
  g_clear_pointer (&self->source, pyro_source_free);
  g_free (self->function);
  G_OBJECT_CLASS (pyro_source_view_parent_class)->finalize (object);
}

static void
pyro_source_view_class_init (PyroSourceViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->map = map;
  g_type_ensure (PYRO_TYPE_SOURCE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/source-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, table);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, missing);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, locate);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, name);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, path);
  gtk_widget_class_bind_template_child (widget_class, PyroSourceView, changed);
  gtk_widget_class_install_action (widget_class, "source.locate", NULL, choose_file);
}

static void
pyro_source_view_init (PyroSourceView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pyro_source_view_new (PyroProfile *profile)
{
  PyroSourceView *self = g_object_new (PYRO_TYPE_SOURCE_VIEW, NULL);
  self->profile = g_object_ref (profile);
  g_signal_connect_object (profile, "notify::report", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "notify::selection", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
