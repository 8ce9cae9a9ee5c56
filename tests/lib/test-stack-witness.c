/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/stack-witness.h"

#include <string.h>

#include "base/prng.h"
#include "tests.h"

/* Functions are 0x100 bytes long, from CODE on; function i has rules[i]. The stack is at STACK. */

enum { CODE = 0x1000, FUNCTION_BYTES = 0x100, STACK = 0x10000, MAX_FRAMES = 16, N_FUNCTIONS = 8 };

#define FUNCTION(i) (CODE + (i)*FUNCTION_BYTES)
#define CALL_IN(i) (FUNCTION (i) + 0x20)

typedef struct {
  ProfRule rules[N_FUNCTIONS];
} Program;

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  const Program *program = user_data;
  uint64_t function = (pc - CODE) / FUNCTION_BYTES;
  return function < N_FUNCTIONS ? program->rules[function] : (ProfRule){ .kind = PROF_RULE_NONE };
}

/* Depends on a register that is no witness. */
static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  (void)user_data;
  (void)pc;
  registers->pc = CALL_IN (registers->registers[3] % N_FUNCTIONS);
  registers->sp += 16;
  return true;
}

static bool
is_code (void *user_data, uint64_t pc)
{
  (void)user_data;
  return pc >= CODE && pc < FUNCTION (N_FUNCTIONS);
}

typedef struct {
  uint64_t pcs[MAX_FRAMES];
  size_t n;
  ProfStackEnd end;
} Result;

static const ProfUnwindOptions x86_64
    = { PROF_ARCH_X86_64, .uses_tables = true, .uses_frame_pointers = true, MAX_FRAMES };

static Result
unwind (const ProfUnwindOptions *options,
        Program *program,
        const ProfUnwindRegisters *registers,
        const ProfStackSlice *slice,
        ProfStackWitness *witness)
{
  ProfUnwindWorld world = { get_rule, step_slowly, is_code, NULL, program, witness };
  Result result = { .n = 0 };
  result.n = prof_unwind (options, &world, registers, slice, result.pcs, &result.end);
  return result;
}

#define SLICE(words)                                                                               \
  {                                                                                                \
    STACK, (const uint8_t *)(words), sizeof (words)                                                \
  }

static void
assert_words (const ProfStackWitness *witness, size_t n, const ProfWitnessWord *words)
{
  assert_false (witness->is_refused);
  assert_int_equal (witness->n_words, n);
  for (size_t i = 0; i < n; i++) {
    assert_int_equal (witness->words[i].offset, words[i].offset);
    assert_int_equal (witness->words[i].value, words[i].value);
  }
}

#define ASSERT_WORDS(witness, ...)                                                                 \
  assert_words (witness, sizeof ((ProfWitnessWord[]){ __VA_ARGS__ }) / sizeof (ProfWitnessWord),   \
                (ProfWitnessWord[]){ __VA_ARGS__ })

/* The rule of x86-64 code after `sub $n - 8, %rsp`. */
static ProfRule
cfa_sp (int32_t n)
{
  return (ProfRule){ PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, .cfa_offset = n, .ra_offset = -8 };
}

/* The same after it has also saved fp below the return address. */
static ProfRule
saving_fp (int32_t n)
{
  ProfRule rule = cfa_sp (n);
  rule.flags |= PROF_RULE_FP_SAVED;
  rule.fp_offset = -16;
  return rule;
}

static const ProfRule cfa_fp = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED,
                                 .cfa_offset = 16, .fp_offset = -16, .ra_offset = -8 };
static const ProfRule end_rule = { .kind = PROF_RULE_END };

static void
test_return_addresses_decide (void **state)
{
  (void)state;
  Program program = { { cfa_sp (16), cfa_sp (24), end_rule } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 77 };
  const uint64_t stack[] = { 1, CALL_IN (1), 2, 3, CALL_IN (2), 4 };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  Result result = unwind (&x86_64, &program, &registers, &slice, &witness);
  assert_int_equal (result.n, 3);
  ASSERT_WORDS (&witness, { 8, CALL_IN (1) }, { 32, CALL_IN (2) });
  assert_false (witness.uses_fp);
  assert_int_equal (witness.reach, 40);
}

/* Saved frame pointers that nothing is computed from may change. */
static void
test_unused_frame_pointer_does_not (void **state)
{
  (void)state;
  Program program = { { saving_fp (16), cfa_sp (8), end_rule } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 77 };
  uint64_t stack[] = { STACK + 64, CALL_IN (1), CALL_IN (2), 0 };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  unwind (&x86_64, &program, &registers, &slice, &witness);
  ASSERT_WORDS (&witness, { 8, CALL_IN (1) }, { 16, CALL_IN (2) });
  stack[0] = stack[3] = registers.fp = 5;
  assert_true (prof_stack_witness_matches (&witness, &registers, &slice));
  stack[2]++;
  assert_false (prof_stack_witness_matches (&witness, &registers, &slice));
  stack[2]--;
  registers.sp += 8;
  assert_false (prof_stack_witness_matches (&witness, &registers, &slice));
}

static void
test_used_frame_pointer_decides (void **state)
{
  (void)state;
  Program program = { { saving_fp (16), cfa_fp, end_rule } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { STACK + 24, CALL_IN (1), 0, 9, CALL_IN (2) };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  Result result = unwind (&x86_64, &program, &registers, &slice, &witness);
  assert_int_equal (result.end, PROF_STACK_ROOT);
  ASSERT_WORDS (&witness, { 8, CALL_IN (1) }, { 0, STACK + 24 }, { 32, CALL_IN (2) });
  assert_false (witness.uses_fp);
}

static void
test_initial_frame_pointer_decides (void **state)
{
  (void)state;
  Program program = { { cfa_fp, end_rule } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 8 };
  const uint64_t stack[] = { 0, 0, CALL_IN (1) };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  unwind (&x86_64, &program, &registers, &slice, &witness);
  ASSERT_WORDS (&witness, { 16, CALL_IN (1) });
  assert_true (witness.uses_fp);
  assert_true (prof_stack_witness_matches (&witness, &registers, &slice));
  registers.fp += 8;
  assert_false (prof_stack_witness_matches (&witness, &registers, &slice));
}

/* Whether fp is 0 tells the root of code without a rule. */
static void
test_frame_pointer_of_the_root_decides (void **state)
{
  (void)state;
  Program program = { { saving_fp (16), { .kind = PROF_RULE_NONE } } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0, CALL_IN (1) };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  Result result = unwind (&x86_64, &program, &registers, &slice, &witness);
  assert_int_equal (result.end, PROF_STACK_ROOT);
  ASSERT_WORDS (&witness, { 8, CALL_IN (1) }, { 0, 0 });
}

static void
test_cut_stack_has_a_witness (void **state)
{
  (void)state;
  Program program = { { cfa_sp (8), cfa_sp (64) } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { CALL_IN (1), 0 };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  Result result = unwind (&x86_64, &program, &registers, &slice, &witness);
  assert_int_equal (result.end, PROF_STACK_SLICE_ENDED);
  ASSERT_WORDS (&witness, { 0, CALL_IN (1) });
}

static void
test_other_registers_refuse (void **state)
{
  (void)state;
  static const uint8_t kinds[] = { PROF_RULE_SLOW, PROF_RULE_CFA_REGISTER, PROF_RULE_SIGNAL };
  for (size_t i = 0; i < sizeof kinds; i++) {
    Program program = { { cfa_sp (8), { .kind = kinds[i] }, end_rule } };
    ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
    const uint64_t stack[40] = { CALL_IN (1) };
    const ProfStackSlice slice = SLICE (stack);
    ProfStackWitness witness;
    unwind (&x86_64, &program, &registers, &slice, &witness);
    assert_true (witness.is_refused);
    assert_false (prof_stack_witness_matches (&witness, &registers, &slice));
  }
}

/* aarch64: the leaf has not saved its return address. */
static void
test_link_register_refuses (void **state)
{
  (void)state;
  ProfUnwindOptions options = x86_64;
  options.arch = PROF_ARCH_AARCH64;
  Program program = { { { .kind = PROF_RULE_CFA_SP }, end_rule } };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .lr = CALL_IN (1) };
  const uint64_t stack[] = { 0 };
  const ProfStackSlice slice = SLICE (stack);
  ProfStackWitness witness;
  Result result = unwind (&options, &program, &registers, &slice, &witness);
  assert_int_equal (result.n, 2);
  assert_true (witness.is_refused);
}

/* ---- random programs and stacks ---- */

enum { N_WORDS = 32 };

typedef struct {
  ProfPrng prng;
  ProfUnwindOptions options;
  Program program;
  ProfUnwindRegisters registers;
  uint64_t stack[N_WORDS];
} Random;

static uint64_t
draw (Random *random, uint64_t n)
{
  return prof_prng_next (&random->prng) % n;
}

/* Return addresses, frame pointers, nulls, and what means nothing. */
static uint64_t
draw_word (Random *random)
{
  switch (draw (random, 21)) {
  case 0 ... 15:
    return CALL_IN (draw (random, N_FUNCTIONS));
  case 16 ... 18:
    return STACK + 8 * draw (random, N_WORDS + 1);
  case 19:
    return 0;
  default:
    return draw (random, 3) * FUNCTION (draw (random, 20)) + draw (random, 9);
  }
}

static ProfRule
draw_rule (Random *random)
{
  static const uint8_t kinds[]
      = { PROF_RULE_NONE,   PROF_RULE_CFA_SP, PROF_RULE_CFA_SP,       PROF_RULE_CFA_SP,
          PROF_RULE_CFA_FP, PROF_RULE_CFA_FP, PROF_RULE_CFA_FP_DEREF, PROF_RULE_CFA_SP_DEREF,
          PROF_RULE_PLT,    PROF_RULE_END };
  static const uint8_t refused[] = { PROF_RULE_CFA_REGISTER, PROF_RULE_SIGNAL, PROF_RULE_SLOW };
  bool is_refused = draw (random, 100) == 0;
  ProfRule rule = {
    .kind = is_refused ? refused[draw (random, 3)] : kinds[draw (random, sizeof kinds)],
    .flags = (uint8_t)draw (random, 16),
    .cfa_register = (uint8_t)draw (random, 34),
    .cfa_offset = draw (random, 8) == 0 ? 0 : 8 + 8 * (int32_t)draw (random, 2),
    .fp_offset = (int16_t)(-8 * (int)draw (random, 4)),
    .ra_offset = draw (random, 8) == 0 ? 0 : -8,
  };
  if (draw (random, 8) > 0)
    rule.flags |= PROF_RULE_RA_SAVED;
  if (draw (random, 4) > 0)
    rule.flags &= ~PROF_RULE_FP_UNDEFINED;
  return rule;
}

static void
draw_all (Random *random)
{
  random->options = (ProfUnwindOptions){
    .arch = draw (random, 4) == 0 ? PROF_ARCH_AARCH64 : PROF_ARCH_X86_64,
    .uses_tables = draw (random, 8) > 0,
    .uses_frame_pointers = draw (random, 4) > 0,
    .max_frames = 1 + draw (random, MAX_FRAMES),
  };
  for (size_t i = 0; i < N_FUNCTIONS; i++)
    random->program.rules[i] = draw_rule (random);
  for (size_t i = 0; i < N_WORDS; i++)
    random->stack[i] = draw_word (random);
  random->registers = (ProfUnwindRegisters){ .pc = CALL_IN (draw (random, N_FUNCTIONS)),
                                             .sp = STACK,
                                             .fp = draw_word (random),
                                             .lr = draw_word (random) };
}

static void
change_some (Random *random)
{
  if (draw (random, 4) == 0)
    random->registers.fp = draw_word (random);
  random->registers.lr = draw_word (random);
  random->registers.registers[3] = draw_word (random);
  for (size_t n = 1 + draw (random, 3); n > 0; n--)
    random->stack[draw (random, N_WORDS)] = draw_word (random);
}

static bool
is_word (const ProfStackWitness *witness, size_t word)
{
  for (size_t i = 0; i < witness->n_words; i++)
    if (witness->words[i].offset == 8 * word)
      return true;
  return false;
}

static void
change_all_that_did_not_decide (Random *random, const ProfStackWitness *witness)
{
  if (!witness->uses_fp)
    random->registers.fp = draw_word (random);
  random->registers.lr = draw_word (random);
  random->registers.registers[3] = draw_word (random);
  for (size_t i = 0; i < N_WORDS; i++)
    if (!is_word (witness, i))
      random->stack[i] = draw_word (random);
}

static Result
unwind_random (Random *random, ProfStackWitness *witness)
{
  const ProfStackSlice slice = SLICE (random->stack);
  return unwind (&random->options, &random->program, &random->registers, &slice, witness);
}

static bool
matches (const Random *random, const ProfStackWitness *witness)
{
  const ProfStackSlice slice = SLICE (random->stack);
  return prof_stack_witness_matches (witness, &random->registers, &slice);
}

static void
test_what_matches_unwinds_alike (void **state)
{
  (void)state;
  enum { N_PROGRAMS = 100000, N_CHANGES = 8 };
  static Random random = { { 3 } };
  static ProfStackWitness witness;
  size_t n_witnesses = 0, n_matches = 0, n_deep = 0;
  for (size_t i = 0; i < N_PROGRAMS; i++) {
    draw_all (&random);
    Result result = unwind_random (&random, &witness);
    assert_true (witness.is_refused || matches (&random, &witness));
    for (size_t j = 0; j < N_CHANGES && !witness.is_refused; j++) {
      Random changed = random;
      if (j < 3)
        change_all_that_did_not_decide (&changed, &witness);
      else
        change_some (&changed);
      bool is_match = matches (&changed, &witness);
      assert_true (is_match || j >= 3);
      Result other = unwind_random (&changed, NULL);
      if (is_match)
        assert_memory_equal (&other, &result, sizeof result);
      n_matches += is_match;
      random.prng = changed.prng;
    }
    n_witnesses += !witness.is_refused;
    n_deep += !witness.is_refused && result.n > 4;
  }
  assert_true (n_witnesses > N_PROGRAMS / 2);
  assert_true (n_matches > 3 * n_witnesses && n_matches < N_CHANGES * n_witnesses);
  assert_true (n_deep > N_PROGRAMS / 100);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_return_addresses_decide),
    cmocka_unit_test (test_unused_frame_pointer_does_not),
    cmocka_unit_test (test_used_frame_pointer_decides),
    cmocka_unit_test (test_initial_frame_pointer_decides),
    cmocka_unit_test (test_frame_pointer_of_the_root_decides),
    cmocka_unit_test (test_cut_stack_has_a_witness),
    cmocka_unit_test (test_other_registers_refuse),
    cmocka_unit_test (test_link_register_refuses),
    cmocka_unit_test (test_what_matches_unwinds_alike),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
