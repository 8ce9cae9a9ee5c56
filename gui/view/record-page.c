/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/record-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/event.h"
#include "model/prof-program.h"
#include "view/limits-group.h"
#include "view/page.h"
#include "view/process-table.h"

struct _PyroRecordPage {
  AdwBin parent_instance;
  PyroRecordOptions *options;    /* those of the last recording */
  GtkFileChooserNative *chooser; /* while it is open */
  AdwToastOverlay *toasts;
  GtkStack *target;
  GtkEditable *command, *folder, *environment;
  PyroProcessTable *processes;
  AdwComboRow *measure, *unwind, *sampling;
  GtkDropDown *event;
  GtkWidget *event_row, *frequency_row, *sampling_row;
  GtkSpinButton *frequency, *duration, *sampling_value;
};

G_DEFINE_FINAL_TYPE (PyroRecordPage, pyro_record_page, ADW_TYPE_BIN)

enum { RECORD, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const targets[] = {
  [PYRO_TARGET_COMMAND] = "command",
  [PYRO_TARGET_PROCESS] = "process",
  [PYRO_TARGET_SYSTEM] = "system",
};

/* In the order of the rows. */
static const char *const unwinds[] = { "", "fp", "dwarf" };
static const struct {
  const char *name;
  double value; /* at first */
  guint digits;
} strategies[]
    = { { "", 0, 0 }, { "probabilistic", 0.1, 2 }, { "rate", 100, 0 }, { "adaptive", 100, 0 } };

/* ---- between the options and the widgets ---- */

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static PyroTarget
get_target (PyroRecordPage *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->target);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    if (g_strcmp0 (name, targets[i]) == 0)
      return i;
  return PYRO_TARGET_COMMAND;
}

static char *
get_sampling (PyroRecordPage *self)
{
  guint i = adw_combo_row_get_selected (self->sampling);
  if (i == 0 || i >= G_N_ELEMENTS (strategies))
    return g_strdup ("");
  char value[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (value, sizeof value, strategies[i].digits > 0 ? "%.2f" : "%.0f",
                   gtk_spin_button_get_value (self->sampling_value));
  return g_strdup_printf ("%s:%s", strategies[i].name, value);
}

PyroRecordOptions *
pyro_record_page_get_options (PyroRecordPage *self)
{
  PyroRecordOptions *options = pyro_record_options_copy (self->options);
  PyroProcess *process = pyro_process_table_get_selected (self->processes);
  PyroEvent *event = gtk_drop_down_get_selected_item (self->event);
  guint unwind = adw_combo_row_get_selected (self->unwind);
  g_autofree char *sampling = get_sampling (self);
  options->target = get_target (self);
  options->measure = adw_combo_row_get_selected (self->measure);
  set_text (&options->command, gtk_editable_get_text (self->command));
  set_text (&options->folder, gtk_editable_get_text (self->folder));
  set_text (&options->environment, gtk_editable_get_text (self->environment));
  options->pid = process != NULL ? pyro_process_get_pid (process) : 0;
  if (event != NULL)
    set_text (&options->event, pyro_event_get_name (event));
  set_text (&options->unwind, unwind < G_N_ELEMENTS (unwinds) ? unwinds[unwind] : "");
  set_text (&options->sampling, sampling);
  options->frequency = (guint)gtk_spin_button_get_value_as_int (self->frequency);
  options->duration_s = (guint)gtk_spin_button_get_value_as_int (self->duration);
  return options;
}

static void
show_sampling (PyroRecordPage *self, const char *sampling)
{
  for (guint i = 1; i < G_N_ELEMENTS (strategies); i++) {
    g_autofree char *prefix = g_strconcat (strategies[i].name, ":", NULL);
    if (!g_str_has_prefix (sampling, prefix))
      continue;
    adw_combo_row_set_selected (self->sampling, i);
    gtk_spin_button_set_value (self->sampling_value,
                               g_ascii_strtod (sampling + strlen (prefix), NULL));
  }
}

static void
show_options (PyroRecordPage *self, const PyroRecordOptions *options)
{
  gtk_stack_set_visible_child_name (self->target, targets[options->target]);
  gtk_editable_set_text (self->command, options->command);
  gtk_editable_set_text (self->folder, options->folder);
  gtk_editable_set_text (self->environment, options->environment);
  adw_combo_row_set_selected (self->measure, options->measure);
  for (guint i = 0; i < G_N_ELEMENTS (unwinds); i++)
    if (g_str_equal (unwinds[i], options->unwind))
      adw_combo_row_set_selected (self->unwind, i);
  if (options->frequency > 0)
    gtk_spin_button_set_value (self->frequency, options->frequency);
  gtk_spin_button_set_value (self->duration, options->duration_s);
  show_sampling (self, options->sampling);
}

/* ---- what depends on what ---- */

/* The heap of a process that runs already can't be recorded; events are of the CPU alone. */
static void
update_measure (PyroRecordPage *self)
{
  gboolean may_have_heap = get_target (self) == PYRO_TARGET_COMMAND;
  gboolean has_cpu
      = !may_have_heap || adw_combo_row_get_selected (self->measure) != PYRO_MEASURE_HEAP;
  gtk_widget_set_visible (GTK_WIDGET (self->measure), may_have_heap);
  gtk_widget_set_visible (self->event_row, has_cpu);
  gtk_widget_set_visible (self->frequency_row, has_cpu);
  gtk_widget_set_visible (GTK_WIDGET (self->unwind), has_cpu);
  gtk_widget_set_visible (GTK_WIDGET (self->sampling), has_cpu);
  gtk_widget_set_visible (self->sampling_row,
                          has_cpu && adw_combo_row_get_selected (self->sampling) != 0);
}

static void
update_sampling (PyroRecordPage *self)
{
  guint i = MIN (adw_combo_row_get_selected (self->sampling), G_N_ELEMENTS (strategies) - 1);
  gboolean is_share = strategies[i].digits > 0;
  gtk_spin_button_set_digits (self->sampling_value, strategies[i].digits);
  gtk_spin_button_set_range (self->sampling_value, is_share ? 0.01 : 1, is_share ? 1 : 1e6);
  gtk_spin_button_set_increments (self->sampling_value, is_share ? 0.01 : 1, is_share ? 0.1 : 100);
  gtk_spin_button_set_value (self->sampling_value, strategies[i].value);
  update_measure (self);
}

static void
search (PyroRecordPage *self, GtkSearchEntry *entry)
{
  pyro_process_table_set_search (self->processes, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
tell (PyroRecordPage *self, const char *message)
{
  pyro_page_tell (self->toasts, message);
}

/* ---- what prof says ---- */

static void
show_events (PyroRecordPage *self, GVariant *answer)
{
  g_autoptr (GListModel) events = pyro_event_list_new (answer, self->options->event);
  gtk_drop_down_set_model (self->event, events);
  for (guint i = 0; i < g_list_model_get_n_items (events); i++) {
    g_autoptr (PyroEvent) event = g_list_model_get_item (events, i);
    if (g_str_equal (pyro_event_get_name (event), self->options->event))
      gtk_drop_down_set_selected (self->event, i);
  }
}

static void
take_events (GObject *source, GAsyncResult *result, gpointer page)
{
  g_autoptr (PyroRecordPage) self = page;
  g_autoptr (GVariant) answer = pyro_prof_program_ask_finish (result, NULL);
  if (answer != NULL)
    show_events (self, answer);
}

/* ---- actions ---- */

static void
record (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRecordPage *self = PYRO_RECORD_PAGE (widget);
  g_autoptr (PyroRecordOptions) options = pyro_record_page_get_options (self);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = pyro_record_options_to_argv (options, "prof", "out", &error);
  if (argv != NULL) {
    g_signal_emit (self, signals[RECORD], 0, options);
    return;
  }
  tell (self, error->message);
}

static void
take_folder (GtkNativeDialog *chooser, int response, PyroRecordPage *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    gtk_editable_set_text (self->folder,
                           g_file_peek_path (folder) ? g_file_peek_path (folder) : "");
  }
  g_clear_object (&self->chooser);
}

static void
choose_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRecordPage *self = PYRO_RECORD_PAGE (widget);
  if (self->chooser == NULL) {
    self->chooser = gtk_file_chooser_native_new (_ ("Choose the Working Folder"),
                                                 GTK_WINDOW (gtk_widget_get_root (widget)),
                                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    g_signal_connect_object (self->chooser, "response", G_CALLBACK (take_folder), self, 0);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
record_now (PyroRecordPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "record.start", NULL);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroRecordPage *self = PYRO_RECORD_PAGE (object);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->options, pyro_record_options_free);
  G_OBJECT_CLASS (pyro_record_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, target);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, command);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, folder);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, environment);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, processes);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, measure);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, unwind);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, sampling);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, event);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, event_row);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, frequency_row);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, sampling_row);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, frequency);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, duration);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordPage, sampling_value);
}

static void
pyro_record_page_class_init (PyroRecordPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  signals[RECORD] = g_signal_new ("record", PYRO_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_type_ensure (PYRO_TYPE_EVENT);
  g_type_ensure (PYRO_TYPE_LIMITS_GROUP);
  g_type_ensure (PYRO_TYPE_PROCESS_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/record-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, update_measure);
  gtk_widget_class_bind_template_callback (widget_class, update_sampling);
  gtk_widget_class_bind_template_callback (widget_class, search);
  gtk_widget_class_bind_template_callback (widget_class, record_now);
  gtk_widget_class_bind_template_callback (widget_class, tell);
  gtk_widget_class_install_action (widget_class, "record.start", NULL, record);
  gtk_widget_class_install_action (widget_class, "record.choose-folder", NULL, choose_folder);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "record.start", NULL);
}

static void
set_up_event (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer max_chars)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), GPOINTER_TO_INT (max_chars));
  gtk_list_item_set_child (item, label);
  GtkExpression *event = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  gtk_expression_bind (gtk_property_expression_new (PYRO_TYPE_EVENT, event, "text"), label, "label",
                       item);
}

static GtkListItemFactory *
make_event_factory (int max_chars)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_event), GINT_TO_POINTER (max_chars));
  return factory;
}

/* The button has less room than the list. The expression is what a search looks at. */
static void
set_up_events (PyroRecordPage *self)
{
  GtkExpression *text = gtk_property_expression_new (PYRO_TYPE_EVENT, NULL, "text");
  g_autoptr (GtkListItemFactory) in_button = make_event_factory (22);
  g_autoptr (GtkListItemFactory) in_list = make_event_factory (44);
  gtk_drop_down_set_expression (self->event, text);
  gtk_drop_down_set_factory (self->event, in_button);
  gtk_drop_down_set_list_factory (self->event, in_list);
  gtk_expression_unref (text);
}

static void
pyro_record_page_init (PyroRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->options = pyro_record_options_load ();
  set_up_events (self);
  update_sampling (self);
  show_events (self, NULL);
  show_options (self, self->options);
  pyro_prof_program_ask_async ("events", NULL, take_events, g_object_ref (self));
}

GtkWidget *
pyro_record_page_new (void)
{
  return g_object_new (PYRO_TYPE_RECORD_PAGE, NULL);
}
