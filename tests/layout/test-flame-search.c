/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <errno.h>

#include "layout/flame-search.h"

static const FlameSample samples[] = {
  { "main;Sort::run;Sort::run;compare", 40 },
  { "main;Sort::run", 10 },
  { "main;sort_names;compare", -20 },
  { "main;idle", 30 },
  { 0 },
};

static void
check (const char *pattern, uint32_t n_matches, double weight)
{
  PyroFlameTree *tree = make_flame_tree (samples);
  PyroFlameMatches matches;
  atomic_bool is_cancelled = false;
  char message[64];
  assert_int_equal (pyro_flame_search (tree, pattern, &is_cancelled, &matches, message,
                                       sizeof message),
                    0);
  assert_int_equal (matches.n_matches, n_matches);
  assert_float_equal (matches.weight, weight, 0);
  pyro_flame_matches_finish (&matches);
  pyro_flame_tree_unref (tree);
}

static void
test_counts_nested_matches_once (void **state)
{
  (void)state;
  check ("Sort::run", 1, 50);
  check ("Sort|compare", 2, 70);
  check ("main", 1, 100);
}

static void
test_minds_case_when_there_is_a_capital (void **state)
{
  (void)state;
  check ("sort", 2, 70);
  check ("Sort", 1, 50);
  check ("^sort.*s$", 1, 20);
  check ("^SORT", 0, 0);
}

static void
test_finds_nothing (void **state)
{
  (void)state;
  check ("nowhere", 0, 0);
}

static int
search_in_vain (const char *pattern, bool cancel, char *message, size_t size)
{
  PyroFlameTree *tree = make_flame_tree (samples);
  PyroFlameMatches matches;
  atomic_bool is_cancelled = cancel;
  int r = pyro_flame_search (tree, pattern, &is_cancelled, &matches, message, size);
  assert_null (matches.is_match);
  pyro_flame_tree_unref (tree);
  return r;
}

static void
test_says_what_is_wrong (void **state)
{
  (void)state;
  char message[128] = "";
  assert_int_equal (search_in_vain ("sort(", false, message, sizeof message), -EINVAL);
  assert_true (message[0] != '\0');
}

static void
test_can_be_cancelled (void **state)
{
  (void)state;
  char message[128];
  assert_int_equal (search_in_vain ("sort", true, message, sizeof message), -ECANCELED);
}

static void
test_counts_only_what_is_there (void **state)
{
  (void)state;
  PyroFlameTree *tree
      = make_flame_tree ((FlameSample[]){ { "main;sort", 1 }, { "main;sort_all", 0 }, { 0 } });
  PyroFlameMatches matches;
  char message[128];
  atomic_bool is_cancelled = false;
  assert_int_equal (pyro_flame_search (tree, "sort", &is_cancelled, &matches, message,
                                       sizeof message),
                    0);
  assert_int_equal (matches.n_matches, 1);
  assert_float_equal (matches.weight, 1, 0);
  pyro_flame_matches_finish (&matches);
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_counts_nested_matches_once),
    cmocka_unit_test (test_minds_case_when_there_is_a_capital),
    cmocka_unit_test (test_finds_nothing),
    cmocka_unit_test (test_counts_only_what_is_there),
    cmocka_unit_test (test_says_what_is_wrong),
    cmocka_unit_test (test_can_be_cancelled),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
