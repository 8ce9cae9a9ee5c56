/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/data-file.h"
#include "model/preferences.h"
#include "model/recordings.h"
#include "model/symbol-cache.h"

static void
assert_defaults (const PyroPreferences *preferences)
{
  assert_int_equal (preferences->scheme, PYRO_SCHEME_SYSTEM);
  assert_false (preferences->has_flames);
  assert_int_equal (preferences->colouring, 0);
  assert_string_equal (preferences->folder, "");
  assert_true (preferences->asks_to_discard);
  assert_true (preferences->has_symbol_cache);
}

static void
they_are_kept (void **state)
{
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  assert_defaults (preferences);
  preferences->scheme = PYRO_SCHEME_DARK;
  preferences->has_flames = TRUE;
  preferences->colouring = 2;
  g_free (preferences->folder);
  preferences->folder = g_strdup ("/a b;c");
  preferences->asks_to_discard = FALSE;
  preferences->has_symbol_cache = FALSE;
  assert_true (pyro_preferences_save (preferences, NULL));
  g_autoptr (PyroPreferences) again = pyro_preferences_load ();
  assert_int_equal (again->scheme, PYRO_SCHEME_DARK);
  assert_true (again->has_flames);
  assert_int_equal (again->colouring, 2);
  assert_string_equal (again->folder, "/a b;c");
  assert_false (again->asks_to_discard);
  assert_false (again->has_symbol_cache);
}

/* In the order of the schema. */
static void
each_choice_has_a_word (void **state)
{
  static const char *const schemes[] = { "system", "light", "dark" };
  static const char *const colourings[] = { "function", "module", "kind" };
  g_autoptr (GSettings) settings = g_settings_new ("org.libprof.Pyrograph");
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  assert_int_equal (G_N_ELEMENTS (schemes), PYRO_N_SCHEMES);
  assert_int_equal (G_N_ELEMENTS (colourings), PYRO_N_COLOURINGS);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    preferences->scheme = i;
    preferences->colouring = i;
    assert_true (pyro_preferences_save (preferences, NULL));
    g_autofree char *scheme = g_settings_get_string (settings, "scheme");
    g_autofree char *colouring = g_settings_get_string (settings, "colouring");
    assert_string_equal (scheme, schemes[i]);
    assert_string_equal (colouring, colourings[i]);
  }
}

static void
a_relative_folder_is_not_used (void **state)
{
  g_autoptr (GSettings) settings = g_settings_new ("org.libprof.Pyrograph");
  assert_true (g_settings_set_string (settings, "folder", "relative"));
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  assert_string_equal (preferences->folder, "");
}

static void
recordings_go_to_the_folder (void **state)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "elsewhere", NULL);
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  g_free (preferences->folder);
  preferences->folder = g_strdup (folder);
  assert_true (pyro_preferences_save (preferences, NULL));
  g_autofree char *path = pyro_recordings_choose_path ("xz", NULL);
  g_autofree char *chosen = g_path_get_dirname (path);
  assert_string_equal (chosen, folder);
  assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gint64
measure (gboolean clear)
{
  g_autoptr (GAsyncResult) result = NULL;
  pyro_symbol_cache_measure_async (clear, NULL, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return pyro_symbol_cache_measure_finish (result, NULL);
}

/* What a link in the cache leads to is not of it. */
static void
the_cache_is_cleared_and_nothing_else (void **state)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "prof", NULL);
  g_autofree char *kept = g_build_filename (folder, "kept", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *other = g_build_filename (g_get_user_cache_dir (), "other", NULL);
  assert_int_equal (measure (FALSE), 0);
  g_mkdir_with_parents (folder, 0700);
  assert_true (g_file_set_contents (kept, "12345", 5, NULL));
  assert_true (g_file_set_contents (other, "123", 3, NULL));
  assert_int_equal (symlink (other, link), 0);
  assert_int_equal (measure (FALSE), 5);
  assert_int_equal (measure (TRUE), 0);
  assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
  assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
the_manual_comes_with_the_app (void **state)
{
  g_autoptr (GFile) manual = pyro_data_file_find ("pyrograph/manual/index.html");
  assert_non_null (manual);
  assert_null (pyro_data_file_find ("pyrograph/manual/nobody.html"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (they_are_kept),
    cmocka_unit_test (each_choice_has_a_word),
    cmocka_unit_test (a_relative_folder_is_not_used),
    cmocka_unit_test (recordings_go_to_the_folder),
    cmocka_unit_test (the_cache_is_cleared_and_nothing_else),
    cmocka_unit_test (the_manual_comes_with_the_app),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
