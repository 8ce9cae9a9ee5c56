/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwind-rule.h"

#include "cfi-elf.h"
#include "tests.h"
#include "unwind/cfi.h"

static ProfRule
compile (const ProfRegisterMap *map, const EhFrame *section, uint64_t vaddr)
{
  ProfModule *module = cfi_elf_new_module (map->elf_machine, section->bytes, section->n, NULL, 0);
  ProfCfi *cfi = NULL;
  assert_int_equal (prof_cfi_new (map, module, &cfi), 0);
  ProfRule rule = prof_cfi_get_rule (cfi, vaddr);
  prof_cfi_free (cfi);
  prof_module_unref (module);
  return rule;
}

/* The row of `program` at FDE_START, on x86-64: CFA = rsp + 8, RA at CFA - 8 to begin with. */
#define COMPILE(...)                                                                               \
  compile_x86_64 ((const uint8_t[]){ __VA_ARGS__ }, sizeof ((const uint8_t[]){ __VA_ARGS__ }))

static ProfRule
compile_x86_64 (const uint8_t *program, size_t n)
{
  static const uint8_t initial[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };
  EhFrame section = make_eh_frame ("zR", 16, initial, sizeof initial, program, n);
  return compile (&prof_register_map_x86_64, &section, FDE_START);
}

static void
assert_rule (ProfRule rule, ProfRuleKind kind, unsigned flags, int cfa_offset, int fp_offset)
{
  assert_int_equal (rule.kind, kind);
  assert_int_equal (rule.flags, flags);
  assert_int_equal (rule.cfa_offset, cfa_offset);
  assert_int_equal (rule.fp_offset, fp_offset);
  assert_int_equal (rule.ra_offset, flags & PROF_RULE_RA_SAVED ? -8 : 0);
}

static void
rows_of_compilers (void **state)
{
  (void)state;
  assert_rule (COMPILE (DW_CFA_nop), PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, 8, 0);
  assert_rule (COMPILE (DW_CFA_def_cfa_offset, 0x90, 1), PROF_RULE_CFA_SP, PROF_RULE_RA_SAVED, 144,
               0);
  assert_rule (COMPILE (DW_CFA_def_cfa_offset, 16, DW_CFA_offset | 6, 2), PROF_RULE_CFA_SP,
               PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED, 16, -16);
  assert_rule (COMPILE (DW_CFA_def_cfa, 6, 16, DW_CFA_offset | 6, 2), PROF_RULE_CFA_FP,
               PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED, 16, -16);
  assert_rule (COMPILE (DW_CFA_undefined, 6), PROF_RULE_CFA_SP,
               PROF_RULE_RA_SAVED | PROF_RULE_FP_UNDEFINED, 8, 0);
}

static void
other_register (void **state)
{
  (void)state;
  ProfRule rule = COMPILE (DW_CFA_def_cfa, 10, 0);
  assert_rule (rule, PROF_RULE_CFA_REGISTER, PROF_RULE_RA_SAVED, 0, 0);
  assert_int_equal (rule.cfa_register, 10);
}

static void
realigned_stack (void **state)
{
  (void)state;
  ProfRule rule = COMPILE (DW_CFA_def_cfa_expression, 3, DW_OP_breg6, 0x78, DW_OP_deref,
                           DW_CFA_expression, 6, 2, DW_OP_breg6, 0);
  assert_rule (rule, PROF_RULE_CFA_FP_DEREF,
               PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED | PROF_RULE_FP_AT_FP, -8, 0);
  rule = COMPILE (DW_CFA_def_cfa_expression, 3, DW_OP_breg7, 16, DW_OP_deref);
  assert_rule (rule, PROF_RULE_CFA_SP_DEREF, PROF_RULE_RA_SAVED, 16, 0);
}

static void
plt (void **state)
{
  (void)state;
  ProfRule rule
      = COMPILE (DW_CFA_def_cfa_expression, 11, DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15,
                 DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus);
  assert_rule (rule, PROF_RULE_PLT, PROF_RULE_RA_SAVED, 11, 0);
}

static void
stack_end_and_signal (void **state)
{
  (void)state;
  assert_int_equal (COMPILE (DW_CFA_undefined, 16).kind, PROF_RULE_END);
  static const uint8_t initial[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };
  EhFrame section = make_eh_frame ("zRS", 16, initial, sizeof initial, NULL, 0);
  assert_int_equal (compile (&prof_register_map_x86_64, &section, FDE_START).kind,
                    PROF_RULE_SIGNAL);
}

static void
no_rule_outside_the_function (void **state)
{
  (void)state;
  static const uint8_t initial[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };
  EhFrame section = make_eh_frame ("zR", 16, initial, sizeof initial, NULL, 0);
  const ProfRegisterMap *map = &prof_register_map_x86_64;
  assert_int_equal (compile (map, &section, FDE_START - 1).kind, PROF_RULE_NONE);
  assert_int_equal (compile (map, &section, FDE_START + FDE_BYTES - 1).kind, PROF_RULE_CFA_SP);
  assert_int_equal (compile (map, &section, FDE_START + FDE_BYTES).kind, PROF_RULE_NONE);
}

/* Hand-written code: the return address in rdi (vfork), a CFA that is computed, far offsets. */
static void
slow_rows (void **state)
{
  (void)state;
  assert_int_equal (COMPILE (DW_CFA_register, 16, 5).kind, PROF_RULE_SLOW);
  assert_int_equal (COMPILE (DW_CFA_def_cfa_expression, 4, DW_OP_breg7, 0, DW_OP_lit8, DW_OP_plus)
                        .kind,
                    PROF_RULE_SLOW);
  assert_int_equal (COMPILE (DW_CFA_offset_extended, 6, 0x80, 0x80, 2).kind, PROF_RULE_SLOW);
  assert_int_equal (COMPILE (DW_CFA_val_offset, 6, 2).kind, PROF_RULE_SLOW);
}

static void
aarch64_rows (void **state)
{
  (void)state;
  static const uint8_t initial[] = { DW_CFA_def_cfa, 31, 0 };
  static const uint8_t pair[]
      = { DW_CFA_GNU_window_save, /* that is negate_ra_state here */
          DW_CFA_def_cfa_offset,  32, DW_CFA_offset | 29, 4, DW_CFA_offset | 30, 3 };
  const ProfRegisterMap *map = &prof_register_map_aarch64;
  EhFrame leaf = make_eh_frame ("zR", 30, initial, sizeof initial, NULL, 0);
  assert_rule (compile (map, &leaf, FDE_START), PROF_RULE_CFA_SP, 0, 0, 0);
  EhFrame saved = make_eh_frame ("zR", 30, initial, sizeof initial, pair, sizeof pair);
  ProfRule rule = compile (map, &saved, FDE_START);
  assert_int_equal (rule.kind, PROF_RULE_CFA_SP);
  assert_int_equal (rule.flags, PROF_RULE_RA_SAVED | PROF_RULE_FP_SAVED);
  assert_int_equal (rule.cfa_offset, 32);
  assert_int_equal (rule.fp_offset, -32);
  assert_int_equal (rule.ra_offset, -24);
  static const uint8_t end[] = { DW_CFA_undefined, 30 };
  EhFrame start = make_eh_frame ("zR", 30, initial, sizeof initial, end, sizeof end);
  assert_int_equal (compile (map, &start, FDE_START).kind, PROF_RULE_END);
}

/* ---- the slow step ---- */

static bool
step_slowly (const uint8_t *program,
             size_t n,
             const uint64_t *stack,
             size_t n_words,
             ProfUnwindRegisters *registers)
{
  static const uint8_t initial[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };
  EhFrame section = make_eh_frame ("zR", 16, initial, sizeof initial, program, n);
  ProfModule *module = cfi_elf_new_module (EM_X86_64, section.bytes, section.n, NULL, 0);
  ProfCfi *cfi = NULL;
  assert_int_equal (prof_cfi_new (&prof_register_map_x86_64, module, &cfi), 0);
  ProfStackSlice slice = { 0x10000, (const uint8_t *)stack, 8 * n_words };
  bool has_stepped = prof_cfi_step (cfi, FDE_START, &slice, registers);
  prof_cfi_free (cfi);
  prof_module_unref (module);
  return has_stepped;
}

static void
steps_by_expressions (void **state)
{
  (void)state;
  /* CFA = *rsp * 8 + rsp; rbp at *(CFA - 8); the return address in rdi */
  static const uint8_t program[] = { DW_CFA_def_cfa_expression,
                                     7,
                                     DW_OP_breg7,
                                     0,
                                     DW_OP_dup,
                                     DW_OP_deref,
                                     DW_OP_lit3,
                                     DW_OP_shl,
                                     DW_OP_plus,
                                     DW_CFA_expression,
                                     6,
                                     3,
                                     DW_OP_lit8,
                                     DW_OP_minus,
                                     DW_OP_deref,
                                     DW_CFA_register,
                                     16,
                                     5 };
  const uint64_t stack[] = { 4, 77, 0, 0x10008 };
  ProfUnwindRegisters registers = { .pc = FDE_START, .sp = 0x10000, .has_registers = true };
  registers.registers[5] = 0x4444;
  assert_true (step_slowly (program, sizeof program, stack, 4, &registers));
  assert_int_equal (registers.pc, 0x4444);
  assert_int_equal (registers.sp, 0x10020);
  assert_int_equal (registers.fp, 77);
}

static void
slow_step_fails_without_harm (void **state)
{
  (void)state;
  static const struct {
    size_t n;
    uint8_t bytes[8];
  } programs[] = {
    { 3, { DW_CFA_register, 16, 5 } },                               /* rdi is not known */
    { 3, { DW_CFA_def_cfa_expression, 1, DW_OP_plus } },             /* nothing there to add */
    { 4, { DW_CFA_def_cfa_expression, 2, DW_OP_lit0, DW_OP_deref } } /* no stack there */
  };
  const uint64_t stack[] = { 1, 2 };
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    ProfUnwindRegisters registers = { .pc = FDE_START, .sp = 0x10000 };
    assert_false (step_slowly (programs[i].bytes, programs[i].n, stack, 2, &registers));
    assert_int_equal (registers.sp, 0x10000);
  }
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (rows_of_compilers),
    cmocka_unit_test (other_register),
    cmocka_unit_test (realigned_stack),
    cmocka_unit_test (plt),
    cmocka_unit_test (stack_end_and_signal),
    cmocka_unit_test (no_rule_outside_the_function),
    cmocka_unit_test (slow_rows),
    cmocka_unit_test (aarch64_rows),
    cmocka_unit_test (steps_by_expressions),
    cmocka_unit_test (slow_step_fails_without_harm),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
