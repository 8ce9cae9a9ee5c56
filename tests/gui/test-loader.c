/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <prof/pprof.h>

#include "../layout/flame-profile.h"
#include "model/loader.h"

static const FlameSample samples[] = { { "main;work", 7 }, { NULL, 0 } };

typedef struct {
  char *folder, *path;
} Fixture;

static int
set_up (void **state)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  fixture->folder = g_dir_make_tmp ("loader-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "profile.pb.gz", NULL);
  *state = fixture;
  return fixture->folder == NULL;
}

static int
tear_down (void **state)
{
  Fixture *fixture = *state;
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
  g_free (fixture);
  return 0;
}

typedef struct {
  gboolean is_done;
  PyroProfile *profile;
  GError *error;
} Outcome;

static void
take_outcome (GObject *loader, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;
  outcome->profile = pyro_loader_run_finish (PYRO_LOADER (loader), result, &outcome->error);
  outcome->is_done = TRUE;
}

static Outcome
load (const char *path, GCancellable *cancellable)
{
  Outcome outcome = { 0 };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (PyroLoader) loader = pyro_loader_new (file);
  pyro_loader_run_async (loader, cancellable, take_outcome, &outcome);
  while (!outcome.is_done)
    g_main_context_iteration (NULL, TRUE);
  return outcome;
}

static void
assert_fails (const char *path, const char *expected)
{
  Outcome outcome = load (path, NULL);
  assert_null (outcome.profile);
  if (strstr (outcome.error->message, expected) == NULL)
    assert_string_equal (outcome.error->message, expected);
  g_error_free (outcome.error);
}

static void
wait_for_report (PyroProfile *profile)
{
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
}

static void
a_profile_outlives_its_file (void **state)
{
  Fixture *fixture = *state;
  ProfProfile *profile = make_flame_profile (samples);
  assert_int_equal (prof_pprof_save (profile, fixture->path, NULL), 0);
  prof_profile_unref (profile);
  Outcome outcome = load (fixture->path, NULL);
  assert_non_null (outcome.profile);
  assert_string_equal (pyro_profile_get_title (outcome.profile), "profile.pb.gz");
  assert_int_equal (g_unlink (fixture->path), 0);
  pyro_profile_add_filter (outcome.profile, PYRO_FILTER_FOCUS, "work");
  wait_for_report (outcome.profile);
  assert_int_equal (pyro_report_get_total (pyro_profile_get_report (outcome.profile)), 7);
  g_object_unref (outcome.profile);
}

static void
collapsed_stacks_are_read_too (void **state)
{
  Fixture *fixture = *state;
  assert_true (g_file_set_contents (fixture->path, "main;work 3\nmain 2\n", -1, NULL));
  Outcome outcome = load (fixture->path, NULL);
  assert_non_null (outcome.profile);
  wait_for_report (outcome.profile);
  assert_int_equal (pyro_report_get_total (pyro_profile_get_report (outcome.profile)), 5);
  g_object_unref (outcome.profile);
}

static void
what_is_no_profile_is_told_in_a_sentence (void **state)
{
  Fixture *fixture = *state;
  assert_true (g_file_set_contents (fixture->path, "\x1f\x8b\x08 broken", -1, NULL));
  Outcome outcome = load (fixture->path, NULL);
  assert_null (outcome.profile);
  assert_true (strlen (outcome.error->message) > 20);
  g_error_free (outcome.error);
  assert_fails (fixture->folder, "is a folder: open a profile in it.");
  assert_fails ("/nothing/here", "“/nothing/here” can’t be opened: No such file or directory.");
  assert_fails ("/dev/zero", "is no ordinary file.");
}

static void
reading_can_be_cancelled (void **state)
{
  Fixture *fixture = *state;
  assert_true (g_file_set_contents (fixture->path, "main;work 3\n", -1, NULL));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  Outcome outcome = load (fixture->path, cancellable);
  assert_null (outcome.profile);
  assert_true (g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_error_free (outcome.error);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (a_profile_outlives_its_file, set_up, tear_down),
    cmocka_unit_test_setup_teardown (collapsed_stacks_are_read_too, set_up, tear_down),
    cmocka_unit_test_setup_teardown (what_is_no_profile_is_told_in_a_sentence, set_up, tear_down),
    cmocka_unit_test_setup_teardown (reading_can_be_cancelled, set_up, tear_down),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
