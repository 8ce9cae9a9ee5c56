/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <string.h>

/* The stacks, each as its functions' first letters. */
static void
check (const FlameSample *samples, PyroFlameOrder order, const char *const *expected)
{
  PyroFlameTree *tree = make_ordered_flame_tree (samples, order);
  const PyroFlameStacks *stacks = pyro_flame_tree_get_stacks (tree);
  const PyroFlameFunctions *functions = pyro_flame_tree_get_functions (tree);
  uint32_t i = 0;
  for (; expected[i] != NULL; i++) {
    assert_true (i < stacks->n);
    char text[64] = "";
    for (uint32_t j = stacks->starts[i]; j < stacks->starts[i + 1]; j++)
      strcat (text, functions->items[stacks->frames[j]].name);
    assert_string_equal (text, expected[i]);
  }
  assert_int_equal (stacks->n, i);
  pyro_flame_tree_unref (tree);
}

static void
test_are_distinct (void **state)
{
  (void)state;
  FlameSample samples[] = { { "a;b;c", 1 }, { "a;b", 2 }, { "a;b;c", 4 }, { "a;d", 0 }, { 0 } };
  check (samples, (PyroFlameOrder){ 0 }, (const char *[]){ "abc", "ab", NULL });
  check (samples, (PyroFlameOrder){ .is_bottom_up = true }, (const char *[]){ "cba", "ba", NULL });
  PyroFlameTree *tree = make_flame_tree (samples);
  assert_int_equal (pyro_flame_tree_get_stacks (tree)->totals[0], 5);
  assert_float_equal (pyro_flame_tree_get_stacks (tree)->weights[1], 2, 0);
  pyro_flame_tree_unref (tree);
}

static void
test_lose_recursion (void **state)
{
  (void)state;
  PyroFlameOrder order = { .is_recursion_collapsed = true };
  check ((FlameSample[]){ { "a;a;a;b", 1 }, { 0 } }, order, (const char *[]){ "ab", NULL });
  check ((FlameSample[]){ { "a;b;a;b;c", 1 }, { 0 } }, order, (const char *[]){ "abc", NULL });
  check ((FlameSample[]){ { "a;b;c;b;d;a", 1 }, { 0 } }, order, (const char *[]){ "a", NULL });
  check ((FlameSample[]){ { "a;b", 1 }, { "a;b;b", 1 }, { 0 } }, order,
         (const char *[]){ "ab", NULL });
  order.is_bottom_up = true;
  check ((FlameSample[]){ { "m;a;b;a;b;c", 1 }, { 0 } }, order, (const char *[]){ "cbam", NULL });
}

static void
test_say_if_a_value_is_negative (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){ { "a", 1 }, { 0 } });
  assert_false (pyro_flame_tree_get_stacks (tree)->has_negative);
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_are_distinct),
    cmocka_unit_test (test_lose_recursion),
    cmocka_unit_test (test_say_if_a_value_is_negative),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
