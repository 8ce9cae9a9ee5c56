/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

static void
test_sum_samples (void **state)
{
  (void)state;
  FlameSample samples[] = { { "a;b;c", 1 }, { "a;b", 2 }, { "a;b;c", 4 }, { "a;d", 0 }, { 0 } };
  PyroFlameTree *tree = make_flame_tree (samples);
  const PyroFlameStacks *stacks = pyro_flame_tree_get_stacks (tree);
  const int64_t expected[] = { 0, 2, 5, 0 };
  assert_int_equal (stacks->shape->n, 4);
  for (uint32_t i = 0; i < 4; i++) {
    assert_int_equal (stacks->totals[i], expected[i]);
    assert_float_equal (stacks->weights[i], (double)expected[i], 0);
  }
  pyro_flame_tree_unref (tree);
}

static void
test_say_if_a_value_is_negative (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){ { "a", 1 }, { 0 } });
  assert_false (pyro_flame_tree_get_stacks (tree)->has_negative);
  pyro_flame_tree_unref (tree);
  tree = make_flame_tree ((FlameSample[]){ { "a", 1 }, { "b", -2 }, { 0 } });
  assert_true (pyro_flame_tree_get_stacks (tree)->has_negative);
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sum_samples),
    cmocka_unit_test (test_say_if_a_value_is_negative),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
