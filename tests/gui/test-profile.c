/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "../layout/flame-profile.h"
#include "model/profile.h"
#include "model/row-list.h"

static const FlameSample samples[] = {
  { "main;parse;lex", 20 },
  { "main;draw;lex", 40 },
  { "main;draw", 5 },
  { NULL, 0 },
};

static void
wait_for_report (PyroProfile *profile)
{
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
}

static PyroProfile *
open_samples (void)
{
  ProfProfile *source = make_flame_profile (samples);
  PyroProfile *profile = pyro_profile_new (source, "title", NULL);
  prof_profile_unref (source);
  wait_for_report (profile);
  return profile;
}

static gint64
get_total (PyroProfile *profile)
{
  return pyro_report_get_total (pyro_profile_get_report (profile));
}

static void
count (PyroProfile *profile, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
a_report_is_made_when_opened (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  assert_string_equal (pyro_profile_get_title (profile), "title");
  assert_int_equal (get_total (profile), 65);
  assert_string_equal (pyro_report_get_unit (pyro_profile_get_report (profile)), "nanoseconds");
}

static void
filters_can_be_undone (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  assert_false (pyro_profile_can_undo (profile));
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "draw");
  wait_for_report (profile);
  assert_int_equal (get_total (profile), 45);
  pyro_profile_add_filter (profile, PYRO_FILTER_IGNORE, "lex");
  wait_for_report (profile);
  assert_int_equal (get_total (profile), 5);
  pyro_profile_undo (profile);
  wait_for_report (profile);
  assert_int_equal (get_total (profile), 45);
  pyro_profile_clear_filter (profile);
  pyro_profile_undo (profile);
  pyro_profile_undo (profile);
  wait_for_report (profile);
  assert_int_equal (get_total (profile), 65);
  assert_false (pyro_profile_can_undo (profile));
}

static void
step_to (PyroProfile *profile, gint64 start_ns)
{
  g_autoptr (PyroFilter) filter
      = pyro_filter_set_range (pyro_profile_get_filter (profile), start_ns, start_ns + 10);
  pyro_profile_step_filter (profile, filter);
}

static void
steps_are_undone_at_once (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  gint64 start_ns, end_ns;
  step_to (profile, 1);
  step_to (profile, 2);
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "draw");
  step_to (profile, 3);
  step_to (profile, 4);
  pyro_profile_undo (profile);
  assert_true (pyro_filter_get_range (pyro_profile_get_filter (profile), &start_ns, &end_ns));
  assert_int_equal (start_ns, 2);
  assert_int_equal (pyro_filter_get_n_terms (pyro_profile_get_filter (profile)), 1);
  pyro_profile_undo (profile);
  pyro_profile_undo (profile);
  assert_true (pyro_filter_is_empty (pyro_profile_get_filter (profile)));
  assert_false (pyro_profile_can_undo (profile));
  wait_for_report (profile);
}

static void
an_equal_filter_is_no_change (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  pyro_profile_clear_filter (profile);
  assert_false (pyro_profile_is_busy (profile));
  assert_false (pyro_profile_can_undo (profile));
}

static void
the_last_of_several_changes_wins (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  guint n_reports = 0;
  g_signal_connect (profile, "notify::report", G_CALLBACK (count), &n_reports);
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "parse");
  pyro_profile_add_filter (profile, PYRO_FILTER_IGNORE, "draw");
  pyro_profile_clear_filter (profile);
  pyro_profile_add_filter (profile, PYRO_FILTER_IGNORE, "parse");
  wait_for_report (profile);
  assert_int_equal (n_reports, 1);
  assert_int_equal (get_total (profile), 45);
}

typedef struct {
  gpointer shown_at_first; /* what the profile's report was of when what is shown changed */
  ProfProfile *shown;
} Sequence;

static void
note_shown (PyroProfile *profile, GParamSpec *pspec, Sequence *sequence)
{
  guint value_type;
  sequence->shown = pyro_profile_get_shown (profile, &value_type);
  sequence->shown_at_first = pyro_report_get_profile (pyro_profile_get_report (profile));
}

static void
what_is_shown_changes_before_the_report (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  ProfProfile *source = pyro_profile_get_source (profile);
  Sequence sequence = { NULL };
  g_signal_connect (profile, "notify::shown", G_CALLBACK (note_shown), &sequence);
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, "parse");
  wait_for_report (profile);
  assert_ptr_equal (sequence.shown_at_first, source);
  assert_ptr_not_equal (sequence.shown, source);
  assert_ptr_equal (pyro_report_get_profile (pyro_profile_get_report (profile)), sequence.shown);
}

static void
the_hottest_function_is_looked_at_first (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  assert_string_equal (pyro_profile_get_subject (profile), "lex");
  pyro_profile_set_selection (profile, "main");
  assert_string_equal (pyro_profile_get_subject (profile), "main");
}

static void
a_profile_without_sample_types_says_so (void **state)
{
  ProfProfile *source;
  assert_int_equal (prof_profile_new (&source), 0);
  g_autoptr (PyroProfile) profile = pyro_profile_new (source, "empty", NULL);
  prof_profile_unref (source);
  assert_false (pyro_profile_is_busy (profile));
  assert_null (pyro_profile_get_report (profile));
  assert_string_equal (pyro_profile_get_error (profile),
                       "The profile has no sample type, so there is nothing to show.");
  assert_null (pyro_profile_get_subject (profile));
}

static void
closing_while_a_report_is_made_is_harmless (void **state)
{
  ProfProfile *source = make_flame_profile (samples);
  PyroProfile *profile = pyro_profile_new (source, "title", NULL);
  prof_profile_unref (source);
  gpointer alive = profile;
  g_object_add_weak_pointer (G_OBJECT (profile), &alive);
  g_object_unref (profile);
  while (alive != NULL) {
    /* The worker may be the last one to let go of it: then nothing wakes the loop. */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

/* ---- rows ---- */

static void
rows_are_the_functions_of_the_report (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  PyroReport *report = pyro_profile_get_report (profile);
  g_autoptr (GListModel) rows = pyro_row_list_new_functions (report);
  assert_int_equal (g_list_model_get_n_items (rows), 4);
  g_autoptr (PyroRow) first = g_list_model_get_item (rows, 0);
  g_autoptr (PyroRow) again = g_list_model_get_item (rows, 0);
  assert_ptr_equal (first, again);
  assert_string_equal (pyro_row_get_name (first), "lex");
  assert_string_equal (pyro_row_get_module (first), "program");
  assert_int_equal (pyro_row_get_self (first), 60);
  assert_int_equal (pyro_row_get_total (first), 60);
  assert_null (pyro_row_get_children (first));
  assert_null (g_list_model_get_item (rows, 4));
}

static void
take_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
the_tree_opens_level_by_level (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  PyroReport *report = pyro_profile_get_report (profile);
  g_autoptr (GAsyncResult) result = NULL;
  pyro_report_load_tree_async (report, PROF_TREE_TOP_DOWN, NULL, take_result, &result);
  wait_for_result (&result);
  const ProfReportNode *nodes = pyro_report_load_tree_finish (report, result, NULL);
  g_autoptr (GListModel) roots = pyro_row_list_new_children (report, nodes, 0);
  assert_int_equal (g_list_model_get_n_items (roots), 1);
  g_autoptr (PyroRow) root = g_list_model_get_item (roots, 0);
  assert_string_equal (pyro_row_get_name (root), "main");
  g_autoptr (GListModel) children = pyro_row_get_children (root);
  assert_int_equal (g_list_model_get_n_items (children), 2);
  g_autoptr (PyroRow) draw = g_list_model_get_item (children, 0);
  assert_string_equal (pyro_row_get_name (draw), "draw");
  assert_int_equal (pyro_row_get_total (draw), 45);
  assert_int_equal (pyro_row_get_self (draw), 5);
}

static void
callers_and_callees_of_a_function (void **state)
{
  g_autoptr (PyroProfile) profile = open_samples ();
  PyroReport *report = pyro_profile_get_report (profile);
  g_autoptr (GAsyncResult) result = NULL;
  guint32 draw = pyro_report_find_function (report, "draw");
  pyro_report_load_edges_async (report, draw, NULL, take_result, &result);
  wait_for_result (&result);
  g_autoptr (PyroEdges) edges = pyro_report_load_edges_finish (report, result, NULL);
  assert_int_equal (edges->n_callers, 1);
  assert_int_equal (edges->n_callees, 1);
  g_autoptr (GListModel) callees
      = pyro_row_list_new_edges (report, edges->callees, edges->n_callees);
  g_autoptr (PyroRow) lex = g_list_model_get_item (callees, 0);
  assert_string_equal (pyro_row_get_name (lex), "lex");
  assert_int_equal (pyro_row_get_total (lex), 40);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_report_is_made_when_opened),
    cmocka_unit_test (filters_can_be_undone),
    cmocka_unit_test (steps_are_undone_at_once),
    cmocka_unit_test (an_equal_filter_is_no_change),
    cmocka_unit_test (the_last_of_several_changes_wins),
    cmocka_unit_test (what_is_shown_changes_before_the_report),
    cmocka_unit_test (the_hottest_function_is_looked_at_first),
    cmocka_unit_test (a_profile_without_sample_types_says_so),
    cmocka_unit_test (closing_while_a_report_is_made_is_harmless),
    cmocka_unit_test (rows_are_the_functions_of_the_report),
    cmocka_unit_test (the_tree_opens_level_by_level),
    cmocka_unit_test (callers_and_callees_of_a_function),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
