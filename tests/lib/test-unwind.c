/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwind.h"

#include "tests.h"

/* Literal code, stacks and rules: functions are 0x100 bytes long, from CODE on; function i has
 * rules[i]. The stack is at STACK. */

enum { CODE = 0x1000, FUNCTION_BYTES = 0x100, STACK = 0x10000, MAX_FRAMES = 16 };

#define FUNCTION(i) (CODE + (i)*FUNCTION_BYTES)
#define CALL_IN(i) (FUNCTION (i) + 0x20) /* a return address in function i */

typedef struct {
  ProfRule rules[8];
  size_t n_rules;
  uint64_t asked_pc;             /* by the latest get_rule */
  ProfUnwindRegisters slow_step; /* what step_slowly gives; pc 0: it cannot */
  size_t n_slow_steps;
} Program;

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  Program *program = user_data;
  program->asked_pc = pc;
  uint64_t function = (pc - CODE) / FUNCTION_BYTES;
  return pc >= CODE && function < program->n_rules ? program->rules[function]
                                                   : (ProfRule){ .kind = PROF_RULE_NONE };
}

static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  (void)pc;
  Program *program = user_data;
  program->n_slow_steps++;
  *registers = program->slow_step;
  return program->slow_step.pc != 0;
}

static bool
is_code (void *user_data, uint64_t pc)
{
  (void)user_data;
  return pc >= CODE && pc < FUNCTION (8);
}

static bool
is_behind_call (void *user_data, uint64_t address)
{
  (void)user_data;
  return address % FUNCTION_BYTES == CALL_IN (0) % FUNCTION_BYTES;
}

typedef struct {
  uint64_t pcs[MAX_FRAMES];
  size_t n;
  ProfStackEnd end;
} Result;

static const ProfUnwindOptions x86_64
    = { PROF_ARCH_X86_64, .uses_tables = true, .uses_frame_pointers = true, MAX_FRAMES };
static const ProfUnwindOptions aarch64
    = { PROF_ARCH_AARCH64, .uses_tables = true, .uses_frame_pointers = true, MAX_FRAMES };

static Result
unwind (const ProfUnwindOptions *options,
        Program *program,
        const ProfUnwindRegisters *registers,
        const uint64_t *words,
        size_t n_words)
{
  ProfUnwindWorld world = { get_rule, step_slowly, is_code, is_behind_call, program };
  ProfStackSlice slice = { STACK, (const uint8_t *)words, 8 * n_words };
  Result result;
  result.n = prof_unwind (options, &world, registers, &slice, result.pcs, &result.end);
  return result;
}

#define UNWIND(options, program, registers, words)                                                 \
  unwind (options, program, registers, words, sizeof (words) / sizeof *(words))

static void
assert_pcs (const Result *result, ProfStackEnd end, size_t n, const uint64_t *pcs)
{
  assert_int_equal (result->end, end);
  assert_int_equal (result->n, n);
  for (size_t i = 0; i < n; i++)
    assert_int_equal (result->pcs[i], pcs[i]);
}

#define ASSERT_PCS(result, end, ...)                                                               \
  assert_pcs (result, end, sizeof ((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ })

/* The rule of x86-64 code after `sub $n - 8, %rsp`. */
static ProfRule
cfa_sp (int32_t n)
{
  return (ProfRule){ PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, .cfa_offset = n, .ra_offset = -8 };
}

static const ProfRule end_rule = { .kind = PROF_RULE_END };

static void
steps_by_stack_pointer (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (16), cfa_sp (8), end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0, CALL_IN (1), CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
}

/* A call that never returns can be the last instruction of its function. */
static void
rules_are_asked_inside_the_call (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (8), end_rule }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { FUNCTION (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), FUNCTION (2) - 1);
  assert_int_equal (program.asked_pc, FUNCTION (2) - 1);
}

static void
restores_the_frame_pointer (void **state)
{
  (void)state;
  ProfRule saves = cfa_sp (24);
  saves.flags |= PROF_RULE_FP_SAVED;
  saves.fp_offset = -16;
  ProfRule uses = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED, .cfa_offset = 16, .ra_offset = -8 };
  Program program = { .rules = { saves, uses, end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 1 };
  const uint64_t stack[] = { 0, STACK + 32, CALL_IN (1), 0, 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
}

/* After `pop %rbp` and before `ret`. */
static void
popped_frame_pointer_is_kept (void **state)
{
  (void)state;
  ProfRule saves = cfa_sp (8);
  saves.flags |= PROF_RULE_FP_SAVED;
  saves.fp_offset = -16;
  ProfRule uses = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED, .cfa_offset = 16, .ra_offset = -8 };
  Program program = { .rules = { saves, uses, end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 16 };
  const uint64_t stack[] = { CALL_IN (1), 0, 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
}

static void
undefined_frame_pointer_is_forgotten (void **state)
{
  (void)state;
  ProfRule clobbers = cfa_sp (8);
  clobbers.flags |= PROF_RULE_FP_UNDEFINED;
  Program program = { .rules = { clobbers }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 16 };
  const uint64_t stack[] = { CALL_IN (1), 0, 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1); /* fp 0 ends a stack */
}

/* The row of the second frame names rbx: the first step is done again, slowly. */
static void
other_register_is_recovered (void **state)
{
  (void)state;
  ProfRule by_rbx = { .kind = PROF_RULE_CFA_REGISTER,
                      .flags = PROF_RULE_RA_SAVED,
                      .cfa_register = 3,
                      .cfa_offset = 8,
                      .ra_offset = -8 };
  Program program = { .rules = { cfa_sp (8), by_rbx, end_rule }, .n_rules = 3 };
  program.slow_step
      = (ProfUnwindRegisters){ .pc = CALL_IN (1), .sp = STACK + 8, .has_registers = true };
  program.slow_step.registers[3] = STACK + 16;
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .has_registers = true };
  const uint64_t stack[] = { CALL_IN (1), 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
  program.slow_step.sp += 8; /* not the frame that the rules came to */
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0), CALL_IN (1) - 1);
}

/* Else damaged CFI could have every frame of a deep stack walk all the others again. */
static void
deep_stacks_are_not_walked_again (void **state)
{
  (void)state;
  enum { DEPTH = 2000 };
  static uint64_t stack[DEPTH], pcs[DEPTH + 1];
  ProfRule by_rbx = { PROF_RULE_CFA_REGISTER, PROF_RULE_RA_SAVED, .cfa_register = 3,
                      .cfa_offset = 8, .ra_offset = -8 };
  Program program = { .rules = { cfa_sp (8), by_rbx }, .n_rules = 2 };
  program.slow_step = (ProfUnwindRegisters){ .pc = CALL_IN (0), .has_registers = true };
  for (size_t i = 0; i < DEPTH; i++)
    stack[i] = i + 1 < DEPTH ? CALL_IN (0) : CALL_IN (1);
  ProfUnwindOptions options = x86_64;
  options.max_frames = DEPTH + 1;
  ProfUnwindWorld world = { get_rule, step_slowly, is_code, NULL, &program };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .has_registers = true };
  ProfStackSlice slice = { STACK, (const uint8_t *)stack, sizeof stack };
  ProfStackEnd end;
  assert_int_equal (prof_unwind (&options, &world, &registers, &slice, pcs, &end), DEPTH + 1);
  assert_int_equal (end, PROF_STACK_NO_UNWIND_DATA);
  assert_int_equal (program.n_slow_steps, 0);
}

static void
other_register_serves_the_first_frame (void **state)
{
  (void)state;
  ProfRule by_r10 = { PROF_RULE_CFA_REGISTER, PROF_RULE_RA_SAVED, .cfa_register = 10,
                      .cfa_offset = 8, .ra_offset = -8 };
  Program program = { .rules = { by_r10, by_r10 }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .has_registers = true };
  registers.registers[10] = STACK + 8;
  const uint64_t stack[] = { 0, CALL_IN (1), CALL_IN (1) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0), CALL_IN (1) - 1);
  program.rules[0].cfa_register = 200;
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0));
}

/* main () with an aligned variable, as GCC writes it: CFA = *(rbp - 8), rbp at rbp + 0. */
static void
realigned_stack (void **state)
{
  (void)state;
  ProfRule realigned
      = { PROF_RULE_CFA_FP_DEREF, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED | PROF_RULE_FP_AT_FP,
          .cfa_offset = -8, .fp_offset = 0, .ra_offset = -8 };
  ProfRule uses = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED, .cfa_offset = 16, .ra_offset = -8 };
  Program program = { .rules = { realigned, uses, end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 8 };
  const uint64_t stack[] = { STACK + 40, STACK + 48, 0, 0, CALL_IN (1), 0, 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
}

static void
cfa_behind_the_stack_pointer (void **state)
{
  (void)state;
  ProfRule rule = { PROF_RULE_CFA_SP_DEREF, PROF_RULE_RA_SAVED, .cfa_offset = 8, .ra_offset = -8 };
  Program program = { .rules = { rule, end_rule }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0, STACK + 24, CALL_IN (1) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1);
}

/* A PLT entry pushes its relocation's number in its 11th byte. */
static void
plt_entry (void **state)
{
  (void)state;
  ProfRule plt = { PROF_RULE_PLT, PROF_RULE_RA_SAVED, .cfa_offset = 11, .ra_offset = -8 };
  Program program = { .rules = { plt, end_rule, end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0) + 10, .sp = STACK };
  const uint64_t stack[] = { CALL_IN (1), CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0) + 10, CALL_IN (1) - 1);
  registers.pc = FUNCTION (0) + 11;
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0) + 11, CALL_IN (2) - 1);
}

/* A handler, the trampoline it returns to, and the function that was interrupted in the middle. */
static void
signal_frame (void **state)
{
  (void)state;
  ProfRule trampoline = { .kind = PROF_RULE_SIGNAL };
  ProfRule by_rbx = { PROF_RULE_CFA_REGISTER, PROF_RULE_RA_SAVED, .cfa_register = 3,
                      .cfa_offset = 16, .ra_offset = -8 };
  Program program = { .rules = { cfa_sp (8), trampoline, by_rbx, end_rule }, .n_rules = 4 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  uint64_t stack[40] = { [0] = CALL_IN (1) };
  uint64_t *gregs = stack + 1 + 5; /* REG_R8 first */
  gregs[11] = STACK + 8 * 36;      /* REG_RBX */
  gregs[15] = STACK + 8 * 35;      /* REG_RSP */
  gregs[16] = FUNCTION (2);        /* REG_RIP, on the function's first byte */
  stack[37] = CALL_IN (3);
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1), FUNCTION (2), CALL_IN (3) - 1);
}

static void
signal_on_an_alternate_stack (void **state)
{
  (void)state;
  ProfRule trampoline = { .kind = PROF_RULE_SIGNAL };
  Program program = { .rules = { cfa_sp (8), trampoline, cfa_sp (8) }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  uint64_t stack[40] = { [0] = CALL_IN (1) };
  stack[6 + 15] = STACK + 0x100000;
  stack[6 + 16] = FUNCTION (2);
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_SLICE_ENDED, FUNCTION (0), CALL_IN (1), FUNCTION (2));
}

static void
signal_that_interrupts_itself (void **state)
{
  (void)state;
  ProfRule trampoline = { .kind = PROF_RULE_SIGNAL };
  Program program = { .rules = { trampoline }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  uint64_t stack[40] = { 0 };
  stack[5 + 15] = STACK;
  stack[5 + 16] = FUNCTION (0);
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_LOOP, FUNCTION (0));
}

static void
slow_step (void **state)
{
  (void)state;
  Program program = { .rules = { { .kind = PROF_RULE_SLOW }, end_rule }, .n_rules = 2 };
  program.slow_step = (ProfUnwindRegisters){ .pc = CALL_IN (1), .sp = STACK + 16 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0 };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1);
  program.slow_step.sp = STACK - 8;
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_LOOP, FUNCTION (0));
  program.slow_step.pc = 0;
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0));
}

static void
return_address_of_zero_is_the_root (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (8) }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0 };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0));
}

static void
slice_ends (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (8), cfa_sp (64) }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { CALL_IN (1), 0 };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_SLICE_ENDED, FUNCTION (0), CALL_IN (1) - 1);
  result = unwind (&x86_64, &program, &registers, stack, 0);
  ASSERT_PCS (&result, PROF_STACK_SLICE_ENDED, FUNCTION (0));
}

static void
bad_addresses (void **state)
{
  (void)state;
  ProfRule by_fp = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED, .cfa_offset = 16, .ra_offset = -8 };
  Program program = { .rules = { by_fp }, .n_rules = 1 };
  const uint64_t stack[] = { CALL_IN (1), CALL_IN (1), CALL_IN (1) };
  static const uint64_t frame_pointers[] = { 0, STACK - 64, STACK + 1, -(uint64_t)16 };
  for (size_t i = 0; i < sizeof frame_pointers / sizeof *frame_pointers; i++) {
    ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = frame_pointers[i] };
    Result result = UNWIND (&x86_64, &program, &registers, stack);
    assert_int_equal (result.n, 1);
    assert_true (result.end == PROF_STACK_BAD_READ || result.end == PROF_STACK_SLICE_ENDED);
  }
}

static void
return_address_that_is_no_code (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (8) }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0x41414141, 0 };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_BAD_READ, FUNCTION (0));
}

static void
loop_ends (void **state)
{
  (void)state;
  ProfRule stays = { PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, .cfa_offset = 0, .ra_offset = 0 };
  Program program = { .rules = { stays }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { CALL_IN (0) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  assert_int_equal (result.end, PROF_STACK_LOOP);
  assert_in_range (result.n, 1, 2);
}

static void
depth_is_limited (void **state)
{
  (void)state;
  Program program = { .rules = { cfa_sp (8), end_rule }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  uint64_t stack[MAX_FRAMES];
  for (size_t i = 0; i < MAX_FRAMES; i++)
    stack[i] = CALL_IN (0);
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  assert_int_equal (result.end, PROF_STACK_DEPTH_LIMIT);
  assert_int_equal (result.n, MAX_FRAMES);
  stack[MAX_FRAMES - 2] = CALL_IN (1); /* the root is just within the limit */
  result = UNWIND (&x86_64, &program, &registers, stack);
  assert_int_equal (result.end, PROF_STACK_ROOT);
  assert_int_equal (result.n, MAX_FRAMES);
}

static const uint64_t frame_pointer_stack[] = {
  0, STACK + 24, CALL_IN (1), STACK + 48, CALL_IN (2), 0, 0, CALL_IN (3),
};

static void
frame_pointers_where_there_is_no_rule (void **state)
{
  (void)state;
  Program program = { .n_rules = 0 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 8 };
  Result result = UNWIND (&x86_64, &program, &registers, frame_pointer_stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1,
              CALL_IN (3) - 1);
}

static void
frame_pointers_only (void **state)
{
  (void)state;
  ProfUnwindOptions options = x86_64;
  options.uses_tables = false;
  Program program = { .rules = { cfa_sp (8), cfa_sp (8) }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 8 };
  Result result = UNWIND (&options, &program, &registers, frame_pointer_stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1,
              CALL_IN (3) - 1);
  assert_int_equal (program.asked_pc, 0);
}

static void
tables_only (void **state)
{
  (void)state;
  ProfUnwindOptions options = x86_64;
  options.uses_frame_pointers = false;
  Program program = { .rules = { cfa_sp (24) }, .n_rules = 1 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK + 24 };
  Result result = UNWIND (&options, &program, &registers, frame_pointer_stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0), CALL_IN (1) - 1);
}

static void
frame_pointers_are_checked (void **state)
{
  (void)state;
  Program program = { .n_rules = 0 };
  static const struct {
    uint64_t fp;
    ProfStackEnd end;
  } cases[] = {
    { 0, PROF_STACK_NO_UNWIND_DATA },
    { STACK - 8, PROF_STACK_NO_UNWIND_DATA },
    { STACK + 12, PROF_STACK_NO_UNWIND_DATA },
    { STACK, PROF_STACK_NO_UNWIND_DATA }, /* the word behind it is no code */
    { STACK + 64, PROF_STACK_SLICE_ENDED },
    { UINT64_MAX - 7, PROF_STACK_BAD_READ },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = cases[i].fp };
    Result result = UNWIND (&x86_64, &program, &registers, frame_pointer_stack);
    ASSERT_PCS (&result, cases[i].end, FUNCTION (0));
  }
}

/* A hand-written leaf without CFI, called from a function that has it. */
static void
leaf_without_rule (void **state)
{
  (void)state;
  Program program = { .rules = { { PROF_RULE_NONE }, cfa_sp (16), end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 7 };
  const uint64_t stack[] = { CALL_IN (1), 0, CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
}

/* ---- aarch64 ---- */

/* Function 1 has neither a table nor a frame pointer: only where nothing that looks like a return
 * address is before the outermost frame's, that is its caller. */
static void
outermost_frame_is_looked_for (void **state)
{
  (void)state;
  ProfRule none = { .kind = PROF_RULE_NONE };
  Program program = { .rules = { cfa_sp (8), none, end_rule }, .n_rules = 3 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 7 };
  const uint64_t stack[] = { CALL_IN (1), 99, FUNCTION (1), FUNCTION (2), CALL_IN (2) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1);
  const uint64_t with_another[] = { CALL_IN (1), 99, CALL_IN (0), CALL_IN (2) };
  result = UNWIND (&x86_64, &program, &registers, with_another);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0), CALL_IN (1) - 1);
}

static void
search_for_the_outermost_frame_is_bounded (void **state)
{
  (void)state;
  ProfRule none = { .kind = PROF_RULE_NONE };
  Program program = { .rules = { none, end_rule }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .fp = 7 };
  uint64_t stack[200] = { [127] = CALL_IN (1) };
  Result result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1);
  result = unwind (&x86_64, &program, &registers, stack, 127);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0));
  stack[127] = 0;
  stack[128] = CALL_IN (1);
  result = UNWIND (&x86_64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0));
}

static void
aarch64_leaf_and_pairs (void **state)
{
  (void)state;
  ProfRule leaf = { .kind = PROF_RULE_CFA_SP };
  ProfRule pair = { PROF_RULE_CFA_FP, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED, .cfa_offset = 32,
                    .fp_offset = -32, .ra_offset = -24 };
  Program program = { .rules = { leaf, pair, pair, end_rule }, .n_rules = 4 };
  ProfUnwindRegisters registers
      = { .pc = FUNCTION (0), .sp = STACK, .fp = STACK, .lr = CALL_IN (1) };
  const uint64_t stack[] = { STACK + 32, CALL_IN (2), 0, 0, 0, CALL_IN (3), 0, 0 };
  Result result = UNWIND (&aarch64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1, CALL_IN (2) - 1,
              CALL_IN (3) - 1);
}

static void
aarch64_lr_is_gone_after_a_call (void **state)
{
  (void)state;
  ProfRule leaf = { .kind = PROF_RULE_CFA_SP, .cfa_offset = 16 };
  Program program = { .rules = { leaf, leaf }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .lr = CALL_IN (1) };
  const uint64_t stack[] = { 0, 0, 0, 0 };
  Result result = UNWIND (&aarch64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_NO_UNWIND_DATA, FUNCTION (0), CALL_IN (1) - 1);
}

static void
aarch64_signed_return_address (void **state)
{
  (void)state;
  ProfRule pair = { PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED, .cfa_offset = 16,
                    .fp_offset = -16, .ra_offset = -8 };
  Program program = { .rules = { pair, end_rule }, .n_rules = 2 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK };
  const uint64_t stack[] = { 0, 0x3a7f000000000000 | CALL_IN (1) };
  Result result = UNWIND (&aarch64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1) - 1);
}

static void
aarch64_signal_frame (void **state)
{
  (void)state;
  ProfRule leaf = { .kind = PROF_RULE_CFA_SP };
  Program program
      = { .rules = { leaf, { .kind = PROF_RULE_SIGNAL }, leaf, end_rule }, .n_rules = 4 };
  ProfUnwindRegisters registers = { .pc = FUNCTION (0), .sp = STACK, .lr = CALL_IN (1) };
  uint64_t stack[80] = { 0 };
  uint64_t *regs = stack + 312 / 8;
  regs[30] = CALL_IN (3);
  regs[31] = STACK + 8 * 79;
  regs[32] = FUNCTION (2);
  Result result = UNWIND (&aarch64, &program, &registers, stack);
  ASSERT_PCS (&result, PROF_STACK_ROOT, FUNCTION (0), CALL_IN (1), FUNCTION (2), CALL_IN (3) - 1);
}

static void
ends_have_names (void **state)
{
  (void)state;
  assert_string_equal (prof_stack_end_get_name (PROF_STACK_ROOT), "root");
  assert_string_equal (prof_stack_end_get_name (PROF_STACK_LOOP), "loop");
  assert_string_equal (prof_stack_end_get_name (PROF_STACK_N_ENDS), "");
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (steps_by_stack_pointer),
    cmocka_unit_test (rules_are_asked_inside_the_call),
    cmocka_unit_test (restores_the_frame_pointer),
    cmocka_unit_test (popped_frame_pointer_is_kept),
    cmocka_unit_test (undefined_frame_pointer_is_forgotten),
    cmocka_unit_test (other_register_serves_the_first_frame),
    cmocka_unit_test (other_register_is_recovered),
    cmocka_unit_test (deep_stacks_are_not_walked_again),
    cmocka_unit_test (realigned_stack),
    cmocka_unit_test (cfa_behind_the_stack_pointer),
    cmocka_unit_test (plt_entry),
    cmocka_unit_test (signal_frame),
    cmocka_unit_test (signal_on_an_alternate_stack),
    cmocka_unit_test (signal_that_interrupts_itself),
    cmocka_unit_test (slow_step),
    cmocka_unit_test (return_address_of_zero_is_the_root),
    cmocka_unit_test (slice_ends),
    cmocka_unit_test (bad_addresses),
    cmocka_unit_test (return_address_that_is_no_code),
    cmocka_unit_test (loop_ends),
    cmocka_unit_test (depth_is_limited),
    cmocka_unit_test (frame_pointers_where_there_is_no_rule),
    cmocka_unit_test (frame_pointers_only),
    cmocka_unit_test (tables_only),
    cmocka_unit_test (frame_pointers_are_checked),
    cmocka_unit_test (leaf_without_rule),
    cmocka_unit_test (outermost_frame_is_looked_for),
    cmocka_unit_test (search_for_the_outermost_frame_is_bounded),
    cmocka_unit_test (aarch64_leaf_and_pairs),
    cmocka_unit_test (aarch64_lr_is_gone_after_a_call),
    cmocka_unit_test (aarch64_signed_return_address),
    cmocka_unit_test (aarch64_signal_frame),
    cmocka_unit_test (ends_have_names),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
