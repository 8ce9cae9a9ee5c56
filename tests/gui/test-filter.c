/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "../layout/flame-profile.h"
#include "model/filter.h"
#include "model/report.h"

static const FlameSample samples[] = {
  { "main;parse;operator()[](int*)", 10 },
  { "main;parse;lex", 20 },
  { "main;draw;lex", 40 },
  { "main;draw;lexer", 80 },
  { NULL, 0 },
};

/* The filter is given away. */
static gint64
sum_passing (PyroFilter *filter)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroFilter) owned = filter;
  g_autoptr (GError) error = NULL;
  ProfProfile *passed = pyro_filter_apply (owned, profile, &error);
  g_assert_no_error (error);
  g_autoptr (PyroReport) report = pyro_report_new (passed, 0, &error);
  g_assert_no_error (error);
  prof_profile_unref (passed);
  prof_profile_unref (profile);
  return pyro_report_get_total (report);
}

static PyroFilter *
with (PyroFilter *filter, PyroFilterKind kind, const char *function)
{
  g_autoptr (PyroFilter) owned = filter;
  return pyro_filter_add (owned, kind, function);
}

static PyroFilter *
only (PyroFilterKind kind, const char *function)
{
  return with (pyro_filter_new (), kind, function);
}

static void
an_empty_filter_passes_the_profile_itself (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroFilter) filter = pyro_filter_new ();
  ProfProfile *passed = pyro_filter_apply (filter, profile, NULL);
  assert_ptr_equal (passed, profile);
  prof_profile_unref (passed);
  prof_profile_unref (profile);
}

static void
a_name_matches_whole_and_literally (void **state)
{
  assert_int_equal (sum_passing (only (PYRO_FILTER_FOCUS, "lex")), 60);
  assert_int_equal (sum_passing (only (PYRO_FILTER_FOCUS, "operator()[](int*)")), 10);
  assert_int_equal (sum_passing (only (PYRO_FILTER_FOCUS, "le.")), 0);
}

static void
focuses_must_all_match_and_ignores_must_not (void **state)
{
  PyroFilter *both = with (only (PYRO_FILTER_FOCUS, "draw"), PYRO_FILTER_FOCUS, "lex");
  assert_int_equal (sum_passing (both), 40);
  PyroFilter *neither = with (only (PYRO_FILTER_IGNORE, "lexer"), PYRO_FILTER_IGNORE, "parse");
  assert_int_equal (sum_passing (neither), 40);
}

static void
hidden_functions_leave_their_value_to_the_caller (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroFilter) filter = only (PYRO_FILTER_HIDE, "lex");
  ProfProfile *passed = pyro_filter_apply (filter, profile, NULL);
  g_autoptr (PyroReport) report = pyro_report_new (passed, 0, NULL);
  size_t n_functions;
  const ProfReportFunction *functions = pyro_report_get_functions (report, &n_functions);
  guint32 draw = pyro_report_find_function (report, "draw");
  assert_int_equal (pyro_report_find_function (report, "lex"), G_MAXUINT32);
  assert_int_equal (functions[draw].self, 40);
  assert_int_equal (functions[draw].total, 120);
  prof_profile_unref (passed);
  prof_profile_unref (profile);
}

static void
stacks_begin_with_what_is_shown_from (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroFilter) filter = only (PYRO_FILTER_SHOW_FROM, "draw");
  ProfProfile *passed = pyro_filter_apply (filter, profile, NULL);
  g_autoptr (PyroReport) report = pyro_report_new (passed, 0, NULL);
  assert_int_equal (pyro_report_get_total (report), 120);
  assert_int_equal (pyro_report_find_function (report, "main"), G_MAXUINT32);
  prof_profile_unref (passed);
  prof_profile_unref (profile);
}

static void
terms_are_added_once_and_removed (void **state)
{
  g_autoptr (PyroFilter) twice = with (only (PYRO_FILTER_HIDE, "a"), PYRO_FILTER_HIDE, "a");
  assert_int_equal (pyro_filter_get_n_terms (twice), 1);
  g_autoptr (PyroFilter) two = pyro_filter_add (twice, PYRO_FILTER_FOCUS, "a");
  assert_int_equal (pyro_filter_get_n_terms (two), 2);
  g_autoptr (PyroFilter) one = pyro_filter_remove (two, 0);
  assert_int_equal (pyro_filter_get_n_terms (one), 1);
  assert_int_equal (pyro_filter_get_term (one, 0).kind, PYRO_FILTER_FOCUS);
  assert_string_equal (pyro_filter_get_term (one, 0).function, "a");
  assert_false (pyro_filter_equal (one, two));
  assert_false (pyro_filter_is_empty (one));
}

static void
a_range_of_time_is_kept_beside_the_terms (void **state)
{
  g_autoptr (PyroFilter) term = only (PYRO_FILTER_HIDE, "a");
  g_autoptr (PyroFilter) range = pyro_filter_set_range (term, 5, 9);
  gint64 start_ns, end_ns;
  assert_false (pyro_filter_get_range (term, &start_ns, &end_ns));
  assert_true (pyro_filter_get_range (range, &start_ns, &end_ns));
  assert_int_equal (start_ns, 5);
  assert_int_equal (end_ns, 9);
  assert_int_equal (pyro_filter_get_n_terms (range), 1);
  assert_false (pyro_filter_equal (term, range));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (an_empty_filter_passes_the_profile_itself),
    cmocka_unit_test (a_name_matches_whole_and_literally),
    cmocka_unit_test (focuses_must_all_match_and_ignores_must_not),
    cmocka_unit_test (hidden_functions_leave_their_value_to_the_caller),
    cmocka_unit_test (stacks_begin_with_what_is_shown_from),
    cmocka_unit_test (terms_are_added_once_and_removed),
    cmocka_unit_test (a_range_of_time_is_kept_beside_the_terms),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
