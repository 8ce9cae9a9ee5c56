/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include "layout/flame-find.h"

static void
check (PyroFlameTree *tree, const char *name, const char *path)
{
  assert_int_equal (pyro_flame_find_name (tree, name), find_flame_node (tree, path));
}

static void
test_finds_the_widest (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree (
      (FlameSample[]){ { "main;a;x", 3 }, { "main;b;x", 5 }, { "main;b", 1 }, { 0 } });
  check (tree, "x", "main;b;x");
  check (tree, "main", "main");
  assert_int_equal (pyro_flame_find_name (tree, "y"), 0);
  pyro_flame_tree_unref (tree);
}

/* Nodes that nobody has asked for yet. */
static void
test_looks_into_what_is_closed (void **state)
{
  (void)state;
  PyroFlameTree *tree = make_flame_tree ((FlameSample[]){
      { "main;wide", 10000000 }, { "main;rare;deep;x", 1 }, { "main;other;deep;x", 2 }, { 0 } });
  uint32_t n_before = pyro_flame_tree_get_n_nodes (tree);
  uint32_t x = pyro_flame_find_name (tree, "x");
  assert_true (x >= n_before);
  assert_int_equal (x, find_flame_node (tree, "main;other;deep;x"));
  pyro_flame_tree_unref (tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_finds_the_widest),
    cmocka_unit_test (test_looks_into_what_is_closed),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
