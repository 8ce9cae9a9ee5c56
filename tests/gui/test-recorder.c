/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

#include "model/recorder.h"

/* The recorder speaks with shell scripts that say what prof says. */

typedef struct {
  char *folder, *output;
  GString *log; /* what was notified */
} Fixture;

static int
set_up (void **state)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  fixture->folder = g_dir_make_tmp ("recorder-XXXXXX", NULL);
  fixture->output = g_build_filename (fixture->folder, "out.pb.gz", NULL);
  fixture->log = g_string_new (NULL);
  *state = fixture;
  return fixture->folder == NULL;
}

static int
tear_down (void **state)
{
  Fixture *fixture = *state;
  g_unlink (fixture->output);
  int result = g_rmdir (fixture->folder); /* nothing else is left there */
  g_string_free (fixture->log, TRUE);
  g_free (fixture->output);
  g_free (fixture->folder);
  g_free (fixture);
  return result;
}

static void
log_state (PyroRecorder *recorder, GParamSpec *pspec, Fixture *fixture)
{
  static const char *const names[]
      = { "starting", "recording", "paused", "ending", "saved", "discarded", "failed" };
  g_string_append_printf (fixture->log, "%s ", names[pyro_recorder_get_state (recorder)]);
}

static void
log_snapshot (PyroRecorder *recorder, const char *path, Fixture *fixture)
{
  g_string_append_printf (fixture->log, "snapshot:%s ", path != NULL ? "yes" : "no");
}

static PyroRecorder *
start (Fixture *fixture, const char *script)
{
  const char *const argv[] = { "sh", "-c", script, "sh", fixture->output, NULL };
  PyroRecorder *recorder = pyro_recorder_new (argv, fixture->output, NULL);
  assert_non_null (recorder);
  g_signal_connect (recorder, "notify::state", G_CALLBACK (log_state), fixture);
  g_signal_connect (recorder, "snapshot", G_CALLBACK (log_snapshot), fixture);
  return recorder;
}

static void
wait_for (PyroRecorder *recorder, PyroRecorderState state)
{
  while (pyro_recorder_get_state (recorder) != state)
    g_main_context_iteration (NULL, TRUE);
}

/* Until the child is reaped and nothing holds the recorder. */
static void
release (gpointer recorder)
{
  g_object_add_weak_pointer (recorder, &recorder);
  g_object_unref (recorder);
  while (recorder != NULL)
    g_main_context_iteration (NULL, TRUE);
}

#define STARTED "echo '{\"event\": \"started\", \"pid\": 7}'; "
#define SAVED "echo '{\"event\": \"saved\", \"path\": \"'\"$1\"'\"}'; "

static void
a_recording_is_steered (void **state)
{
  Fixture *fixture = *state;
  PyroRecorder *recorder
      = start (fixture,
               STARTED "read word; test \"$word\" = pause && echo '{\"event\": \"paused\"}'; "
                       "read word; test \"$word\" = resume && echo '{\"event\": \"resumed\"}'; "
                       "read word; test \"$word\" = stop && " SAVED);
  wait_for (recorder, PYRO_RECORDER_RECORDING);
  pyro_recorder_pause (recorder);
  wait_for (recorder, PYRO_RECORDER_PAUSED);
  pyro_recorder_resume (recorder);
  wait_for (recorder, PYRO_RECORDER_RECORDING);
  pyro_recorder_stop (recorder);
  wait_for (recorder, PYRO_RECORDER_SAVED);
  assert_string_equal (fixture->log->str, "recording paused recording ending saved ");
  assert_string_equal (pyro_recorder_get_path (recorder), fixture->output);
  assert_true (pyro_recorder_is_over (recorder));
  release (recorder);
}

static void
a_status_is_read (void **state)
{
  PyroRecorder *recorder
      = start (*state,
               "echo '{\"event\": \"status\", \"paused\": false, \"elapsed_ns\": 2500000000, "
               "\"samples\": 12, \"lost\": 3, \"truncated\": 4, \"heap_samples\": 5, "
               "\"live_bytes\": 6, \"peak_bytes\": 7, \"allocated_bytes\": 8, \"new\": [1]}'; "
               "echo '{\"event\": \"discarded\"}'");
  wait_for (recorder, PYRO_RECORDER_DISCARDED);
  const PyroRecorderStatus *status = pyro_recorder_get_status (recorder);
  assert_int_equal (status->elapsed_ns, 2500000000);
  assert_int_equal (status->n_samples, 12);
  assert_int_equal (status->n_lost, 3);
  assert_int_equal (status->n_truncated, 4);
  assert_true (status->has_heap);
  assert_int_equal (status->live_bytes, 6);
  assert_int_equal (status->peak_bytes, 7);
  assert_int_equal (status->allocated_bytes, 8);
  release (recorder);
}

static void
a_failure_has_its_reason (void **state)
{
  PyroRecorder *recorder
      = start (*state, "echo '{\"event\": \"message\", \"text\": \"No such program.\"}'; exit 1");
  wait_for (recorder, PYRO_RECORDER_FAILED);
  assert_string_equal (pyro_recorder_get_message (recorder), "No such program.");
  assert_null (pyro_recorder_get_path (recorder));
  release (recorder);
}

static void
silence_is_told_too (void **state)
{
  PyroRecorder *recorder = start (*state, "exit 3");
  wait_for (recorder, PYRO_RECORDER_FAILED);
  assert_string_equal (pyro_recorder_get_message (recorder),
                       "The recording failed, and prof did not say why.");
  release (recorder);
}

static void
a_crash_costs_no_snapshot (void **state)
{
  Fixture *fixture = *state;
  PyroRecorder *recorder
      = start (fixture, STARTED "read word path; echo profile >\"$path\"; "
                                "echo '{\"event\": \"snapshot\", \"path\": \"x\"}'; kill -9 $$");
  wait_for (recorder, PYRO_RECORDER_RECORDING);
  pyro_recorder_snapshot (recorder);
  pyro_recorder_snapshot (recorder);
  wait_for (recorder, PYRO_RECORDER_FAILED);
  assert_string_equal (fixture->log->str, "recording snapshot:yes failed ");
  assert_non_null (strstr (pyro_recorder_get_message (recorder), "ended by a signal"));
  assert_string_equal (pyro_recorder_get_path (recorder), fixture->output);
  g_autofree char *text = NULL;
  assert_true (g_file_get_contents (fixture->output, &text, NULL, NULL));
  assert_string_equal (text, "profile\n");
  release (recorder);
}

static void
take_sentence (PyroRecorder *recorder, const char *sentence, char **ret)
{
  g_assert (*ret == NULL);
  *ret = g_strdup (sentence);
}

/* What is said of a program whose recording goes as `script` says, once all is over. */
static char *
play_death (Fixture *fixture, const char *script, gboolean is_stopped)
{
  char *sentence = NULL;
  gpointer recorder = start (fixture, script);
  g_signal_connect (recorder, "died", G_CALLBACK (take_sentence), &sentence);
  g_object_add_weak_pointer (recorder, &recorder);
  wait_for (recorder, PYRO_RECORDER_RECORDING);
  assert_int_equal (pyro_recorder_get_command_pid (recorder), 4711);
  if (is_stopped)
    pyro_recorder_stop (recorder);
  else
    pyro_recorder_pause (recorder);
  wait_for (recorder, PYRO_RECORDER_SAVED);
  assert_int_equal (pyro_recorder_is_asked_to_end (recorder), is_stopped);
  g_object_unref (recorder);
  while (recorder != NULL)
    g_main_context_iteration (NULL, TRUE);
  return sentence;
}

#define STARTED_4711 "echo '{\"event\": \"started\", \"pid\": 4711}'; read word; "

static void
a_program_that_dies_is_told (void **state)
{
  g_autofree char *by_signal
      = play_death (*state, STARTED_4711 SAVED "echo '{\"event\": \"exited\", \"signal\": 11}'",
                    FALSE);
  assert_non_null (strstr (by_signal, "Segmentation fault. What was recorded is kept."));
  g_autofree char *by_status
      = play_death (*state, STARTED_4711 SAVED "echo '{\"event\": \"exited\", \"status\": 3}'",
                    FALSE);
  assert_string_equal (by_status, "The program ended with status 3. What was recorded is kept.");
  assert_null (play_death (*state,
                           STARTED_4711 SAVED "echo '{\"event\": \"exited\", \"status\": 0}'",
                           FALSE));
}

static void
an_end_that_was_asked_for_is_no_news (void **state)
{
  assert_null (play_death (*state,
                           STARTED_4711 SAVED "echo '{\"event\": \"exited\", \"signal\": 15}'",
                           TRUE));
}

static void
a_snapshot_may_fail (void **state)
{
  Fixture *fixture = *state;
  PyroRecorder *recorder
      = start (fixture,
               STARTED "read word; echo '{\"event\": \"snapshot-failed\", \"path\": \"x\"}'; "
                       "read word; " SAVED);
  wait_for (recorder, PYRO_RECORDER_RECORDING);
  pyro_recorder_snapshot (recorder);
  while (strstr (fixture->log->str, "snapshot:no") == NULL)
    g_main_context_iteration (NULL, TRUE);
  pyro_recorder_discard (recorder);
  wait_for (recorder, PYRO_RECORDER_SAVED);
  release (recorder);
}

static void
what_is_not_understood_is_told (void **state)
{
  PyroRecorder *recorder = start (*state, "echo 'what?'; " SAVED);
  wait_for (recorder, PYRO_RECORDER_SAVED);
  assert_non_null (strstr (pyro_recorder_get_message (recorder), "can’t be understood"));
  release (recorder);
}

static void
commands_to_one_that_is_gone_do_no_harm (void **state)
{
  Fixture *fixture = *state;
  PyroRecorder *recorder = start (fixture, "exec <&-; " STARTED "sleep 0");
  while (strstr (fixture->log->str, "recording") == NULL) /* it may have failed by then */
    g_main_context_iteration (NULL, TRUE);
  pyro_recorder_pause (recorder);
  pyro_recorder_stop (recorder);
  wait_for (recorder, PYRO_RECORDER_FAILED);
  release (recorder);
}

static void
a_program_that_is_not_there (void **state)
{
  static const char *const argv[] = { "/nonexistent/prof", NULL };
  g_autoptr (GError) error = NULL;
  assert_null (pyro_recorder_new (argv, "/nonexistent/out", &error));
  assert_non_null (strstr (error->message, "prof, which records, can’t be started"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (a_recording_is_steered, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_status_is_read, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_failure_has_its_reason, set_up, tear_down),
    cmocka_unit_test_setup_teardown (silence_is_told_too, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_crash_costs_no_snapshot, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_program_that_dies_is_told, set_up, tear_down),
    cmocka_unit_test_setup_teardown (an_end_that_was_asked_for_is_no_news, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_snapshot_may_fail, set_up, tear_down),
    cmocka_unit_test_setup_teardown (what_is_not_understood_is_told, set_up, tear_down),
    cmocka_unit_test_setup_teardown (commands_to_one_that_is_gone_do_no_harm, set_up, tear_down),
    cmocka_unit_test (a_program_that_is_not_there),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
