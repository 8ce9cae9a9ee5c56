/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <prof/pprof.h>
#include <unistd.h>

#include "../layout/flame-profile.h"
#include "application.h"
#include "view/document.h"
#include "view/flame-graph.h"
#include "view/functions-view.h"
#include "view/memory-page.h"
#include "view/process-table.h"
#include "view/profile-page.h"
#include "view/record-page.h"
#include "view/recording-page.h"
#include "view/timeline-chart.h"
#include "window.h"

/* Everything that a window and its tabs are made of must go when they are closed. */

static const FlameSample samples[]
    = { { "main;work;leaf", 7 }, { "main;work;work", 3 }, { NULL, 0 } };

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
open_profile (const FlameSample *list)
{
  ProfProfile *source = make_flame_profile (list);
  PyroProfile *profile = pyro_profile_new (source, "title", NULL);
  prof_profile_unref (source);
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
  return profile;
}

static void
iterate_while_busy (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Shows all views, and goes. */
static void
look_at (PyroProfile *profile)
{
  static const char *const views[]
      = { "flame-graph", "functions", "call-tree", "callers", "source", "details" };
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = pyro_profile_page_new (profile);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  for (size_t i = 0; i < G_N_ELEMENTS (views); i++) {
    gtk_widget_activate_action (page, "page.view", "s", views[i]);
    iterate_while_busy ();
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
odd_profiles_are_shown (void **state)
{
  static const FlameSample none[] = { { NULL, 0 } };
  static const FlameSample zeros[] = { { "main;idle", 0 }, { NULL, 0 } };
  static const FlameSample negative[] = { { "main;a", -5 }, { "main;b", 5 }, { NULL, 0 } };
  static const FlameSample no_stack[] = { { "", 5 }, { NULL, 0 } };
  g_autofree char *long_name = g_strnfill (10000, 'x');
  const FlameSample wide[] = { { long_name, 5 }, { NULL, 0 } };
  g_autoptr (GString) stack = g_string_new ("main");
  for (int i = 0; i < 2000; i++)
    g_string_append (stack, ";f");
  const FlameSample deep[] = { { stack->str, 5 }, { NULL, 0 } };
  const FlameSample *const all[] = { none, zeros, negative, no_stack, wide, deep };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (PyroProfile) profile = open_profile (all[i]);
    assert_non_null (pyro_profile_get_report (profile));
    look_at (profile);
  }
}

static void
a_page_and_its_profile_are_freed (void **state)
{
  gpointer profile = open_profile (samples);
  GtkWidget *window = gtk_window_new ();
  gpointer page = pyro_profile_page_new (profile);
  g_object_add_weak_pointer (profile, &profile);
  g_object_add_weak_pointer (page, &page);
  g_object_unref (profile);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  static const char *const views[]
      = { "flame-graph", "functions", "call-tree", "callers", "source", "details" };
  for (size_t i = 0; i < G_N_ELEMENTS (views); i++) {
    gtk_widget_activate_action (page, "page.view", "s", views[i]);
    pyro_profile_set_selection (profile, "work");
    iterate_while_busy ();
  }
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "leaf");
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "nobody");
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&page);
  iterate_until_gone (&profile);
}

static void
closing_while_it_reads_frees_a_document (void **state)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nothing/here");
  GtkWidget *window = gtk_window_new ();
  gpointer document = pyro_document_new (file);
  g_object_add_weak_pointer (document, &document);
  gtk_window_set_child (GTK_WINDOW (window), document);
  gtk_window_present (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&document);
}

/* ---- times ---- */

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_widget (child, type);
  return found;
}

/* A profile whose samples are a second apart from each other. */
static PyroProfile *
open_timed_profile (void)
{
  ProfProfile *source = make_flame_profile (samples);
  prof_profile_set_time (source, 1000, 2000000000);
  prof_profile_add_label (source, 1, "thread", "worker");
  prof_profile_add_number_label (source, 1, "end_timestamp_ns", 1000000000, "nanoseconds");
  PyroProfile *profile = pyro_profile_new (source, "title", NULL);
  prof_profile_unref (source);
  return profile;
}

static void
count_range (GtkWidget *chart, gint64 start_ns, gint64 end_ns, guint *n)
{
  (*n)++;
}

/* Actions do nothing until the worker has made the timeline. */
static void
a_range_is_selected_by_the_keyboard (void **state)
{
  gpointer profile = open_timed_profile ();
  GtkWidget *window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), pyro_profile_page_new (profile));
  gtk_window_present (GTK_WINDOW (window));
  GtkWidget *chart = find_widget (window, PYRO_TYPE_TIMELINE_CHART);
  guint n_ranges = 0;
  g_signal_connect (chart, "range-stepped", G_CALLBACK (count_range), &n_ranges);
  while (n_ranges == 0) {
    g_main_context_iteration (NULL, FALSE);
    gtk_widget_activate_action (chart, "timeline.first", NULL);
  }
  gint64 start_ns, end_ns;
  pyro_filter_get_range (pyro_profile_get_filter (profile), &start_ns, &end_ns);
  assert_int_equal (start_ns, 1000);
  assert_int_equal (end_ns, 1000 + 2000000000 / 50);
  gtk_widget_activate_action (chart, "timeline.extend", NULL);
  gtk_widget_activate_action (chart, "timeline.next", NULL);
  pyro_filter_get_range (pyro_profile_get_filter (profile), &start_ns, &end_ns);
  assert_int_equal (start_ns, 1000 + 2000000000 / 50);
  assert_int_equal (end_ns, 1000 + 2000000000 / 50 * 3);
  pyro_profile_undo (profile); /* all keys at once */
  assert_true (pyro_filter_is_empty (pyro_profile_get_filter (profile)));
  assert_false (pyro_profile_can_undo (profile));
  gtk_widget_activate_action (chart, "timeline.last", NULL);
  gtk_widget_activate_action (chart, "timeline.clear", NULL);
  assert_true (pyro_filter_is_empty (pyro_profile_get_filter (profile)));
  gtk_widget_activate_action (chart, "timeline.zoom-in", NULL);
  g_object_add_weak_pointer (profile, &profile);
  g_object_unref (profile);
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&profile);
}

/* ---- recording ---- */

/* Shows the page in a window that is closed again; the caller's reference is taken. */
static void
show_and_free (GtkWidget *page)
{
  gpointer remains = page;
  GtkWidget *window = gtk_window_new ();
  g_object_add_weak_pointer (remains, &remains);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  iterate_while_busy ();
  gtk_window_destroy (GTK_WINDOW (window));
  iterate_until_gone (&remains);
}

static void
pages_of_recording_are_freed (void **state)
{
  g_setenv ("PYROGRAPH_PROF", "/nonexistent/prof", TRUE);
  show_and_free (pyro_record_page_new ());
  show_and_free (pyro_memory_page_new ());
}

/* Where the process is in the list; GTK_INVALID_LIST_POSITION: not there yet. */
static guint
find_process (GListModel *processes, guint pid)
{
  for (guint i = 0; i < g_list_model_get_n_items (processes); i++) {
    g_autoptr (PyroProcess) process = g_list_model_get_item (processes, i);
    if (pyro_process_get_pid (process) == pid)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
a_process_is_chosen (void **state)
{
  GtkWidget *window = gtk_window_new (), *page = pyro_record_page_new ();
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  GtkWidget *table = find_widget (page, PYRO_TYPE_PROCESS_TABLE);
  gtk_stack_set_visible_child_name (GTK_STACK (gtk_widget_get_ancestor (table, GTK_TYPE_STACK)),
                                    "process");
  GtkWidget *view = find_widget (table, GTK_TYPE_COLUMN_VIEW);
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
  guint position;
  while ((position = find_process (G_LIST_MODEL (model), (guint)getpid ()))
         == GTK_INVALID_LIST_POSITION)
    g_main_context_iteration (NULL, TRUE);
  gtk_selection_model_select_item (model, position, TRUE);
  g_autoptr (PyroRecordOptions) options = pyro_record_page_get_options (PYRO_RECORD_PAGE (page));
  assert_int_equal (options->target, PYRO_TARGET_PROCESS);
  assert_int_equal (options->pid, getpid ());
  gtk_window_destroy (GTK_WINDOW (window));
}

static PyroRecorder *
start_recorder (const char *script)
{
  const char *const argv[] = { "sh", "-c", script, NULL };
  PyroRecorder *recorder = pyro_recorder_new (argv, "/nonexistent/out.pb.gz", NULL);
  assert_non_null (recorder);
  return recorder;
}

static void
wait_for_state (PyroRecorder *recorder, PyroRecorderState state)
{
  while (pyro_recorder_get_state (recorder) != state)
    g_main_context_iteration (NULL, TRUE);
}

/* A page that goes ends its recording, which is kept. */
static void
a_page_that_goes_stops_its_recording (void **state)
{
  PyroRecorder *recorder
      = start_recorder ("echo '{\"event\": \"started\"}'; read word; "
                        "test \"$word\" = stop && echo '{\"event\": \"saved\", \"path\": \"/x\"}'");
  gpointer remains = recorder;
  g_object_add_weak_pointer (remains, &remains);
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  GtkWidget *page = pyro_recording_page_new (recorder, "title", options);
  wait_for_state (recorder, PYRO_RECORDER_RECORDING);
  show_and_free (page);
  wait_for_state (recorder, PYRO_RECORDER_SAVED);
  g_object_unref (recorder);
  iterate_until_gone (&remains);
}

static void
take_file (PyroRecordingPage *page, GFile *file, char **ret_path)
{
  *ret_path = g_file_get_path (file);
}

static void
a_recording_that_is_saved_is_told (void **state)
{
  PyroRecorder *recorder = start_recorder ("echo '{\"event\": \"saved\", \"path\": \"/x.pb.gz\"}'");
  g_autofree char *path = NULL;
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  GtkWidget *page = pyro_recording_page_new (recorder, "title", options);
  g_signal_connect (page, "saved", G_CALLBACK (take_file), &path);
  wait_for_state (recorder, PYRO_RECORDER_SAVED);
  assert_string_equal (path, "/x.pb.gz");
  show_and_free (page);
  g_object_unref (recorder);
}

/* prof is a script: each snapshot is the profile that PROFILE names. */
static void
a_snapshot_is_shown (void **state)
{
  g_autofree char *folder = g_dir_make_tmp ("recording-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "profile.pb.gz", NULL);
  g_autofree char *output = g_build_filename (folder, "out.pb.gz", NULL);
  ProfProfile *profile = make_flame_profile (samples);
  assert_int_equal (prof_pprof_save (profile, path, NULL), 0);
  prof_profile_unref (profile);
  const char *const argv[] = { "sh",
                               "-c",
                               "echo '{\"event\": \"started\"}'; read command path; "
                               "cp \"$1\" \"$path\"; echo '{\"event\": \"snapshot\"}'; read stop; "
                               "echo '{\"event\": \"discarded\"}'",
                               "sh",
                               path,
                               NULL };
  PyroRecorder *recorder = pyro_recorder_new (argv, output, NULL);
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  GtkWidget *page = g_object_ref_sink (pyro_recording_page_new (recorder, "title", options));
  GtkWidget *graph = find_widget (page, PYRO_TYPE_FLAME_GRAPH);
  while (!pyro_flame_graph_select (PYRO_FLAME_GRAPH (graph), "leaf"))
    g_main_context_iteration (NULL, TRUE);
  pyro_recorder_discard (recorder);
  wait_for_state (recorder, PYRO_RECORDER_DISCARDED);
  g_object_unref (page);
  gpointer remains = recorder;
  g_object_add_weak_pointer (remains, &remains);
  g_object_unref (recorder);
  iterate_until_gone (&remains);
  g_unlink (path);
  assert_int_equal (g_rmdir (folder), 0); /* no snapshot is left */
}

/* ---- the application ---- */

typedef struct {
  const char *path;
  gpointer window, document;
} Scene;

static void
check_tabs (PyroWindow *window, const char *path, Scene *scene)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  pyro_window_open (window, file);
  pyro_window_open (window, file);
  assert_string_equal (gtk_window_get_title (GTK_WINDOW (window)), "profile.pb.gz");
  AdwTabView *tabs = pyro_window_get_tab_view (window);
  assert_int_equal (adw_tab_view_get_n_pages (tabs), 1);
  scene->document = adw_tab_page_get_child (adw_tab_view_get_selected_page (tabs));
  g_object_add_weak_pointer (scene->document, &scene->document);
  gboolean is_loading = TRUE;
  while (is_loading) {
    g_object_get (scene->document, "loading", &is_loading, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  assert_non_null (pyro_document_get_profile (scene->document));
}

/* Asked for twice, there is one. */
static void
check_tool_tab (PyroWindow *window, const char *action, const char *title)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
  assert_int_equal (adw_tab_view_get_n_pages (pyro_window_get_tab_view (window)), 1);
  assert_string_equal (gtk_window_get_title (GTK_WINDOW (window)), title);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-tab", NULL);
}

static void
play (GtkApplication *application, Scene *scene)
{
  g_signal_stop_emission_by_name (application, "activate");
  PyroWindow *window = pyro_window_new (application);
  scene->window = window;
  g_object_add_weak_pointer (scene->window, &scene->window);
  gtk_window_present (GTK_WINDOW (window));
  check_tabs (window, scene->path, scene);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.reload", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-tab", NULL);
  assert_string_equal (gtk_window_get_title (GTK_WINDOW (window)), "Pyrograph");
  check_tool_tab (window, "win.record", "New Recording");
  check_tool_tab (window, "win.memory", "System Memory");
  gtk_window_close (GTK_WINDOW (window));
}

static void
a_window_and_its_tabs_are_freed (void **state)
{
  g_autofree char *folder = g_dir_make_tmp ("window-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "profile.pb.gz", NULL);
  ProfProfile *profile = make_flame_profile (samples);
  assert_int_equal (prof_pprof_save (profile, path, NULL), 0);
  prof_profile_unref (profile);
  Scene scene = { .path = path };
  g_autoptr (PyroApplication) application = pyro_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (play), &scene);
  assert_int_equal (g_application_run (G_APPLICATION (application), 0, NULL), 0);
  iterate_until_gone (&scene.document);
  iterate_until_gone (&scene.window);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (void)
{
  adw_init ();
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_page_and_its_profile_are_freed),
    cmocka_unit_test (odd_profiles_are_shown),
    cmocka_unit_test (closing_while_it_reads_frees_a_document),
    cmocka_unit_test (a_range_is_selected_by_the_keyboard),
    cmocka_unit_test (pages_of_recording_are_freed),
    cmocka_unit_test (a_page_that_goes_stops_its_recording),
    cmocka_unit_test (a_recording_that_is_saved_is_told),
    cmocka_unit_test (a_process_is_chosen),
    cmocka_unit_test (a_snapshot_is_shown),
    cmocka_unit_test (a_window_and_its_tabs_are_freed),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
