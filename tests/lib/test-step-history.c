/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/step-history.h"

#include "tests.h"
#include "unwind/unwind.h"

/* Functions are 0x100 bytes long, from CODE on: the first is a leaf, the second saves fp, the third
 * has neither, the last is the outermost. The stack is at STACK. */

enum { CODE = 0x1000, STACK = 0x10000, MAX_FRAMES = 16 };

#define LEAF (CODE + 0x10)
#define CALL_IN(i) (CODE + (i)*0x100 + 0x20)

typedef struct {
  ProfStepHistory history;
  size_t n_asked; /* rules */
  uint64_t pcs[MAX_FRAMES];
  size_t n;
} World;

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  static const ProfRule rules[] = {
    { PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, .cfa_offset = 8, .ra_offset = -8 },
    { PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED, .cfa_offset = 16, .fp_offset = -16,
      .ra_offset = -8 },
    { PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, .cfa_offset = 8, .ra_offset = -8 },
    { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED, .cfa_offset = 16, .ra_offset = -8 },
    { .kind = PROF_RULE_END },
  };
  World *world = user_data;
  world->n_asked++;
  assert_in_range (pc, CODE, CODE + 0x4ff);
  return rules[(pc - CODE) / 0x100];
}

static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  (void)user_data, (void)pc, (void)registers;
  return false;
}

static bool
is_code (void *user_data, uint64_t pc)
{
  (void)user_data, (void)pc;
  return false;
}

/* Unwinds the words from `first` on: those before have been popped. `n_words` were copied. */
static ProfStackEnd
unwind_slice (World *world, const uint64_t *words, size_t n_words, size_t first)
{
  const ProfUnwindOptions options = { PROF_ARCH_X86_64, .uses_tables = true, .max_frames = 16 };
  ProfUnwindWorld unwind_world
      = { get_rule, step_slowly, is_code, NULL, world, NULL, &world->history };
  ProfUnwindRegisters registers = { .pc = LEAF, .sp = STACK + 8 * first };
  ProfStackSlice slice = { registers.sp, (const uint8_t *)(words + first), 8 * (n_words - first) };
  ProfStackEnd end;
  world->n_asked = 0;
  world->n = prof_unwind (&options, &unwind_world, &registers, &slice, world->pcs, &end);
  return end;
}

static void
unwind (World *world, const uint64_t *words, size_t n_words, size_t first)
{
  assert_int_equal (unwind_slice (world, words, n_words, first), PROF_STACK_ROOT);
}

#define UNWIND(world, words, first) unwind (world, words, sizeof (words) / sizeof *(words), first)

static void
assert_stack (const World *world, size_t n_asked, size_t n, const uint64_t *return_addresses)
{
  assert_int_equal (world->n_asked, n_asked);
  assert_int_equal (world->n, 1 + n);
  assert_int_equal (world->pcs[0], LEAF);
  for (size_t i = 0; i < n; i++)
    assert_int_equal (world->pcs[1 + i], return_addresses[i] - 1);
}

#define ASSERT_STACK(world, n_asked, ...)                                                          \
  assert_stack (world, n_asked, sizeof ((uint64_t[]){ __VA_ARGS__ }) / 8,                          \
                (uint64_t[]){ __VA_ARGS__ })

/* The rules of the leaf and of the outermost frame are asked for each time. */
static void
the_same_stack_again_needs_no_rules (void **state)
{
  (void)state;
  World world = { 0 };
  const uint64_t stack[] = { CALL_IN (1), 0, CALL_IN (2), CALL_IN (2), CALL_IN (4) };
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 5, CALL_IN (1), CALL_IN (2), CALL_IN (2), CALL_IN (4));
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 2, CALL_IN (1), CALL_IN (2), CALL_IN (2), CALL_IN (4));
  prof_step_history_finish (&world.history);
}

static void
another_return_address_is_seen (void **state)
{
  (void)state;
  World world = { 0 };
  uint64_t stack[] = { CALL_IN (1), 0, CALL_IN (2), CALL_IN (2), CALL_IN (2), CALL_IN (4) };
  UNWIND (&world, stack, 0);
  stack[3] = CALL_IN (2) + 8;
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 4, CALL_IN (1), CALL_IN (2), CALL_IN (2) + 8, CALL_IN (2), CALL_IN (4));
  prof_step_history_finish (&world.history);
}

/* What it saved is used two frames further out. */
static void
another_saved_frame_pointer_is_seen (void **state)
{
  (void)state;
  World world = { 0 };
  uint64_t stack[] = { CALL_IN (1), STACK + 40,  CALL_IN (2), CALL_IN (3), 0,
                       0,           CALL_IN (2), CALL_IN (4), 0,           CALL_IN (4) };
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 6, CALL_IN (1), CALL_IN (2), CALL_IN (3), CALL_IN (2), CALL_IN (4));
  stack[1] = STACK + 64;
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 5, CALL_IN (1), CALL_IN (2), CALL_IN (3), CALL_IN (4));
  prof_step_history_finish (&world.history);
}

static void
inner_frames_come_and_go (void **state)
{
  (void)state;
  World world = { 0 };
  const uint64_t stack[]
      = { CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2), CALL_IN (4) };
  UNWIND (&world, stack, 2);
  ASSERT_STACK (&world, 4, CALL_IN (2) + 2, CALL_IN (2), CALL_IN (4));
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 4, CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2), CALL_IN (4));
  UNWIND (&world, stack, 3);
  ASSERT_STACK (&world, 2, CALL_IN (2), CALL_IN (4));
  prof_step_history_finish (&world.history);
}

static void
what_is_forgotten_is_not_repeated (void **state)
{
  (void)state;
  World world = { 0 };
  const uint64_t stack[] = { CALL_IN (2), CALL_IN (2), CALL_IN (4) };
  UNWIND (&world, stack, 0);
  prof_step_history_forget (&world.history);
  UNWIND (&world, stack, 0);
  ASSERT_STACK (&world, 4, CALL_IN (2), CALL_IN (2), CALL_IN (4));
  prof_step_history_finish (&world.history);
}

/* Of the stack that all of these tests cut: how far it goes alone. */
static const uint64_t deep[]
    = { CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2) + 3, CALL_IN (4) };

static void
what_was_not_copied_is_taken_from_before (void **state)
{
  (void)state;
  World world = { 0 };
  UNWIND (&world, deep, 2);
  assert_false (world.history.is_stitched);
  assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_ROOT);
  assert_true (world.history.is_stitched);
  ASSERT_STACK (&world, 4, CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2) + 3,
                CALL_IN (4));
  UNWIND (&world, deep, 0);
  assert_false (world.history.is_stitched);
  prof_step_history_finish (&world.history);
}

static void
what_nobody_saw_is_not_made_up (void **state)
{
  (void)state;
  World world = { 0 };
  assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_SLICE_ENDED);
  ASSERT_STACK (&world, 5, CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2) + 3);
  assert_int_equal (unwind_slice (&world, deep, 3, 0), PROF_STACK_SLICE_ENDED);
  prof_step_history_finish (&world.history);
}

/* The frame at the cut returns to elsewhere than before. */
static void
another_frame_at_the_cut_ends_the_stack (void **state)
{
  (void)state;
  World world = { 0 };
  uint64_t other[] = { deep[0], deep[1], deep[2], deep[3] + 1 };
  UNWIND (&world, deep, 0);
  assert_int_equal (unwind_slice (&world, other, 4, 0), PROF_STACK_SLICE_ENDED);
  ASSERT_STACK (&world, 3, CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2) + 4);
  prof_step_history_finish (&world.history);
}

static void
outer_frames_outlive_a_stack_that_was_lost (void **state)
{
  (void)state;
  World world = { 0 };
  UNWIND (&world, deep, 3);
  assert_int_equal (unwind_slice (&world, deep, 2, 0), PROF_STACK_SLICE_ENDED);
  assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_ROOT);
  ASSERT_STACK (&world, 4, CALL_IN (2), CALL_IN (2) + 1, CALL_IN (2) + 2, CALL_IN (2) + 3,
                CALL_IN (4));
  prof_step_history_finish (&world.history);
}

static void
frames_that_were_not_seen_for_long_are_given_up (void **state)
{
  (void)state;
  World world = { 0 };
  UNWIND (&world, deep, 0);
  for (unsigned i = 0; i < PROF_STEP_MAX_AGE; i++)
    assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_ROOT);
  assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_SLICE_ENDED);
  UNWIND (&world, deep, 0);
  assert_int_equal (unwind_slice (&world, deep, 4, 0), PROF_STACK_ROOT);
  prof_step_history_finish (&world.history);
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (the_same_stack_again_needs_no_rules),
    cmocka_unit_test (another_return_address_is_seen),
    cmocka_unit_test (another_saved_frame_pointer_is_seen),
    cmocka_unit_test (inner_frames_come_and_go),
    cmocka_unit_test (what_is_forgotten_is_not_repeated),
    cmocka_unit_test (what_was_not_copied_is_taken_from_before),
    cmocka_unit_test (what_nobody_saw_is_not_made_up),
    cmocka_unit_test (another_frame_at_the_cut_ends_the_stack),
    cmocka_unit_test (outer_frames_outlive_a_stack_that_was_lost),
    cmocka_unit_test (frames_that_were_not_seen_for_long_are_given_up),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
