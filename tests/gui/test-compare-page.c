/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <prof/pprof.h>

#include "../layout/flame-profile.h"
#include "application.h"
#include "compare-tabs.h"
#include "view/compare-page.h"
#include "view/profile-picker.h"

static const FlameSample before[] = { { "main;work;leaf", 700 }, { "main;old", 300 }, { NULL, 0 } };
static const FlameSample after[] = { { "main;work;leaf", 900 }, { "main;new", 100 }, { NULL, 0 } };

static void
iterate_while_busy (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
iterate_until_gone (gpointer *object)
{
  while (*object != NULL) {
    /* The worker may be the last one to let go of it: then nothing wakes the loop. */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

static PyroProfile *
open_profile (const FlameSample *samples, const char *title)
{
  ProfProfile *source = make_flame_profile (samples);
  prof_profile_set_period (source, "cpu", "nanoseconds", 1);
  PyroProfile *profile = pyro_profile_new (source, title, NULL);
  prof_profile_unref (source);
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
  return profile;
}

static GtkWidget *
find_named (GtkWidget *widget, const char *id)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    return widget;
  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_named (child, id);
  return found;
}

static const char *
get_text (GtkWidget *page, const char *id)
{
  return gtk_label_get_text (GTK_LABEL (find_named (page, id)));
}

static const char *
get_status (GtkWidget *page)
{
  return adw_status_page_get_description (ADW_STATUS_PAGE (find_named (page, "status")));
}

static void
wait_for_difference (GtkWidget *page)
{
  PyroComparison *comparison = pyro_compare_page_get_comparison (PYRO_COMPARE_PAGE (page));
  while (pyro_comparison_is_busy (comparison))
    g_main_context_iteration (NULL, TRUE);
}

/* In a window, which is to be destroyed. */
static GtkWidget *
show_page (GtkWidget **ret_page)
{
  GtkWidget *window = gtk_window_new ();
  *ret_page = pyro_compare_page_new ();
  gtk_window_set_child (GTK_WINDOW (window), *ret_page);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
choose (GtkWidget *page, const char *picker, guint position)
{
  GtkWidget *choices = find_named (find_named (page, picker), "choices");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choices), position);
}

static void
show_all_views (GtkWidget *page)
{
  static const char *const views[] = { "functions", "flame-graph" };
  for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
    gtk_widget_activate_action (page, "page.view", "s", views[i]);
    iterate_while_busy ();
  }
}

static void
a_page_and_its_profiles_are_freed (void **state)
{
  GtkWidget *page, *window = show_page (&page);
  gpointer base = open_profile (before, "before"), current = open_profile (after, "after");
  gpointer remains = page;
  PyroComparison *comparison = pyro_compare_page_get_comparison (PYRO_COMPARE_PAGE (page));
  g_object_add_weak_pointer (base, &base);
  g_object_add_weak_pointer (current, &current);
  g_object_add_weak_pointer (remains, &remains);
  pyro_comparison_set_base (comparison, base);
  pyro_comparison_set_current (comparison, current);
  g_object_unref (base);
  g_object_unref (current);
  wait_for_difference (page);
  show_all_views (page);
  gtk_widget_activate_action (page, "page.search", NULL);
  gtk_widget_activate_action (find_named (page, "table"), "difference.sort", "s", "name");
  gtk_widget_activate_action (page, "compare.swap", NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&remains);
  iterate_until_gone (&base);
  iterate_until_gone (&current);
}

static void
profiles_are_picked_among_the_open_ones (void **state)
{
  GtkWidget *page, *window = show_page (&page);
  g_autoptr (PyroProfile) base = open_profile (before, "before");
  g_autoptr (PyroProfile) current = open_profile (after, "after");
  g_autoptr (GListStore) open = g_list_store_new (PYRO_TYPE_PROFILE);
  g_list_store_append (open, base);
  g_list_store_append (open, current);
  pyro_compare_page_set_open (PYRO_COMPARE_PAGE (page), G_LIST_MODEL (open));
  choose (page, "base", 1);
  choose (page, "current", 2);
  wait_for_difference (page);
  g_autofree char *title = NULL;
  g_object_get (page, "title", &title, NULL);
  assert_string_equal (title, "before ↔ after");
  assert_string_equal (get_text (page, "whole"), "Base 1.00\u202fµs, new 1.00\u202fµs: ±0 (0.0%)");
  assert_true (
      g_str_has_prefix (get_text (page, "noise"), "The difference of “old”, -300\u202fns"));
  gtk_widget_activate_action (page, "compare.swap", NULL);
  wait_for_difference (page);
  assert_true (
      g_str_has_prefix (get_text (page, "noise"), "The difference of “old”, +300\u202fns"));
  GtkWidget *choices = find_named (find_named (page, "base"), "choices");
  assert_int_equal (gtk_drop_down_get_selected (GTK_DROP_DOWN (choices)), 2);
  choose (page, "base", 0);
  assert_null (
      pyro_comparison_get_base (pyro_compare_page_get_comparison (PYRO_COMPARE_PAGE (page))));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
the_table_has_self_and_total (void **state)
{
  GtkWidget *page, *window = show_page (&page);
  g_autoptr (PyroProfile) base = open_profile (before, "before");
  g_autoptr (PyroProfile) current = open_profile (after, "after");
  PyroComparison *comparison = pyro_compare_page_get_comparison (PYRO_COMPARE_PAGE (page));
  pyro_comparison_set_base (comparison, base);
  pyro_comparison_set_current (comparison, current);
  wait_for_difference (page);
  gtk_widget_activate_action (page, "page.view", "s", "functions");
  GtkColumnView *view = GTK_COLUMN_VIEW (find_named (page, "view"));
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (view));
  while (!gtk_widget_get_mapped (GTK_WIDGET (view)))
    g_main_context_iteration (NULL, TRUE);
  assert_int_equal (g_list_model_get_n_items (rows), 3); /* leaf, old, new */
  GtkWidget *self_button = find_named (page, "self_button");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_next_sibling (self_button)),
                                TRUE);
  assert_int_equal (g_list_model_get_n_items (rows), 5); /* main and work as well */
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
a_file_that_is_not_there_is_told (void **state)
{
  GtkWidget *page, *window = show_page (&page);
  g_autoptr (GFile) file = g_file_new_for_path ("/nothing/here");
  GtkWidget *picker = find_named (page, "base");
  pyro_compare_page_load (PYRO_COMPARE_PAGE (page), file, file);
  while (pyro_profile_picker_is_loading (PYRO_PROFILE_PICKER (picker)))
    g_main_context_iteration (NULL, TRUE);
  assert_true (g_str_has_prefix (get_status (page), "“/nothing/here” can’t be opened"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
closing_while_it_reads_frees_a_page (void **state)
{
  GtkWidget *page, *window = show_page (&page);
  gpointer remains = page;
  g_object_add_weak_pointer (remains, &remains);
  g_autoptr (GFile) file = g_file_new_for_path ("/nothing/here");
  pyro_compare_page_load (PYRO_COMPARE_PAGE (page), file, file);
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&remains);
}

/* ---- in the application ---- */

static char *
save_profile (const char *folder, const char *name, const FlameSample *samples)
{
  char *path = g_build_filename (folder, name, NULL);
  ProfProfile *profile = make_flame_profile (samples);
  prof_profile_set_period (profile, "cpu", "nanoseconds", 1);
  assert_int_equal (prof_pprof_save (profile, path, NULL), 0);
  prof_profile_unref (profile);
  return path;
}

static void
wait_for_title (PyroWindow *window, const char *title)
{
  while (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (window)), title) != 0)
    g_main_context_iteration (NULL, TRUE);
}

/* From two files, and then from the tabs that they are in. */
static void
play (GtkApplication *application, const char *folder)
{
  g_signal_stop_emission_by_name (application, "activate");
  g_autofree char *a = save_profile (folder, "a.pb.gz", before);
  g_autofree char *b = save_profile (folder, "b.pb.gz", after);
  g_autoptr (GFile) base = g_file_new_for_path (a);
  g_autoptr (GFile) current = g_file_new_for_path (b);
  PyroWindow *window = pyro_window_new (application);
  gtk_window_present (GTK_WINDOW (window));
  pyro_compare_tabs_open (window, base, current);
  wait_for_title (window, "a.pb.gz ↔ b.pb.gz");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-tab", NULL);
  pyro_window_open (window, base);
  pyro_window_open (window, current);
  do {
    g_main_context_iteration (NULL, TRUE);
    iterate_while_busy ();
    gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", NULL);
    if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (window)), "a.pb.gz ↔ b.pb.gz") == 0)
      break;
    gtk_widget_activate_action (GTK_WIDGET (window), "win.close-tab", NULL);
  } while (TRUE);
  gtk_window_close (GTK_WINDOW (window));
  g_unlink (a);
  g_unlink (b);
}

static void
files_and_tabs_are_compared (void **state)
{
  g_autofree char *folder = g_dir_make_tmp ("compare-XXXXXX", NULL);
  g_autoptr (PyroApplication) application = pyro_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (play), folder);
  assert_int_equal (g_application_run (G_APPLICATION (application), 0, NULL), 0);
  g_rmdir (folder);
}

int
main (void)
{
  adw_init ();
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_page_and_its_profiles_are_freed),
    cmocka_unit_test (profiles_are_picked_among_the_open_ones),
    cmocka_unit_test (the_table_has_self_and_total),
    cmocka_unit_test (a_file_that_is_not_there_is_told),
    cmocka_unit_test (closing_while_it_reads_frees_a_page),
    cmocka_unit_test (files_and_tabs_are_compared),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
