/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <string.h>

/* The stacks, each as its functions' first letters; the first is the empty one. */
static void
check (const FlameSample *samples, PyroFlameOrder order, const char *const *expected)
{
  PyroFlameTree *tree = make_ordered_flame_tree (samples, order);
  const PyroFlameShape *shape = pyro_flame_tree_get_stacks (tree)->shape;
  const PyroFlameFunctions *functions = pyro_flame_tree_get_functions (tree);
  assert_int_equal (shape->stacks[0].n, 0);
  uint32_t i = 0;
  for (; expected[i] != NULL; i++) {
    assert_true (i + 1 < shape->n);
    char text[64] = "";
    const PyroFlameStack *stack = &shape->stacks[i + 1];
    for (uint32_t j = 0; j < stack->n; j++)
      strcat (text, functions->items[shape->frames[stack->start + j]].name);
    assert_string_equal (text, expected[i]);
  }
  assert_int_equal (shape->n, i + 1);
  pyro_flame_tree_unref (tree);
}

static void
test_has_each_stack_once (void **state)
{
  (void)state;
  FlameSample samples[] = { { "a;b;c", 1 }, { "a;b", 2 }, { "a;b;c", 4 }, { "a;d", 0 }, { 0 } };
  check (samples, (PyroFlameOrder){ 0 }, (const char *[]){ "ab", "abc", "ad", NULL });
  check (samples, (PyroFlameOrder){ .is_bottom_up = true },
         (const char *[]){ "ba", "cba", "da", NULL });
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

static ProfProfile *
select_focus (ProfProfile *profile, const char *focus, const char *hide)
{
  ProfFilter filter = PROF_FILTER_INIT;
  filter.focus = focus;
  filter.hide = hide;
  ProfProfile *selection;
  assert_int_equal (prof_profile_select (profile, &filter, &selection, NULL), 0);
  return selection;
}

static void
test_fits_selections_of_the_same_stacks (void **state)
{
  (void)state;
  FlameSample samples[] = { { "a;b;c", 1 }, { "a;d", 2 }, { 0 } };
  ProfProfile *profile = make_flame_profile (samples), *other = make_flame_profile (samples);
  ProfProfile *selection = select_focus (profile, "^b$", NULL);
  ProfProfile *cut = select_focus (profile, NULL, "^b$");
  PyroFlameOrder order = { 0 }, bottom_up = { .is_bottom_up = true };
  PyroFlameShape *shape;
  assert_int_equal (pyro_flame_shape_new (profile, &order, &shape), 0);
  assert_true (pyro_flame_shape_fits (shape, profile, &order));
  assert_true (pyro_flame_shape_fits (shape, selection, &order));
  assert_false (pyro_flame_shape_fits (shape, selection, &bottom_up));
  assert_false (pyro_flame_shape_fits (shape, cut, &order));
  assert_false (pyro_flame_shape_fits (shape, other, &order));
  assert_true (pyro_flame_shape_is_akin (shape, cut));
  assert_false (pyro_flame_shape_is_akin (shape, other));
  pyro_flame_shape_unref (shape);
  prof_profile_unref (cut);
  prof_profile_unref (selection);
  prof_profile_unref (other);
  prof_profile_unref (profile);
}

static void
test_trees_of_selections_have_what_is_left (void **state)
{
  (void)state;
  ProfProfile *profile = make_flame_profile (
      (FlameSample[]){ { "a;b;c", 1 }, { "a;d;e", 2 }, { "a;b;e", 4 }, { "f", 8 }, { 0 } });
  ProfProfile *selection = select_focus (profile, "^e$", NULL);
  PyroFlameShape *shape;
  PyroFlameTree *tree;
  assert_int_equal (pyro_flame_shape_new (profile, &(PyroFlameOrder){ 0 }, &shape), 0);
  assert_int_equal (pyro_flame_tree_new (shape, selection, 0, &tree), 0);
  assert_int_equal (pyro_flame_tree_get_node (tree, 0)->total, 6);
  assert_int_equal (pyro_flame_tree_get_node (tree, find_flame_node (tree, "a;b;e"))->total, 4);
  assert_int_equal (pyro_flame_tree_get_node (tree, find_flame_node (tree, "a;d"))->total, 2);
  assert_int_equal (pyro_flame_tree_find_child (tree, 0, "f"), 0);
  assert_int_equal (pyro_flame_tree_find_child (tree, find_flame_node (tree, "a;b"), "c"), 0);
  pyro_flame_tree_unref (tree);
  pyro_flame_shape_unref (shape);
  prof_profile_unref (selection);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_has_each_stack_once),
    cmocka_unit_test (test_lose_recursion),
    cmocka_unit_test (test_fits_selections_of_the_same_stacks),
    cmocka_unit_test (test_trees_of_selections_have_what_is_left),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
