/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/cfi.h"

#include <errno.h>
#include <gelf.h>
#include <gnu/libc-version.h>
#include <link.h>

#include "base/prng.h"
#include "cfi-elf.h"
#include "own-stack.h"
#include "unwind/unwind-rule.h"

/* ---- damaged sections ---- */

static const uint8_t initial[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };

static EhFrame
with_program (const uint8_t *program, size_t n)
{
  return make_eh_frame ("zR", 16, initial, sizeof initial, program, n);
}

static int
open_cfi (const EhFrame *section, const uint8_t *hdr, size_t n_hdr)
{
  ProfModule *module = cfi_elf_new_module (EM_X86_64, section->bytes, section->n, hdr, n_hdr);
  ProfCfi *cfi = NULL;
  int r = prof_cfi_new (&prof_register_map_x86_64, module, &cfi);
  prof_cfi_free (cfi);
  prof_module_unref (module);
  return r;
}

static void
damaged_programs_are_not_used (void **state)
{
  (void)state;
  static const struct {
    size_t n;
    uint8_t bytes[8];
  } programs[] = {
    { 5, { DW_CFA_undefined, 0xff, 0xff, 0xff, 0x3f } }, /* a row of 2 GiB */
    { 7, { 0, 0, 0, 0, 0, 0, DW_CFA_advance_loc4 } },    /* its operand is not there */
    { 2, { DW_CFA_def_cfa_expression, 0x7f } },          /* longer than the entry */
    { 7, { 0, 0, 0, 0, 0, DW_CFA_offset, 0x80 } },       /* a number without end */
  };
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    EhFrame section = with_program (programs[i].bytes, programs[i].n);
    assert_int_equal (open_cfi (&section, NULL, 0), -ENODATA);
  }
}

static void
damaged_entries_are_not_used (void **state)
{
  (void)state;
  EhFrame good = with_program (NULL, 0);
  assert_int_equal (open_cfi (&good, NULL, 0), 0);
  EhFrame cut = good;
  cut.n -= 4;
  assert_int_equal (open_cfi (&cut, NULL, 0), -ENODATA);
  EhFrame odd = good;
  odd.bytes[0]++; /* the CIE's length */
  assert_int_equal (open_cfi (&odd, NULL, 0), -ENODATA);
  EhFrame no_cie = good;
  no_cie.bytes[4] = 4; /* an FDE of itself */
  assert_int_equal (open_cfi (&no_cie, NULL, 0), -ENODATA);
  EhFrame version = good;
  version.bytes[8] = 9;
  assert_int_equal (open_cfi (&version, NULL, 0), -ENODATA);
  EhFrame letters = make_eh_frame ("zRx", 16, initial, sizeof initial, NULL, 0);
  assert_int_equal (open_cfi (&letters, NULL, 0), -ENODATA);
  EhFrame empty = { .n = 0 };
  assert_int_equal (open_cfi (&empty, NULL, 0), -ENODATA);
}

static void
remembered_rows_are_few (void **state)
{
  (void)state;
  uint8_t program[128];
  memset (program, DW_CFA_remember_state, sizeof program);
  EhFrame few = with_program (program, 64);
  assert_int_equal (open_cfi (&few, NULL, 0), 0);
  EhFrame many = with_program (program, 65);
  assert_int_equal (open_cfi (&many, NULL, 0), -ENODATA);
}

static void
search_table_leads_to_functions (void **state)
{
  (void)state;
  EhFrame section = with_program (NULL, 0);
  uint32_t n_cie;
  memcpy (&n_cie, section.bytes, 4);
  int32_t table[]
      = { 0x3b031b01, CFI_ELF_VADDR - CFI_ELF_HDR_VADDR - 4, 1, FDE_START - CFI_ELF_HDR_VADDR,
          CFI_ELF_VADDR + (int32_t)n_cie + 4 - CFI_ELF_HDR_VADDR };
  const uint8_t *hdr = (const uint8_t *)table;
  assert_int_equal (open_cfi (&section, hdr, sizeof table), 0);
  table[4] -= 4; /* into the CIE */
  assert_int_equal (open_cfi (&section, hdr, sizeof table), -ENODATA);
  table[4] = INT32_MAX;
  assert_int_equal (open_cfi (&section, hdr, sizeof table), -ENODATA);
  table[2] = 2; /* more than there are */
  assert_int_equal (open_cfi (&section, hdr, sizeof table), -ENODATA);
  table[1] += 4; /* not this section */
  assert_int_equal (open_cfi (&section, hdr, sizeof table), -ENODATA);
}

static void
foreign_machine_is_not_used (void **state)
{
  (void)state;
  EhFrame section = with_program (NULL, 0);
  ProfModule *module = cfi_elf_new_module (EM_RISCV, section.bytes, section.n, NULL, 0);
  ProfCfi *cfi = NULL;
  assert_int_equal (prof_cfi_new (&prof_register_map_x86_64, module, &cfi), -ENODATA);
  prof_module_unref (module);
}

/* ---- every row of real files: the compiled rule and libdw's expressions say the same ---- */

enum { STACK = 0x7fff0000, N_WORDS = 8192 };

typedef struct {
  ProfCfi *cfi;
  Dwarf_CFI *rows;
  ProfRule rule;
  ProfUnwindRegisters stepped;
  size_t n_rows, n_slow, n_ends, n_signals;
} Oracle;

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  Oracle *oracle = user_data;
  ProfRule second = { .kind = PROF_RULE_SLOW };
  (void)pc;
  ProfRule rule = oracle->rule;
  oracle->rule = second;
  return rule;
}

/* The second frame's step hands out what the first one's rule made of the registers. */
static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  (void)pc;
  ((Oracle *)user_data)->stepped = *registers;
  return false;
}

static bool
is_code (void *user_data, uint64_t pc)
{
  (void)user_data;
  (void)pc;
  return true;
}

static uint64_t stack_words[N_WORDS];

static void
fill_stack (void)
{
  ProfPrng prng = { 1 };
  for (size_t i = 0; i < N_WORDS; i++) /* addresses of the upper half, for realigned stacks */
    stack_words[i] = STACK + 8 * (N_WORDS / 2 + prof_prng_next (&prng) % (N_WORDS / 4));
}

static ProfUnwindRegisters
make_registers (uint64_t pc)
{
  ProfUnwindRegisters registers = { 0 };
  for (size_t i = 0; i < PROF_N_REGISTERS; i++)
    registers.registers[i] = STACK + 8 * (N_WORDS / 4 + 16 * i);
  const ProfRegisterMap *map = prof_register_map (OWN_ARCH);
  registers.registers[map->sp] = STACK;
  registers.registers[map->fp] = STACK + 8 * (N_WORDS / 4);
  registers.registers[map->pc] = pc;
  prof_register_map_apply (map, &registers);
  return registers;
}

static void
compare_row (Oracle *oracle, Dwarf_Frame *frame, uint64_t pc, ProfRule rule)
{
  static const ProfUnwindOptions options = { OWN_ARCH, .uses_tables = true, .max_frames = 2 };
  ProfUnwindWorld world = { get_rule, step_slowly, is_code, NULL, oracle };
  ProfStackSlice slice = { STACK, (const uint8_t *)stack_words, sizeof stack_words };
  ProfUnwindRegisters registers = make_registers (pc), expected = registers;
  uint64_t pcs[2];
  ProfStackEnd end;
  oracle->rule = rule;
  oracle->stepped = (ProfUnwindRegisters){ 0 };
  size_t n = prof_unwind (&options, &world, &registers, &slice, pcs, &end);
  bool has_stepped = prof_frame_step (prof_register_map (OWN_ARCH), frame, &slice, &expected);
  if (n < 2) { /* a frame of more than the stack */
    assert_int_equal (end, PROF_STACK_SLICE_ENDED);
    assert_false (has_stepped);
    return;
  }
  assert_true (has_stepped);
  assert_int_equal (oracle->stepped.pc, expected.pc);
  assert_int_equal (oracle->stepped.sp, expected.sp);
  assert_int_equal (oracle->stepped.fp, expected.fp);
}

static uint64_t
check_row (Oracle *oracle, uint64_t pc, uint64_t end_of_function)
{
  Dwarf_Frame *frame;
  Dwarf_Addr end = end_of_function;
  bool is_signal;
  if (dwarf_cfi_addrframe (oracle->rows, pc, &frame) != 0) {
    assert_int_equal (prof_cfi_get_rule (oracle->cfi, pc).kind, PROF_RULE_NONE);
    return end_of_function;
  }
  dwarf_frame_info (frame, NULL, &end, &is_signal);
  ProfRule rule = prof_cfi_get_rule (oracle->cfi, pc);
  assert_int_equal (rule.kind == PROF_RULE_SIGNAL, is_signal);
  oracle->n_rows++;
  oracle->n_slow += rule.kind == PROF_RULE_SLOW;
  oracle->n_ends += rule.kind == PROF_RULE_END;
  oracle->n_signals += is_signal;
  if (rule.kind >= PROF_RULE_CFA_SP && rule.kind <= PROF_RULE_PLT)
    compare_row (oracle, frame, pc, rule);
  free (frame);
  return end > pc ? end : end_of_function;
}

/* Walks the code from the first function to the last, row by row. */
static Oracle
check_module (const ProfModule *module)
{
  Oracle oracle = { 0 };
  Elf *elf = prof_module_open_elf (module);
  assert_non_null (elf);
  oracle.rows = dwarf_getcfi_elf (elf);
  assert_non_null (oracle.rows);
  assert_int_equal (prof_cfi_new (prof_register_map (OWN_ARCH), module, &oracle.cfi), 0);
  prof_vec_foreach (segment, &module->segments) {
    if (!segment->is_executable)
      continue;
    uint64_t end = segment->vaddr + segment->n_file_bytes;
    for (uint64_t pc = segment->vaddr; pc < end;)
      pc = check_row (&oracle, pc, pc + 1);
  }
  dwarf_cfi_end (oracle.rows);
  elf_end (elf);
  prof_cfi_free (oracle.cfi);
  return oracle;
}

static ProfModule *
get_module_of (ProfModuleCache *cache, ProfAddressSpace *space, const void *code)
{
  const ProfCodeMap *map = prof_address_space_find (space, cache, (uint64_t)code);
  assert_non_null (map);
  return map->module;
}

static void
every_row_agrees_with_libdw (void **state)
{
  (void)state;
  ProfModuleCache cache;
  ProfAddressSpace space;
  prof_module_cache_init (&cache);
  own_stack_read_maps (&space);
  fill_stack ();
  const void *const code[]
      = { (const void *)gnu_get_libc_version, (const void *)dwarf_cfi_addrframe,
          (const void *)every_row_agrees_with_libdw };
  size_t n_rows = 0, n_slow = 0, n_ends = 0, n_signals = 0;
  for (size_t i = 0; i < sizeof code / sizeof *code; i++) {
    Oracle oracle = check_module (get_module_of (&cache, &space, code[i]));
    assert_true (oracle.n_rows > 100);
    n_rows += oracle.n_rows;
    n_slow += oracle.n_slow;
    n_ends += oracle.n_ends;
    n_signals += oracle.n_signals;
  }
  print_message ("%zu rows, %zu slow, %zu ends, %zu of signals\n", n_rows, n_slow, n_ends,
                 n_signals);
  assert_true (n_rows > 10000);
  assert_true (n_slow * 100 < n_rows);
  assert_true (n_ends >= 1);
  assert_true (n_signals >= 1 || OWN_ARCH == PROF_ARCH_AARCH64);
  prof_address_space_finish (&space);
  prof_module_cache_finish (&cache);
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (damaged_programs_are_not_used),
    cmocka_unit_test (damaged_entries_are_not_used),
    cmocka_unit_test (remembered_rows_are_few),
    cmocka_unit_test (search_table_leads_to_functions),
    cmocka_unit_test (foreign_machine_is_not_used),
    cmocka_unit_test (every_row_agrees_with_libdw),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
