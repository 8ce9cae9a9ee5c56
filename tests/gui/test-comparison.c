/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <math.h>

#include "../layout/flame-profile.h"
#include "model/comparison.h"

/* Values are counts of samples of 1 ns. */
static const FlameSample before[]
    = { { "main;parse;lex", 200 }, { "main;draw", 700 }, { "main;old", 100 }, { NULL, 0 } };
static const FlameSample after[]
    = { { "main;parse;lex", 420 }, { "main;draw", 1380 }, { "main;young", 200 }, { NULL, 0 } };
static const FlameSample nothing[] = { { NULL, 0 } };

static PyroProfile *
open_profile (const FlameSample *samples, const char *title, gint64 duration_ns)
{
  ProfProfile *source = make_flame_profile (samples);
  prof_profile_set_period (source, "cpu", "nanoseconds", 1);
  prof_profile_set_time (source, 1, duration_ns);
  PyroProfile *profile = pyro_profile_new (source, title, NULL);
  prof_profile_unref (source);
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
  return profile;
}

static void
wait_for_difference (PyroComparison *comparison)
{
  while (pyro_comparison_is_busy (comparison))
    g_main_context_iteration (NULL, TRUE);
}

/* The new recording took twice as long. */
static PyroComparison *
compare (const FlameSample *base, const FlameSample *current, ProfNormalize normalize)
{
  g_autoptr (PyroProfile) a = open_profile (base, "a", 1000);
  g_autoptr (PyroProfile) b = open_profile (current, "b", 2000);
  PyroComparison *comparison = pyro_comparison_new ();
  pyro_comparison_set_base (comparison, a);
  pyro_comparison_set_current (comparison, b);
  pyro_comparison_set_normalize (comparison, normalize);
  wait_for_difference (comparison);
  return comparison;
}

static const PyroChange *
find_change (PyroComparison *comparison, const char *name, PyroCostKind kind)
{
  PyroDifference *difference = pyro_comparison_get_difference (comparison);
  assert_non_null (difference);
  gsize n;
  const PyroFunctionChange *functions = pyro_difference_get_functions (difference, &n);
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (functions[i].function->name, name))
      return &functions[i].changes[kind];
  fail_msg ("no function %s", name);
  return NULL;
}

static void
assert_change (PyroComparison *comparison, const char *name, double base, double current)
{
  const PyroChange *change = find_change (comparison, name, PYRO_COST_SELF);
  assert_int_equal (lround (change->base), lround (base));
  assert_int_equal (lround (change->current), lround (current));
}

static void
assert_text (char *text, const char *expected)
{
  assert_string_equal (text, expected);
  g_free (text);
}

static void
values_are_compared_as_they_are (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_NONE);
  assert_change (comparison, "lex", 200, 420);
  assert_change (comparison, "draw", 700, 1380);
  assert_change (comparison, "old", 100, 0);
  assert_change (comparison, "young", 0, 200);
  assert_int_equal (lround (find_change (comparison, "main", PYRO_COST_TOTAL)->current), 2000);
  assert_text (pyro_difference_describe_whole (pyro_comparison_get_difference (comparison)),
               "Base 1.00\u202fµs, new 2.00\u202fµs: +1.00\u202fµs (+100.0%)");
}

static void
the_base_is_scaled_by_the_duration (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_DURATION);
  assert_change (comparison, "lex", 400, 420);
  assert_change (comparison, "old", 200, 0);
}

static void
the_base_is_scaled_by_the_total (void **state)
{
  static const FlameSample half[] = { { "main;parse;lex", 50 }, { "main;draw", 50 }, { NULL, 0 } };
  g_autoptr (PyroComparison) comparison = compare (half, after, PROF_NORMALIZE_TOTAL);
  assert_change (comparison, "lex", 1000, 420);
  PyroDifference *difference = pyro_comparison_get_difference (comparison);
  assert_int_equal (lround (pyro_difference_get_base_whole (difference)), 2000);
  assert_text (pyro_difference_describe_whole (difference),
               "Base 2.00\u202fµs (scaled by 20), new 2.00\u202fµs: ±0 (0.0%)");
}

static void
the_duration_comes_first_where_it_is_known (void **state)
{
  g_autoptr (PyroProfile) a = open_profile (before, "a", 1000);
  g_autoptr (PyroProfile) b = open_profile (after, "b", 2000);
  g_autoptr (PyroProfile) timeless = open_profile (after, "timeless", 0);
  g_autoptr (PyroComparison) comparison = pyro_comparison_new ();
  pyro_comparison_set_base (comparison, a);
  pyro_comparison_set_current (comparison, b);
  assert_int_equal (pyro_comparison_get_normalize (comparison), PROF_NORMALIZE_DURATION);
  pyro_comparison_set_current (comparison, timeless);
  assert_int_equal (pyro_comparison_get_normalize (comparison), PROF_NORMALIZE_TOTAL);
  pyro_comparison_set_normalize (comparison, PROF_NORMALIZE_DURATION);
  wait_for_difference (comparison);
  assert_null (pyro_comparison_get_difference (comparison));
  assert_string_equal (pyro_comparison_get_error (comparison),
                       "“timeless” does not say how long it was recorded. Compare by the total "
                       "instead.");
}

static void
swapping_negates (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_NONE);
  assert_int_equal (lround (find_change (comparison, "lex", PYRO_COST_SELF)->current), 420);
  pyro_comparison_swap (comparison);
  wait_for_difference (comparison);
  assert_change (comparison, "lex", 420, 200);
  assert_change (comparison, "old", 0, 100);
  assert_string_equal (pyro_profile_get_title (pyro_comparison_get_base (comparison)), "b");
  ProfProfile *profile = pyro_difference_get_profile (pyro_comparison_get_difference (comparison));
  g_autoptr (PyroReport) report = pyro_report_new (profile, 0, NULL);
  assert_int_equal (pyro_report_get_total (report), -1000);
}

static void
a_function_is_in_the_order_of_its_change (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_NONE);
  gsize n;
  const PyroFunctionChange *functions
      = pyro_difference_get_functions (pyro_comparison_get_difference (comparison), &n);
  assert_int_equal (n, 6);
  assert_string_equal (functions[0].function->name, "draw");
  assert_string_equal (functions[1].function->name, "lex");
  assert_string_equal (functions[2].function->name, "young");
}

/* ---- noise ---- */

static char *
describe_noise (PyroComparison *comparison)
{
  return pyro_difference_describe_noise (pyro_comparison_get_difference (comparison));
}

/* 100 to 200 of 1000 samples each: 100 ± 1.96 * sqrt (300). */
static void
a_difference_beyond_noise_is_named (void **state)
{
  static const FlameSample few[] = { { "main;lex", 100 }, { "main;draw", 900 }, { NULL, 0 } };
  static const FlameSample more[] = { { "main;lex", 200 }, { "main;draw", 890 }, { NULL, 0 } };
  g_autoptr (PyroComparison) comparison = compare (few, more, PROF_NORMALIZE_NONE);
  assert_true (find_change (comparison, "lex", PYRO_COST_SELF)->is_beyond);
  assert_false (find_change (comparison, "draw", PYRO_COST_SELF)->is_beyond);
  assert_text (describe_noise (comparison),
               "The difference of “lex”, +100\u202fns, is larger than sampling noise (95% range "
               "+66\u202fns … +134\u202fns).");
}

static void
several_are_counted (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_DURATION);
  g_autofree char *text = describe_noise (comparison);
  assert_true (g_str_has_suffix (text, "So is that of 1 other function."));
  assert_true (find_change (comparison, "old", PYRO_COST_SELF)->is_beyond);
  assert_true (find_change (comparison, "young", PYRO_COST_SELF)->is_beyond);
}

static void
a_difference_within_noise_is_none (void **state)
{
  static const FlameSample a[] = { { "main;lex", 100 }, { "main;draw", 900 }, { NULL, 0 } };
  static const FlameSample b[] = { { "main;lex", 112 }, { "main;draw", 880 }, { NULL, 0 } };
  g_autoptr (PyroComparison) comparison = compare (a, b, PROF_NORMALIZE_NONE);
  assert_text (describe_noise (comparison), "No function differs by more than sampling noise.");
}

/* So many blocks that were seen, of 1 KiB at a rate of 1 KiB: each stands for 1620 bytes. */
static PyroProfile *
open_heap (gint64 n_lex, gint64 n_draw)
{
  ProfProfile *heap;
  assert_int_equal (prof_profile_new (&heap), 0);
  prof_profile_add_value_type (heap, "alloc_space", "bytes");
  prof_profile_set_period (heap, "space", "bytes", 1024);
  static const char *const frames[][4]
      = { { "malloc", "lex", "parse", "main" }, { "malloc", "draw", "main", NULL } };
  for (guint i = 0; i < 2; i++) {
    guint32 stack[4];
    gsize n = 0;
    for (; n < 4 && frames[i][n] != NULL; n++) {
      ProfFunction function = { .name = (guint32)prof_profile_add_string (heap, frames[i][n]) };
      ProfLine line = { .function = (guint32)prof_profile_add_function (heap, &function) };
      stack[n] = (guint32)prof_profile_add_location (heap, &(ProfLocation){ 0 }, &line, 1);
    }
    gint64 value = (i == 0 ? n_lex : n_draw) * 1620;
    int sample = prof_profile_add_sample (heap, stack, n, &value);
    prof_profile_add_number_label (heap, (guint32)sample, "bytes", 1024, "bytes");
  }
  PyroProfile *profile = pyro_profile_new (heap, "heap", NULL);
  prof_profile_unref (heap);
  while (pyro_profile_is_busy (profile))
    g_main_context_iteration (NULL, TRUE);
  return profile;
}

/* Not malloc, nor main, of which it is true as well. */
static void
of_a_heap_the_caller_is_named (void **state)
{
  g_autoptr (PyroProfile) base = open_heap (100, 100);
  g_autoptr (PyroProfile) current = open_heap (300, 104);
  g_autoptr (PyroComparison) comparison = pyro_comparison_new ();
  pyro_comparison_set_base (comparison, base);
  pyro_comparison_set_current (comparison, current);
  pyro_comparison_set_normalize (comparison, PROF_NORMALIZE_NONE);
  wait_for_difference (comparison);
  assert_text (describe_noise (comparison),
               "The difference of “lex”, +316\u202fKiB, is larger than sampling noise (95% range "
               "+279\u202fKiB … +354\u202fKiB).");
}

static void
unknown_noise_is_told (void **state)
{
  g_autoptr (PyroComparison) comparison = pyro_comparison_new ();
  for (int i = 0; i < 2; i++) {
    ProfProfile *source = make_flame_profile (i == 0 ? before : after);
    g_autoptr (PyroProfile) profile = pyro_profile_new (source, "title", NULL);
    prof_profile_unref (source);
    g_object_set (comparison, i == 0 ? "base" : "current", profile, NULL);
  }
  wait_for_difference (comparison);
  assert_text (describe_noise (comparison),
               "Whether the differences are larger than sampling noise can’t be told: the profiles "
               "do not say how many samples they are made of.");
  assert_false (find_change (comparison, "lex", PYRO_COST_SELF)->is_beyond);
}

/* ---- what can't be compared ---- */

static void
nothing_is_compared_until_both_are_chosen (void **state)
{
  g_autoptr (PyroProfile) profile = open_profile (before, "a", 1000);
  g_autoptr (PyroComparison) comparison = pyro_comparison_new ();
  pyro_comparison_set_current (comparison, profile);
  assert_false (pyro_comparison_is_busy (comparison));
  assert_null (pyro_comparison_get_error (comparison));
  pyro_comparison_set_base (comparison, profile);
  assert_string_equal (pyro_comparison_get_error (comparison),
                       "Base and new are the same profile. Choose another one for one of them.");
}

static void
different_types_are_told (void **state)
{
  ProfProfile *heap;
  assert_int_equal (prof_profile_new (&heap), 0);
  prof_profile_add_value_type (heap, "inuse_space", "bytes");
  g_autoptr (PyroProfile) a = pyro_profile_new (heap, "heap", NULL);
  prof_profile_unref (heap);
  g_autoptr (PyroProfile) b = open_profile (after, "cpu", 1000);
  g_autoptr (PyroComparison) comparison = pyro_comparison_new ();
  pyro_comparison_set_base (comparison, a);
  pyro_comparison_set_current (comparison, b);
  assert_string_equal (pyro_comparison_get_error (comparison),
                       "The profiles measure different things: “heap” has Bytes in use, “cpu” has "
                       "CPU time. Choose two that were recorded in the same way.");
  while (pyro_profile_is_busy (a))
    g_main_context_iteration (NULL, TRUE);
}

static void
empty_profiles_have_no_difference (void **state)
{
  for (ProfNormalize i = PROF_NORMALIZE_NONE; i <= PROF_NORMALIZE_TOTAL; i++) {
    g_autoptr (PyroComparison) comparison = compare (nothing, nothing, i);
    gsize n;
    pyro_difference_get_functions (pyro_comparison_get_difference (comparison), &n);
    assert_int_equal (n, 0);
  }
  g_autoptr (PyroComparison) comparison = compare (nothing, after, PROF_NORMALIZE_TOTAL);
  assert_change (comparison, "lex", 0, 420);
  assert_false (find_change (comparison, "lex", PYRO_COST_SELF)->is_beyond);
}

static void
the_last_of_several_changes_wins (void **state)
{
  g_autoptr (PyroComparison) comparison = compare (before, after, PROF_NORMALIZE_NONE);
  pyro_comparison_set_normalize (comparison, PROF_NORMALIZE_TOTAL);
  pyro_comparison_swap (comparison);
  pyro_comparison_set_normalize (comparison, PROF_NORMALIZE_NONE);
  pyro_comparison_swap (comparison);
  wait_for_difference (comparison);
  assert_change (comparison, "lex", 200, 420);
}

static void
one_that_goes_while_it_compares_is_freed (void **state)
{
  g_autoptr (PyroProfile) a = open_profile (before, "a", 1000);
  g_autoptr (PyroProfile) b = open_profile (after, "b", 2000);
  gpointer comparison = pyro_comparison_new ();
  g_object_add_weak_pointer (comparison, &comparison);
  pyro_comparison_set_base (comparison, a);
  pyro_comparison_set_current (comparison, b);
  g_object_unref (comparison);
  while (comparison != NULL) {
    /* The worker may be the last one to let go of it: then nothing wakes the loop. */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (values_are_compared_as_they_are),
    cmocka_unit_test (the_base_is_scaled_by_the_duration),
    cmocka_unit_test (the_base_is_scaled_by_the_total),
    cmocka_unit_test (the_duration_comes_first_where_it_is_known),
    cmocka_unit_test (swapping_negates),
    cmocka_unit_test (a_function_is_in_the_order_of_its_change),
    cmocka_unit_test (a_difference_beyond_noise_is_named),
    cmocka_unit_test (several_are_counted),
    cmocka_unit_test (a_difference_within_noise_is_none),
    cmocka_unit_test (of_a_heap_the_caller_is_named),
    cmocka_unit_test (unknown_noise_is_told),
    cmocka_unit_test (nothing_is_compared_until_both_are_chosen),
    cmocka_unit_test (different_types_are_told),
    cmocka_unit_test (empty_profiles_have_no_difference),
    cmocka_unit_test (the_last_of_several_changes_wins),
    cmocka_unit_test (one_that_goes_while_it_compares_is_freed),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
