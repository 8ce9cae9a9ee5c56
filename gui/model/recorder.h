/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PYRO_RECORDER_STARTING,
  PYRO_RECORDER_RECORDING,
  PYRO_RECORDER_PAUSED,
  PYRO_RECORDER_ENDING, /* the profile is being written */
  PYRO_RECORDER_SAVED,
  PYRO_RECORDER_DISCARDED,
  PYRO_RECORDER_FAILED, /* `message` says why; `path` is what was kept */
} PyroRecorderState;

/* How the recording goes; a new one comes four times a second. */
typedef struct {
  guint64 elapsed_ns;
  guint64 n_samples, n_lost, n_truncated;
  gboolean has_heap;
  guint64 live_bytes, peak_bytes, allocated_bytes;
} PyroRecorderStatus;

/* A child process prof record --control (in a sandbox: one outside), and its channel: the app
 * itself records nothing. Main thread only. It lives as long as the child: who loses interest calls
 * stop or discard. Should the app end, the child saves what it has.
 *
 * Properties (each notifies):
 *   state    uint     a PyroRecorderState
 *   message  string   the latest sentence for the user; NULL
 *   path     string   the profile that was saved or, after a failure, the latest snapshot; NULL
 *
 * Signals:
 *   status            see pyro_recorder_get_status
 *   snapshot (path)   one was written; NULL: it failed
 *   died (sentence)   the recorded program ended, and not well, before it was asked to; after the
 *                     state has become PYRO_RECORDER_SAVED */
#define PYRO_TYPE_RECORDER (pyro_recorder_get_type ())
G_DECLARE_FINAL_TYPE (PyroRecorder, pyro_recorder, PYRO, RECORDER, GObject)

/* Starts `argv`, which writes its profile to `output`; see pyro_record_options_to_argv. Until the
 * end snapshots are a hidden file beside it. */
PyroRecorder *pyro_recorder_new (const char *const *argv, const char *output, GError **error);

PyroRecorderState pyro_recorder_get_state (PyroRecorder *self);
gboolean pyro_recorder_is_over (PyroRecorder *self);
/* It was told to stop, to discard or to terminate. */
gboolean pyro_recorder_is_asked_to_end (PyroRecorder *self);
const PyroRecorderStatus *pyro_recorder_get_status (PyroRecorder *self);
/* Of the command that was started; 0: none, or not yet. */
guint pyro_recorder_get_command_pid (PyroRecorder *self);
const char *pyro_recorder_get_message (PyroRecorder *self);
const char *pyro_recorder_get_path (PyroRecorder *self);

void pyro_recorder_pause (PyroRecorder *self);
void pyro_recorder_resume (PyroRecorder *self);
/* The program that is recorded goes on. */
void pyro_recorder_stop (PyroRecorder *self);
void pyro_recorder_discard (PyroRecorder *self);
/* Ends the program that is recorded, and with it the recording. */
void pyro_recorder_terminate (PyroRecorder *self);
/* Asks for a profile of what there is so far; nothing while one is being made. */
void pyro_recorder_snapshot (PyroRecorder *self);

G_END_DECLS
