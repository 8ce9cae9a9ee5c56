/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/stack-tree.h"

#include <errno.h>

#include "tests.h"

static uint32_t
add (ProfStackTree *tree, const uint32_t *frames, size_t n)
{
  uint32_t node;
  assert_int_equal (prof_stack_tree_add (tree, frames, n, &node), 0);
  return node;
}

static void
test_stacks_share_what_is_near_the_root (void **state)
{
  (void)state;
  ProfStackTree tree;
  assert_int_equal (prof_stack_tree_init (&tree), 0);
  assert_int_equal (add (&tree, NULL, 0), 0);
  assert_int_equal (add (&tree, (uint32_t[]){ 30, 20, 10 }, 3), 3);
  assert_int_equal (add (&tree, (uint32_t[]){ 31, 20, 10 }, 3), 4);
  assert_int_equal (add (&tree, (uint32_t[]){ 20, 10 }, 2), 2);
  assert_int_equal (add (&tree, (uint32_t[]){ 20, 11 }, 2), 6);
  assert_int_equal (tree.nodes.n, 7);
  assert_int_equal (tree.nodes.items[4].parent, 2);
  assert_int_equal (tree.nodes.items[4].frame, 31);
  prof_stack_tree_finish (&tree);
}

static void
test_frames_read_back_leaf_first (void **state)
{
  (void)state;
  ProfStackTree tree;
  uint32_t frames[3] = { 0, 0, 99 };
  assert_int_equal (prof_stack_tree_init (&tree), 0);
  uint32_t node = add (&tree, (uint32_t[]){ 0, 7, 7 }, 3);
  assert_int_equal (prof_stack_tree_get (&tree, node, frames, 2), 3);
  assert_memory_equal (frames, ((uint32_t[]){ 0, 7, 99 }), sizeof frames);
  assert_int_equal (prof_stack_tree_get (&tree, node, frames, 3), 3);
  assert_memory_equal (frames, ((uint32_t[]){ 0, 7, 7 }), sizeof frames);
  assert_int_equal (prof_stack_tree_get (&tree, 0, frames, 3), 0);
  prof_stack_tree_finish (&tree);
}

static void
test_a_deep_stack_is_a_path (void **state)
{
  (void)state;
  enum { DEPTH = 100000 };
  static uint32_t frames[DEPTH], read_back[DEPTH];
  ProfStackTree tree;
  assert_int_equal (prof_stack_tree_init (&tree), 0);
  for (uint32_t i = 0; i < DEPTH; i++)
    frames[i] = i % 3;
  assert_int_equal (add (&tree, frames, DEPTH), DEPTH);
  assert_int_equal (add (&tree, frames, DEPTH), DEPTH);
  assert_int_equal (prof_stack_tree_get (&tree, DEPTH, read_back, DEPTH), DEPTH);
  assert_memory_equal (frames, read_back, sizeof frames);
  prof_stack_tree_finish (&tree);
}

static void
test_a_full_tree_still_finds_what_it_has (void **state)
{
  (void)state;
  ProfStackTree tree;
  uint32_t node;
  assert_int_equal (prof_stack_tree_init (&tree), 0);
  tree.max_nodes = 3;
  assert_int_equal (add (&tree, (uint32_t[]){ 20, 10 }, 2), 2);
  assert_int_equal (prof_stack_tree_add (&tree, (uint32_t[]){ 30, 20, 10 }, 3, &node), -ENOSPC);
  assert_int_equal (add (&tree, (uint32_t[]){ 20, 10 }, 2), 2);
  prof_stack_tree_finish (&tree);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_stacks_share_what_is_near_the_root),
    cmocka_unit_test (test_frames_read_back_leaf_first),
    cmocka_unit_test (test_a_deep_stack_is_a_path),
    cmocka_unit_test (test_a_full_tree_still_finds_what_it_has),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
