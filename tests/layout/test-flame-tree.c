/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <errno.h>
#include <stdio.h>

static void
check (PyroFlameTree *tree, const char *path, double start, double weight, int64_t self)
{
  uint32_t node = find_flame_node (tree, path);
  const PyroFlameNode *found = pyro_flame_tree_get_node (tree, node);
  assert_float_equal (found->start, start, 0);
  assert_float_equal (found->weight, weight, 0);
  assert_int_equal (pyro_flame_tree_get_self (tree, node), self);
}

static void
test_merges_and_sorts (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){ { "main;parse", 2 },
                                                          { "main;work;mix", 5 },
                                                          { "main;parse", 1 },
                                                          { "main;work", 4 },
                                                          { "main", 7 },
                                                          { "idle", 30 },
                                                          { "", 1 },
                                                          { 0 } });
  assert_int_equal (pyro_flame_tree_get_node (tree, 0)->total, 50);
  assert_int_equal (pyro_flame_tree_get_self (tree, 0), 1);
  check (tree, "idle", 0, 30, 30);
  check (tree, "main", 30, 19, 7);
  check (tree, "main;work", 30, 9, 4);
  check (tree, "main;work;mix", 30, 5, 5);
  check (tree, "main;parse", 39, 3, 3);
  assert_int_equal (pyro_flame_tree_get_depth (tree, find_flame_node (tree, "main;work;mix")), 3);
  assert_int_equal (pyro_flame_tree_get_stacks (tree)->shape->n, 6);
  pyro_flame_tree_unref (tree);
}

static void
test_is_bottom_up (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_ordered_flame_tree ((FlameSample[]){ { "main;work;mix", 5 },
                                                                  { "main;mix", 2 },
                                                                  { "main", 1 },
                                                                  { 0 } },
                                                 (PyroFlameOrder){ .is_bottom_up = true });
  check (tree, "mix", 0, 7, 0);
  check (tree, "mix;work;main", 0, 5, 5);
  check (tree, "mix;main", 5, 2, 2);
  check (tree, "main", 7, 1, 1);
  pyro_flame_tree_unref (tree);
}

static void
test_keeps_inlined_calls_apart (void **state)
{
  (void)state;
  PyroFlameTree *tree
      = make_flame_tree ((FlameSample[]){ { "main+fast", 3 }, { "main", 2 }, { 0 } });
  check (tree, "main", 0, 5, 2);
  check (tree, "main;fast", 0, 3, 3);
  pyro_flame_tree_unref (tree);
}

/* New 6 and base 4: as wide as both, and 2 more than before. */
static void
test_shows_both_sides_of_a_difference (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree (
      (FlameSample[]){ { "main;work", 6 }, { "main;work", -4 }, { "main;gone", -3 }, { 0 } });
  check (tree, "main;work", 0, 10, 2);
  check (tree, "main;gone", 10, 3, -3);
  assert_int_equal (pyro_flame_tree_get_node (tree, 0)->total, -1);
  assert_true (pyro_flame_tree_get_stacks (tree)->has_negative);
  pyro_flame_tree_unref (tree);
}

static void
test_sums_stop_at_the_ends (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){
      { "main;a", INT64_MAX }, { "main;a", INT64_MAX }, { "main;b", INT64_MIN }, { 0 } });
  uint32_t a = find_flame_node (tree, "main;a"), b = find_flame_node (tree, "main;b");
  assert_true (pyro_flame_tree_get_node (tree, a)->total == INT64_MAX);
  assert_true (pyro_flame_tree_get_self (tree, b) == INT64_MIN);
  pyro_flame_tree_unref (tree);
}

static void
test_is_empty (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){ { "main", 0 }, { 0 } });
  uint32_t n;
  assert_int_equal (pyro_flame_tree_get_children (tree, 0, &n), 0);
  assert_int_equal (n, 0);
  assert_float_equal (pyro_flame_tree_get_node (tree, 0)->weight, 0, 0);
  pyro_flame_tree_unref (tree);
}

static void
test_refuses_a_sample_type_that_is_not_there (void **state)
{
  (void)state;
  ProfProfile *profile = make_flame_profile ((FlameSample[]){ { "main", 1 }, { 0 } });
  PyroFlameShape *shape;
  PyroFlameTree *tree;
  assert_int_equal (pyro_flame_shape_new (profile, &(PyroFlameOrder){ 0 }, &shape), 0);
  assert_int_equal (pyro_flame_tree_new (shape, profile, 1, &tree), -EINVAL);
  assert_null (tree);
  pyro_flame_shape_unref (shape);
  prof_profile_unref (profile);
}

/* One stack in a hundred thousand is not looked at before someone asks. */
static void
test_opens_narrow_nodes_when_asked (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree (
      (FlameSample[]){ { "main;wide", 1000000 }, { "main;rare;below;more", 1 }, { 0 } });
  uint32_t n_before = pyro_flame_tree_get_n_nodes (tree);
  check (tree, "main;rare", 1000000, 1, 0);
  check (tree, "main;rare;below;more", 1000000, 1, 1);
  assert_int_equal (pyro_flame_tree_get_n_nodes (tree), n_before + 2);
  pyro_flame_tree_unref (tree);
}

static void
test_is_deep (void **state)
{
  (void)state;
  enum { N = 2000 };
  char stack[N * 8], *end = stack;
  for (int i = 0; i < N; i++)
    end += sprintf (end, "f%d;", i % 1000);
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){ { stack, 1 }, { "f0", 1 }, { 0 } });
  uint32_t node = 0, n, depth = 0;
  for (; (node = pyro_flame_tree_get_children (tree, node, &n)) != 0; depth++)
    assert_int_equal (n, 1);
  assert_int_equal (depth, N);
  assert_int_equal (pyro_flame_tree_get_stacks (tree)->shape->n_levels, N);
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_merges_and_sorts),
    cmocka_unit_test (test_is_bottom_up),
    cmocka_unit_test (test_keeps_inlined_calls_apart),
    cmocka_unit_test (test_shows_both_sides_of_a_difference),
    cmocka_unit_test (test_sums_stop_at_the_ends),
    cmocka_unit_test (test_is_empty),
    cmocka_unit_test (test_refuses_a_sample_type_that_is_not_there),
    cmocka_unit_test (test_opens_narrow_nodes_when_asked),
    cmocka_unit_test (test_is_deep),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
