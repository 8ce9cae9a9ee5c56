/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/recorder.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "model/host-command.h"
#include "model/json.h"

struct _PyroRecorder {
  GObject parent_instance;
  GSubprocess *child;
  GOutputStream *commands;
  PyroRecorderState state;
  PyroRecorderStatus status;
  char *output, *message, *path;
  char *snapshot; /* its file */
  gboolean is_snapshotting, is_asked_to_end;
  guint command_pid;
};

G_DEFINE_FINAL_TYPE (PyroRecorder, pyro_recorder, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_MESSAGE, PROP_PATH, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { STATUS, SNAPSHOT, DIED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_state (PyroRecorder *self, PyroRecorderState state)
{
  if (self->state == state || pyro_recorder_is_over (self))
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_message (PyroRecorder *self, const char *message)
{
  g_free (self->message);
  self->message = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
}

static void
set_path (PyroRecorder *self, const char *path)
{
  g_free (self->path);
  self->path = g_strdup (path);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
}

/* ---- events ---- */

static void
take_status (PyroRecorder *self, GVariant *event)
{
  self->status = (PyroRecorderStatus){
    .elapsed_ns = (guint64)pyro_json_get_integer (event, "elapsed_ns"),
    .n_samples = (guint64)pyro_json_get_integer (event, "samples"),
    .n_lost = (guint64)pyro_json_get_integer (event, "lost"),
    .n_truncated = (guint64)pyro_json_get_integer (event, "truncated"),
    .has_heap = g_variant_lookup (event, "live_bytes", "x", NULL),
    .live_bytes = (guint64)pyro_json_get_integer (event, "live_bytes"),
    .peak_bytes = (guint64)pyro_json_get_integer (event, "peak_bytes"),
    .allocated_bytes = (guint64)pyro_json_get_integer (event, "allocated_bytes"),
  };
  g_signal_emit (self, signals[STATUS], 0);
}

static void
take_started (PyroRecorder *self, GVariant *event)
{
  self->command_pid = (guint)pyro_json_get_integer (event, "pid");
  set_state (self, PYRO_RECORDER_RECORDING);
}

static void
take_message (PyroRecorder *self, GVariant *event)
{
  set_message (self, pyro_json_get_text (event, "text"));
}

static void
take_paused (PyroRecorder *self, GVariant *event)
{
  if (self->state == PYRO_RECORDER_RECORDING)
    set_state (self, PYRO_RECORDER_PAUSED);
}

static void
take_resumed (PyroRecorder *self, GVariant *event)
{
  if (self->state == PYRO_RECORDER_PAUSED)
    set_state (self, PYRO_RECORDER_RECORDING);
}

static void
take_snapshot (PyroRecorder *self, GVariant *event)
{
  self->is_snapshotting = FALSE;
  g_signal_emit (self, signals[SNAPSHOT], 0, self->snapshot);
}

static void
take_snapshot_failed (PyroRecorder *self, GVariant *event)
{
  self->is_snapshotting = FALSE;
  g_signal_emit (self, signals[SNAPSHOT], 0, NULL);
}

static void
take_saved (PyroRecorder *self, GVariant *event)
{
  g_unlink (self->snapshot);
  set_path (self, pyro_json_get_text (event, "path"));
  set_state (self, PYRO_RECORDER_SAVED);
}

/* An end that the user asked for is no news. */
static void
take_exited (PyroRecorder *self, GVariant *event)
{
  gint64 status = pyro_json_get_integer (event, "status");
  gint64 signal_number = pyro_json_get_integer (event, "signal");
  if (self->is_asked_to_end || self->state != PYRO_RECORDER_SAVED
      || (status == 0 && signal_number == 0))
    return;
  g_autofree char *text
      = signal_number != 0
            ? g_strdup_printf (_ ("A signal ended the program: %s. What was recorded is kept."),
                               g_strsignal ((int)signal_number))
            : g_strdup_printf (_ ("The program ended with status %d. What was recorded is kept."),
                               (int)status);
  g_signal_emit (self, signals[DIED], 0, text);
}

static void
take_discarded (PyroRecorder *self, GVariant *event)
{
  g_unlink (self->snapshot);
  set_state (self, PYRO_RECORDER_DISCARDED);
}

/* The latest snapshot, if there is one, takes the place of the profile that there is not: its file
 * is always a whole one. */
static void
fail (PyroRecorder *self)
{
  if (pyro_recorder_is_over (self))
    return;
  if (g_rename (self->snapshot, self->output) == 0)
    set_path (self, self->output);
  if (self->message == NULL)
    set_message (self, _ ("The recording failed, and prof did not say why."));
  set_state (self, PYRO_RECORDER_FAILED);
}

static void
take_failed (PyroRecorder *self, GVariant *event)
{
  fail (self);
}

/* What is not here changes nothing. */
static const struct {
  const char *name;
  void (*take) (PyroRecorder *self, GVariant *event);
} events[] = {
  { "started", take_started },
  { "status", take_status },
  { "message", take_message },
  { "paused", take_paused },
  { "resumed", take_resumed },
  { "snapshot", take_snapshot },
  { "snapshot-failed", take_snapshot_failed },
  { "saved", take_saved },
  { "failed", take_failed },
  { "exited", take_exited },
  { "discarded", take_discarded },
};

static void
take_line (PyroRecorder *self, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) event = pyro_json_read (line, &error);
  if (event == NULL || !g_variant_is_of_type (event, G_VARIANT_TYPE_VARDICT)) {
    set_message (self, error != NULL ? error->message : line);
    return;
  }
  const char *name = pyro_json_get_text (event, "event");
  for (size_t i = 0; i < G_N_ELEMENTS (events); i++)
    if (g_str_equal (name, events[i].name))
      events[i].take (self, event);
}

/* ---- the child ---- */

static void
take_end (GObject *child, GAsyncResult *result, gpointer recorder)
{
  g_autoptr (PyroRecorder) self = recorder;
  g_subprocess_wait_finish (G_SUBPROCESS (child), result, NULL);
  if (!pyro_recorder_is_over (self) && g_subprocess_get_if_signaled (G_SUBPROCESS (child))) {
    g_autofree char *text
        = g_strdup_printf (_ ("The recorder was ended by a signal: %s."),
                           g_strsignal (g_subprocess_get_term_sig (G_SUBPROCESS (child))));
    set_message (self, text);
  }
  fail (self);
}

static void read_next (PyroRecorder *self, GDataInputStream *lines);

static void
take_next (GObject *stream, GAsyncResult *result, gpointer recorder)
{
  g_autoptr (PyroRecorder) self = recorder;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (stream), result, NULL, NULL);
  if (line == NULL) {
    g_subprocess_wait_async (self->child, NULL, take_end, g_object_ref (self));
    return;
  }
  take_line (self, line);
  read_next (self, G_DATA_INPUT_STREAM (stream));
}

static void
read_next (PyroRecorder *self, GDataInputStream *lines)
{
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, take_next,
                                       g_object_ref (self));
}

static gboolean
start (PyroRecorder *self, const char *const *argv, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) words = pyro_host_command_wrap (argv);
  self->child
      = g_subprocess_newv ((const char *const *)words,
                           G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &reason);
  if (self->child == NULL) {
    g_set_error (error, reason->domain, reason->code,
                 _ ("The program prof, which records, can’t be started: %s."), reason->message);
    return FALSE;
  }
  self->commands = g_object_ref (g_subprocess_get_stdin_pipe (self->child));
  g_autoptr (GDataInputStream) lines
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->child));
  read_next (self, lines);
  return TRUE;
}

/* ---- commands ---- */

/* A pipe takes a line at once. A child that is gone is noticed at the events' end. */
static void
send (PyroRecorder *self, const char *command)
{
  if (pyro_recorder_is_over (self))
    return;
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  g_output_stream_write_all (self->commands, line, strlen (line), NULL, NULL, NULL);
}

static void
send_end (PyroRecorder *self, const char *command)
{
  if (!pyro_recorder_is_over (self))
    self->is_asked_to_end = TRUE;
  send (self, command);
}

void
pyro_recorder_pause (PyroRecorder *self)
{
  send (self, "pause");
}

void
pyro_recorder_resume (PyroRecorder *self)
{
  send (self, "resume");
}

void
pyro_recorder_stop (PyroRecorder *self)
{
  send_end (self, "stop");
  set_state (self, PYRO_RECORDER_ENDING);
}

void
pyro_recorder_discard (PyroRecorder *self)
{
  send_end (self, "discard");
  set_state (self, PYRO_RECORDER_ENDING);
}

void
pyro_recorder_terminate (PyroRecorder *self)
{
  send_end (self, "terminate");
}

void
pyro_recorder_snapshot (PyroRecorder *self)
{
  if (self->is_snapshotting
      || (self->state != PYRO_RECORDER_RECORDING && self->state != PYRO_RECORDER_PAUSED))
    return;
  self->is_snapshotting = TRUE;
  g_autofree char *command = g_strconcat ("snapshot ", self->snapshot, NULL);
  send (self, command);
}

/* ---- getters ---- */

PyroRecorderState
pyro_recorder_get_state (PyroRecorder *self)
{
  return self->state;
}

gboolean
pyro_recorder_is_over (PyroRecorder *self)
{
  return self->state >= PYRO_RECORDER_SAVED;
}

gboolean
pyro_recorder_is_asked_to_end (PyroRecorder *self)
{
  return self->is_asked_to_end;
}

guint
pyro_recorder_get_command_pid (PyroRecorder *self)
{
  return self->command_pid;
}

const PyroRecorderStatus *
pyro_recorder_get_status (PyroRecorder *self)
{
  return &self->status;
}

const char *
pyro_recorder_get_message (PyroRecorder *self)
{
  return self->message;
}

const char *
pyro_recorder_get_path (PyroRecorder *self)
{
  return self->path;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroRecorder *self = PYRO_RECORDER (object);
  switch (property) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_MESSAGE:
    g_value_set_string (value, self->message);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
finalize (GObject *object)
{
  PyroRecorder *self = PYRO_RECORDER (object);
  g_clear_object (&self->commands);
  g_clear_object (&self->child);
  g_unlink (self->snapshot);
  g_free (self->output);
  g_free (self->message);
  g_free (self->path);
  g_free (self->snapshot);
  G_OBJECT_CLASS (pyro_recorder_parent_class)->finalize (object);
}

static void
pyro_recorder_class_init (PyroRecorderClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_STATE]
      = g_param_spec_uint ("state", NULL, NULL, 0, PYRO_RECORDER_FAILED, 0, flags);
  properties[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[STATUS] = g_signal_new ("status", PYRO_TYPE_RECORDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[SNAPSHOT] = g_signal_new ("snapshot", PYRO_TYPE_RECORDER, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DIED] = g_signal_new ("died", PYRO_TYPE_RECORDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  /* A command to a child that is gone must not end the app; GLib sets it back in children. */
  signal (SIGPIPE, SIG_IGN);
}

static void
pyro_recorder_init (PyroRecorder *self)
{
}

PyroRecorder *
pyro_recorder_new (const char *const *argv, const char *output, GError **error)
{
  g_autoptr (PyroRecorder) self = g_object_new (PYRO_TYPE_RECORDER, NULL);
  self->output = g_strdup (output);
  g_autofree char *folder = g_path_get_dirname (output);
  g_autofree char *name = g_path_get_basename (output);
  self->snapshot = g_strdup_printf ("%s/.%s", folder, name);
  return start (self, argv, error) ? g_steal_pointer (&self) : NULL;
}
