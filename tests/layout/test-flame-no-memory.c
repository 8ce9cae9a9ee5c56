/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include "../lib/failing-allocations.h"
#include "layout/flame-find.h"
#include "layout/flame-layout.h"
#include "layout/flame-search.h"

static const FlameSample samples[] = {
  { "main;work+mix;rotate", 5000000 }, { "main;rare;below;deep", 1 }, { "main;work", -3 }, { 0 }
};

static int
build (void *profile)
{
  PyroFlameShape *shape;
  PyroFlameTree *tree;
  PyroFlameOrder order = { .is_recursion_collapsed = true };
  int r = pyro_flame_shape_new (profile, &order, &shape);
  if (r < 0)
    return r;
  r = pyro_flame_tree_new (shape, profile, 0, &tree);
  pyro_flame_shape_unref (shape);
  if (r == 0)
    pyro_flame_tree_unref (tree);
  return r;
}

static void
test_tree (void **state)
{
  (void)state;
  ProfProfile *profile = make_flame_profile (samples);
  assert_true (fail_each (build, profile) > 10);
  prof_profile_unref (profile);
}

static int
lay_out (void *tree)
{
  PyroFlameLayout layout = { 0 };
  PyroFlameRange range = { 0, 5000004 };
  int r = pyro_flame_layout_update (&layout, tree, &range, 100);
  if (r < 0)
    assert_int_equal (layout.n_rows, 0);
  pyro_flame_layout_finish (&layout);
  return r;
}

static int
search (void *tree)
{
  PyroFlameMatches matches;
  char message[64];
  atomic_bool is_cancelled = false;
  int r = pyro_flame_search (tree, "work", &is_cancelled, &matches, message, sizeof message);
  pyro_flame_matches_finish (&matches);
  return r;
}

static void
test_pictures (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree (samples);
  assert_true (fail_each (lay_out, tree) >= 2);
  assert_true (fail_each (search, tree) >= 1);
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_tree),
    cmocka_unit_test (test_pictures),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
