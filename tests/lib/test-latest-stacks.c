/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/latest-stacks.h"

#include "tests.h"

enum { TID = 100 };

static const ProfAddressSpace space = { .pid = 7, .generation = 3 };

/* Puts a stack, root first, into the thread's slot, as the pipeline does. */
static ProfLatestStack *
put (ProfLatestStacks *table, const uint64_t *pcs, size_t n)
{
  ProfLatestStack *stack = prof_latest_stacks_get (table, &space, TID);
  assert_non_null (stack);
  stack->n_frames = 0;
  for (size_t i = 0; i < n; i++)
    stack->frames[stack->n_frames++] = (ProfLatestFrame){ pcs[i], (uint32_t)(10 + i) };
  return stack;
}

static void
test_frames_are_kept_from_the_root_to_the_first_difference (void **state)
{
  (void)state;
  ProfLatestStacks table = { .max_frames = 8 };
  const uint64_t root_first[] = { 1, 2, 3, 4 };
  const uint64_t leaf_first[] = { 9, 4, 30, 2, 1 };
  ProfLatestStack *stack = put (&table, root_first, 4);
  assert_int_equal (prof_latest_stack_keep_common (stack, leaf_first, 5), 2);
  assert_int_equal (stack->n_frames, 2);
  assert_int_equal (stack->frames[1].node, 11);
  prof_latest_stacks_finish (&table);
}

static void
test_a_shorter_stack_keeps_only_its_own_length (void **state)
{
  (void)state;
  ProfLatestStacks table = { .max_frames = 8 };
  const uint64_t root_first[] = { 1, 2, 3, 4 };
  const uint64_t leaf_first[] = { 2, 1 };
  assert_int_equal (prof_latest_stack_keep_common (put (&table, root_first, 4), leaf_first, 2), 2);
  assert_int_equal (prof_latest_stack_keep_common (put (&table, root_first, 4), NULL, 0), 0);
  prof_latest_stacks_finish (&table);
}

static void
test_other_maps_or_another_thread_empty_the_slot (void **state)
{
  (void)state;
  ProfLatestStacks table = { .max_frames = 8 };
  const uint64_t root_first[] = { 1, 2 };
  ProfAddressSpace changed = { .pid = 7, .generation = 4 }, other = { .pid = 8, .generation = 3 };

  put (&table, root_first, 2);
  assert_int_equal (prof_latest_stacks_get (&table, &space, TID)->n_frames, 2);
  assert_int_equal (prof_latest_stacks_get (&table, &changed, TID)->n_frames, 0);
  put (&table, root_first, 2);
  assert_int_equal (prof_latest_stacks_get (&table, &other, TID)->n_frames, 0);
  put (&table, root_first, 2);
  assert_int_equal (prof_latest_stacks_get (&table, &space, TID + PROF_N_LATEST_STACKS)->n_frames,
                    0);
  assert_int_equal (prof_latest_stacks_get (&table, &space, TID + 1)->n_frames, 0);
  prof_latest_stacks_finish (&table);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_frames_are_kept_from_the_root_to_the_first_difference),
    cmocka_unit_test (test_a_shorter_stack_keeps_only_its_own_length),
    cmocka_unit_test (test_other_maps_or_another_thread_empty_the_slot),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
