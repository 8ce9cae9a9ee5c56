/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/recording-page.h"

#include <glib/gi18n.h>
#include <prof/memory.h>
#include <unistd.h>

#include "model/loader.h"
#include "model/preferences.h"
#include "model/units.h"
#include "model/usage.h"
#include "view/flame-graph.h"
#include "view/meter.h"

struct _PyroRecordingPage {
  AdwBin parent_instance;
  PyroRecorder *recorder;
  char *title;
  guint64 n_samples, elapsed_ns; /* of the status before */
  PyroProcessList *processes;    /* active while the page is seen */
  PyroUsage usage;               /* of what is recorded, the latest */
  PyroTarget target;
  guint pid; /* of the process that is recorded */
  guint snapshot_source;
  GCancellable *cancellable; /* of reading a snapshot */
  GtkStack *stack, *graph_stack;
  PyroMeter *elapsed, *samples, *lost, *rate, *cpu, *memory, *live;
  GtkLabel *message;
  GtkWidget *pause_button, *terminate_button;
  PyroFlameGraph *graph;
  AdwStatusPage *failure;
  GtkWidget *open_button;
};

G_DEFINE_FINAL_TYPE (PyroRecordingPage, pyro_recording_page, ADW_TYPE_BIN)

enum { PROP_TITLE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SAVED, DISCARDED, OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { SNAPSHOT_INTERVAL_MS = 1000 };
/* As often as the process list: all charts are of the same time. */
enum { CHART_INTERVAL_NS = 1000000000 };

/* ---- snapshots ---- */

/* The next one is asked for when this one is shown: a slow machine has fewer of them. */
static gboolean
ask_for_snapshot (gpointer page)
{
  PyroRecordingPage *self = page;
  self->snapshot_source = 0;
  pyro_recorder_snapshot (self->recorder);
  return G_SOURCE_REMOVE;
}

static void
schedule_snapshot (PyroRecordingPage *self)
{
  if (self->snapshot_source == 0
      && pyro_recorder_get_state (self->recorder) == PYRO_RECORDER_RECORDING)
    self->snapshot_source = g_timeout_add (SNAPSHOT_INTERVAL_MS, ask_for_snapshot, self);
}

static void
take_profile (GObject *loader, GAsyncResult *result, gpointer page)
{
  g_autoptr (PyroRecordingPage) self = page;
  g_autoptr (PyroProfile) profile = pyro_loader_run_finish (PYRO_LOADER (loader), result, NULL);
  if (self->recorder == NULL)
    return; /* the page is closed */
  if (profile != NULL) {
    pyro_flame_graph_set_profile (self->graph, pyro_profile_get_source (profile),
                                  (int)pyro_profile_get_value_type (profile));
    gtk_stack_set_visible_child_name (self->graph_stack, "graph");
  }
  schedule_snapshot (self);
}

static void
take_snapshot (PyroRecordingPage *self, const char *path)
{
  if (path == NULL) {
    schedule_snapshot (self);
    return;
  }
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (PyroLoader) loader = pyro_loader_new (file);
  pyro_loader_run_async (loader, self->cancellable, take_profile, g_object_ref (self));
}

/* ---- how it goes ---- */

static void
show_text (PyroMeter *meter, double value, char *text)
{
  pyro_meter_show (meter, value, text);
  g_free (text);
}

static void
show_heap (PyroRecordingPage *self, const PyroRecorderStatus *status)
{
  gtk_widget_set_visible (GTK_WIDGET (self->live), status->has_heap);
  if (status->has_heap)
    show_text (self->live, (double)status->live_bytes,
               pyro_format_bytes ((double)status->live_bytes));
}

static void
show_rate (PyroRecordingPage *self, const PyroRecorderStatus *status)
{
  guint64 n_new = status->n_samples - MIN (self->n_samples, status->n_samples);
  double rate = (double)n_new * 1e9 / (double)(status->elapsed_ns - self->elapsed_ns);
  show_text (self->rate, rate, pyro_format_count (rate));
  self->n_samples = status->n_samples;
  self->elapsed_ns = status->elapsed_ns;
}

static char *
format_elapsed (guint64 ns)
{
  guint64 s = ns / 1000000000;
  if (s < 3600)
    return g_strdup_printf ("%u:%02u", (guint)(s / 60), (guint)(s % 60));
  return g_strdup_printf ("%u:%02u:%02u", (guint)(s / 3600), (guint)(s / 60 % 60), (guint)(s % 60));
}

static void
show_status (PyroRecordingPage *self)
{
  const PyroRecorderStatus *status = pyro_recorder_get_status (self->recorder);
  show_text (self->elapsed, 0, format_elapsed (status->elapsed_ns));
  show_text (self->samples, 0, pyro_format_count ((double)status->n_samples));
  show_text (self->lost, 0, pyro_format_count ((double)status->n_lost));
  if (status->elapsed_ns < self->elapsed_ns + CHART_INTERVAL_NS)
    return;
  show_rate (self, status);
  show_heap (self, status);
}

/* ---- what the target uses ---- */

static guint
get_target_pid (PyroRecordingPage *self)
{
  return self->target == PYRO_TARGET_COMMAND ? pyro_recorder_get_command_pid (self->recorder)
                                             : self->pid;
}

/* Pages that processes share count for each of them: that of the system is told by the kernel. */
static guint64
get_memory (PyroRecordingPage *self, const PyroUsage *usage)
{
  ProfSystemMemory memory = PROF_SYSTEM_MEMORY_INIT;
  if (self->target == PYRO_TARGET_SYSTEM && prof_get_system_memory (&memory, NULL) == 0)
    return memory.used_bytes;
  return usage->rss_bytes;
}

static void
show_usage (PyroRecordingPage *self)
{
  guint pid = get_target_pid (self);
  if (pid == 0 && self->target != PYRO_TARGET_SYSTEM)
    return;
  PyroUsage usage = pyro_usage_sum (self->processes, pid);
  if (usage.n_processes == 0)
    return;
  guint64 bytes = get_memory (self, &usage);
  show_text (self->memory, (double)bytes, pyro_format_bytes ((double)bytes));
  if (self->usage.n_processes > 0) {
    double share = pyro_usage_get_cpu_share (&self->usage, &usage, (double)sysconf (_SC_CLK_TCK));
    show_text (self->cpu, share, pyro_format_percent (share, 1));
  }
  self->usage = usage;
}

/* A chart is of the time in which it was seen. */
static void
map (GtkWidget *widget)
{
  PyroRecordingPage *self = PYRO_RECORDING_PAGE (widget);
  self->usage = (PyroUsage){ 0 };
  pyro_process_list_set_active (self->processes, TRUE);
  GTK_WIDGET_CLASS (pyro_recording_page_parent_class)->map (widget);
}

static void
unmap (GtkWidget *widget)
{
  pyro_process_list_set_active (PYRO_RECORDING_PAGE (widget)->processes, FALSE);
  GTK_WIDGET_CLASS (pyro_recording_page_parent_class)->unmap (widget);
}

/* ---- messages and states ---- */

static void
show_message (PyroRecordingPage *self)
{
  const char *message = pyro_recorder_get_message (self->recorder);
  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

static void
show_failure (PyroRecordingPage *self)
{
  gboolean is_kept = pyro_recorder_get_path (self->recorder) != NULL;
  g_autofree char *reason = g_markup_escape_text (pyro_recorder_get_message (self->recorder), -1);
  g_autofree char *text
      = g_strjoin ("\n", reason,
                   is_kept ? _ ("What was recorded until shortly before is kept.") : NULL, NULL);
  adw_status_page_set_description (self->failure, text);
  gtk_widget_set_visible (self->open_button, is_kept);
  gtk_stack_set_visible_child_name (self->stack, "failure");
}

static void
emit_file (PyroRecordingPage *self, guint signal)
{
  g_autoptr (GFile) file = g_file_new_for_path (pyro_recorder_get_path (self->recorder));
  g_signal_emit (self, signals[signal], 0, file);
}

static void
update_buttons (PyroRecordingPage *self)
{
  PyroRecorderState state = pyro_recorder_get_state (self->recorder);
  gboolean is_recording = state == PYRO_RECORDER_RECORDING || state == PYRO_RECORDER_PAUSED;
  gboolean is_paused = state == PYRO_RECORDER_PAUSED;
  static const char *const actions[]
      = { "recording.pause", "recording.stop", "recording.terminate" };
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], is_recording);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "recording.discard",
                                 state < PYRO_RECORDER_ENDING);
  gtk_button_set_label (GTK_BUTTON (self->pause_button), is_paused ? _ ("_Resume") : _ ("_Pause"));
}

static void
show_state (PyroRecordingPage *self)
{
  g_autoptr (PyroRecordingPage) alive G_GNUC_UNUSED = g_object_ref (self);
  PyroRecorderState state = pyro_recorder_get_state (self->recorder);
  update_buttons (self);
  if (state == PYRO_RECORDER_RECORDING)
    schedule_snapshot (self);
  else if (state == PYRO_RECORDER_SAVED)
    emit_file (self, SAVED);
  else if (state == PYRO_RECORDER_DISCARDED)
    g_signal_emit (self, signals[DISCARDED], 0);
  else if (state == PYRO_RECORDER_FAILED)
    show_failure (self);
}

/* ---- actions ---- */

static void
pause_or_resume (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRecorder *recorder = PYRO_RECORDING_PAGE (widget)->recorder;
  if (pyro_recorder_get_state (recorder) == PYRO_RECORDER_PAUSED)
    pyro_recorder_resume (recorder);
  else
    pyro_recorder_pause (recorder);
}

static void
stop (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_recorder_stop (PYRO_RECORDING_PAGE (widget)->recorder);
}

static void
answer_discard (AdwMessageDialog *question, const char *response, PyroRecordingPage *self)
{
  if (g_str_equal (response, "discard") && self->recorder != NULL)
    pyro_recorder_discard (self->recorder);
}

static void
ask_to_discard (PyroRecordingPage *self)
{
  GtkWidget *widget
      = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                _ ("Discard the Recording?"),
                                _ ("It ends, and what was recorded can’t be brought back."));
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (widget);
  adw_message_dialog_add_responses (question, "cancel", _ ("_Go On"), "discard", _ ("_Discard"),
                                    NULL);
  adw_message_dialog_set_response_appearance (question, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (answer_discard), self, 0);
  gtk_window_present (GTK_WINDOW (question));
}

static void
discard (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroRecordingPage *self = PYRO_RECORDING_PAGE (widget);
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  if (preferences->asks_to_discard)
    ask_to_discard (self);
  else
    pyro_recorder_discard (self->recorder);
}

static void
terminate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_recorder_terminate (PYRO_RECORDING_PAGE (widget)->recorder);
}

static void
open_kept (GtkWidget *widget, const char *action, GVariant *parameter)
{
  emit_file (PYRO_RECORDING_PAGE (widget), OPEN);
}

PyroRecorder *
pyro_recording_page_get_recorder (PyroRecordingPage *self)
{
  return self->recorder;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_TITLE)
    g_value_set_string (value, PYRO_RECORDING_PAGE (object)->title);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

/* A page that goes leaves no recording behind that nobody sees. */
static void
dispose (GObject *object)
{
  PyroRecordingPage *self = PYRO_RECORDING_PAGE (object);
  g_clear_handle_id (&self->snapshot_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->recorder != NULL) {
    g_signal_handlers_disconnect_by_data (self->recorder, self);
    pyro_recorder_stop (self->recorder);
  }
  g_clear_object (&self->recorder);
  g_clear_object (&self->processes);
  G_OBJECT_CLASS (pyro_recording_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (PYRO_RECORDING_PAGE (object)->title);
  G_OBJECT_CLASS (pyro_recording_page_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  static const char *const names[] = { [SAVED] = "saved", [OPEN] = "open" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i] != NULL)
      signals[i] = g_signal_new (names[i], PYRO_TYPE_RECORDING_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
  signals[DISCARDED] = g_signal_new ("discarded", PYRO_TYPE_RECORDING_PAGE, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, graph_stack);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, elapsed);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, samples);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, rate);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, lost);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, cpu);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, memory);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, live);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, message);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, terminate_button);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, graph);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, failure);
  gtk_widget_class_bind_template_child (widget_class, PyroRecordingPage, open_button);
}

static void
pyro_recording_page_class_init (PyroRecordingPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->map = map;
  widget_class->unmap = unmap;
  properties[PROP_TITLE]
      = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals ();
  g_type_ensure (PYRO_TYPE_FLAME_GRAPH);
  g_type_ensure (PYRO_TYPE_METER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/recording-page.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "recording.pause", NULL, pause_or_resume);
  gtk_widget_class_install_action (widget_class, "recording.stop", NULL, stop);
  gtk_widget_class_install_action (widget_class, "recording.discard", NULL, discard);
  gtk_widget_class_install_action (widget_class, "recording.terminate", NULL, terminate);
  gtk_widget_class_install_action (widget_class, "recording.open", NULL, open_kept);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "recording.stop", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "recording.pause",
                                       NULL);
}

static void
pyro_recording_page_init (PyroRecordingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  g_object_set (self->graph, "upward", preferences->has_flames, "colouring", preferences->colouring,
                NULL);
  self->cancellable = g_cancellable_new ();
  self->processes = pyro_process_list_new ();
  g_signal_connect_object (self->processes, "refreshed", G_CALLBACK (show_usage), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
pyro_recording_page_new (PyroRecorder *recorder,
                         const char *title,
                         const PyroRecordOptions *options)
{
  PyroRecordingPage *self = g_object_new (PYRO_TYPE_RECORDING_PAGE, NULL);
  self->recorder = g_object_ref (recorder);
  self->title = g_strdup (title);
  self->target = options->target;
  self->pid = options->target == PYRO_TARGET_PROCESS ? options->pid : 0;
  gtk_widget_set_visible (self->terminate_button, options->target == PYRO_TARGET_COMMAND);
  g_signal_connect_object (recorder, "notify::state", G_CALLBACK (show_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (recorder, "notify::message", G_CALLBACK (show_message), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (recorder, "status", G_CALLBACK (show_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (recorder, "snapshot", G_CALLBACK (take_snapshot), self,
                           G_CONNECT_SWAPPED);
  update_buttons (self);
  return GTK_WIDGET (self);
}
