/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/export-dialog.h"

#include <glib/gi18n.h>

#include "model/export-preview.h"
#include "model/export-task.h"
#include "view/collector-form.h"

struct _PyroExportDialog {
  AdwWindow parent_instance;
  PyroCollectors *collectors;
  PyroProfile *profile;
  PyroCollector *shown; /* NULL: there is none */
  PyroExportTask *task; /* while it runs */
  GCancellable *sending, *previewing;
  guint progress_source;
  GtkStack *stack;
  GtkDropDown *list;
  PyroCollectorForm *form;
  AdwExpanderRow *preview_row;
  GtkLabel *preview, *answer;
  GtkProgressBar *progress;
  GtkWidget *cancel_button;
};

G_DEFINE_FINAL_TYPE (PyroExportDialog, pyro_export_dialog, ADW_TYPE_WINDOW)

enum { ANSWERED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { PROGRESS_INTERVAL_MS = 100 };

/* ---- the answer ---- */

static void
show_answer (PyroExportDialog *self, const char *text, const char *style)
{
  static const char *const styles[] = { "error", "success", NULL };
  for (const char *const *other = styles; *other != NULL; other++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->answer), *other);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->answer), style);
  gtk_label_set_text (self->answer, text);
  gtk_widget_set_visible (GTK_WIDGET (self->answer), *text != '\0');
}

/* What can't be saved is told, and used all the same. */
static void
save (PyroExportDialog *self)
{
  g_autoptr (GError) error = NULL;
  pyro_collector_form_commit (self->form);
  if (!pyro_collectors_save (self->collectors, &error))
    show_answer (self, error->message, "error");
}

/* ---- what would be sent ---- */

static void
take_preview (GObject *source, GAsyncResult *result, gpointer dialog)
{
  g_autoptr (PyroExportDialog) self = dialog;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = pyro_export_preview_finish (result, &error);
  if (self->preview == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_text (self->preview, text != NULL ? text : error->message);
}

static void
update_preview (PyroExportDialog *self)
{
  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  if (self->shown == NULL || !adw_expander_row_get_expanded (self->preview_row))
    return;
  self->previewing = g_cancellable_new ();
  pyro_export_preview_async (self->shown, pyro_profile_get_source (self->profile), self->previewing,
                             take_preview, g_object_ref (self));
}

/* ---- the list ---- */

static void
update_actions (PyroExportDialog *self)
{
  gboolean is_ready = self->task == NULL && self->shown != NULL;
  static const char *const actions[] = { "export.test", "export.send", "export.remove" };
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], is_ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.cancel", self->task != NULL);
  gtk_widget_set_visible (self->cancel_button, self->task != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->task != NULL);
}

static void
show_selected (PyroExportDialog *self)
{
  PyroCollector *collector = gtk_drop_down_get_selected_item (self->list);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_func (self->shown, update_preview, self);
  g_set_object (&self->shown, collector);
  if (collector != NULL)
    g_signal_connect_object (collector, "notify", G_CALLBACK (update_preview), self,
                             G_CONNECT_SWAPPED);
  pyro_collector_form_show (self->form, collector, pyro_collectors_get_secrets (self->collectors));
  gtk_stack_set_visible_child_name (self->stack, collector != NULL ? "form" : "none");
  show_answer (self, "", NULL);
  update_actions (self);
  update_preview (self);
}

static void
add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroExportDialog *self = PYRO_EXPORT_DIALOG (widget);
  pyro_collectors_add (self->collectors);
  guint n = g_list_model_get_n_items (pyro_collectors_get_list (self->collectors));
  gtk_drop_down_set_selected (self->list, n - 1);
  save (self);
  pyro_collector_form_focus (self->form);
}

static void
answer_removal (AdwMessageDialog *question, const char *response, PyroExportDialog *self)
{
  if (!g_str_equal (response, "remove") || self->shown == NULL)
    return;
  g_autoptr (PyroCollector) removed = g_object_ref (self->shown);
  pyro_collectors_remove (self->collectors, removed);
  save (self);
}

static void
remove_shown (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroExportDialog *self = PYRO_EXPORT_DIALOG (widget);
  const char *name = pyro_collector_get_text (self->shown, PYRO_COLLECTOR_NAME);
  g_autofree char *title = g_strdup_printf (_ ("Remove “%s”?"), name);
  GtkWidget *widget_of_question
      = adw_message_dialog_new (GTK_WINDOW (self), title,
                                _ ("Its address and its secrets are forgotten."));
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (widget_of_question);
  adw_message_dialog_add_responses (question, "cancel", _ ("_Cancel"), "remove", _ ("_Remove"),
                                    NULL);
  adw_message_dialog_set_response_appearance (question, "remove", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (question, "response", G_CALLBACK (answer_removal), self, 0);
  gtk_window_present (GTK_WINDOW (question));
}

/* ---- sending ---- */

static gboolean
show_progress (gpointer dialog)
{
  PyroExportDialog *self = dialog;
  g_autofree char *text = pyro_export_task_describe (self->task);
  gtk_progress_bar_pulse (self->progress);
  show_answer (self, text, NULL);
  return G_SOURCE_CONTINUE;
}

typedef struct {
  PyroExportDialog *dialog;
  PyroCollector *collector;
  gboolean is_test;
} Sending;

static void
free_sending (Sending *sending)
{
  g_object_unref (sending->dialog);
  g_object_unref (sending->collector);
  g_free (sending);
}

static void
take_answer (GObject *task, GAsyncResult *result, gpointer data)
{
  Sending *sending = data;
  PyroExportDialog *self = sending->dialog;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = pyro_export_task_run_finish (PYRO_EXPORT_TASK (task), result, &error);
  const char *text = answer != NULL ? answer : error->message;
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_object (&self->task);
  g_clear_object (&self->sending);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = _ ("It was cancelled.");
  if (self->answer != NULL) {
    update_actions (self);
    show_answer (self, text, answer != NULL ? "success" : "error");
  } else if (!sending->is_test)
    g_signal_emit (self, signals[ANSWERED], 0, sending->collector, text, answer != NULL);
  free_sending (sending);
}

static void
start (PyroExportDialog *self, gboolean is_test)
{
  save (self);
  Sending *sending = g_new0 (Sending, 1);
  sending->dialog = g_object_ref (self);
  sending->collector = g_object_ref (self->shown);
  sending->is_test = is_test;
  self->task = pyro_export_task_new (self->shown,
                                     is_test ? NULL : pyro_profile_get_source (self->profile));
  self->sending = g_cancellable_new ();
  self->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, show_progress, self);
  pyro_export_task_run_async (self->task, pyro_collectors_get_secrets (self->collectors),
                              self->sending, take_answer, sending);
  show_progress (self);
  update_actions (self);
}

static void
test (GtkWidget *widget, const char *action, GVariant *parameter)
{
  start (PYRO_EXPORT_DIALOG (widget), TRUE);
}

static void
send (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroExportDialog *self = PYRO_EXPORT_DIALOG (widget);
  pyro_collectors_set_last (self->collectors, self->shown);
  start (self, FALSE);
}

static void
cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_cancellable_cancel (PYRO_EXPORT_DIALOG (widget)->sending);
}

/* ---- GObject ---- */

static gboolean
close_request (GtkWindow *window)
{
  save (PYRO_EXPORT_DIALOG (window));
  return GTK_WINDOW_CLASS (pyro_export_dialog_parent_class)->close_request (window);
}

/* What is being sent goes on. */
static void
dispose (GObject *object)
{
  PyroExportDialog *self = PYRO_EXPORT_DIALOG (object);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  g_clear_object (&self->shown);
  g_clear_object (&self->collectors);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_export_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, list);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, form);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, preview_row);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, answer);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, PyroExportDialog, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, show_selected);
  gtk_widget_class_bind_template_callback (widget_class, update_preview);
}

static void
pyro_export_dialog_class_init (PyroExportDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WINDOW_CLASS (class)->close_request = close_request;
  signals[ANSWERED]
      = g_signal_new ("answered", PYRO_TYPE_EXPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 3, PYRO_TYPE_COLLECTOR, G_TYPE_STRING, G_TYPE_BOOLEAN);
  g_type_ensure (PYRO_TYPE_COLLECTOR_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/export-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "export.add", NULL, add);
  gtk_widget_class_install_action (widget_class, "export.remove", NULL, remove_shown);
  gtk_widget_class_install_action (widget_class, "export.test", NULL, test);
  gtk_widget_class_install_action (widget_class, "export.send", NULL, send);
  gtk_widget_class_install_action (widget_class, "export.cancel", NULL, cancel);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "export.send", NULL);
}

static void
set_up_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label
      = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_list_item_set_child (item, label);
  GtkExpression *collector = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  gtk_expression_bind (gtk_property_expression_new (PYRO_TYPE_COLLECTOR, collector, "name"), label,
                       "label", item);
}

static void
pyro_export_dialog_init (PyroExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_name), NULL);
  gtk_drop_down_set_factory (self->list, factory);
}

/* The first one if none was used yet. */
static void
select_last (PyroExportDialog *self)
{
  GListModel *list = pyro_collectors_get_list (self->collectors);
  PyroCollector *last = pyro_collectors_get_last (self->collectors);
  guint position = 0;
  if (last != NULL && g_list_store_find (G_LIST_STORE (list), last, &position))
    gtk_drop_down_set_selected (self->list, position);
}

GtkWidget *
pyro_export_dialog_new (GtkWindow *parent, PyroCollectors *collectors, PyroProfile *profile)
{
  PyroExportDialog *self = g_object_new (PYRO_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  self->collectors = g_object_ref (collectors);
  self->profile = g_object_ref (profile);
  gtk_drop_down_set_model (self->list, pyro_collectors_get_list (collectors));
  select_last (self);
  show_selected (self);
  return GTK_WIDGET (self);
}
