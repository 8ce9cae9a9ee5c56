/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwind-rule.h"

#include <dwarf.h>

#include "unwind/expression.h"
#include "unwind/stack-slice.h"

/* Where a row says that the caller's value of a register is. */
typedef struct {
  enum {
    PLACE_UNDEFINED,
    PLACE_UNCHANGED,
    PLACE_AT_CFA,
    PLACE_AT_FP,
    PLACE_ELSEWHERE,
  } kind;
  int16_t offset;
} Place;

/* The register number of DW_OP_breg* and DW_OP_bregx, its offset in *ret_offset; -1 for others. */
static int
get_base_register (const Dwarf_Op *op, int64_t *ret_offset)
{
  if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
    *ret_offset = (int64_t)op->number;
    return op->atom - DW_OP_breg0;
  }
  *ret_offset = (int64_t)op->number2;
  return op->atom == DW_OP_bregx && op->number < PROF_N_REGISTERS ? (int)op->number : -1;
}

/* libdw writes "saved at CFA + n" as call_frame_cfa, plus_uconst n; an expression has the CFA
 * pushed before it, as the standard says. */
static Place
find_place (const ProfRegisterMap *map, Dwarf_Frame *frame, int number)
{
  Dwarf_Op memory[3], *ops;
  size_t n_ops;
  Place place = { PLACE_ELSEWHERE, 0 };
  if (dwarf_frame_register (frame, number, memory, &ops, &n_ops) < 0)
    return place;
  if (n_ops == 0)
    return (Place){ ops == NULL ? PLACE_UNCHANGED : PLACE_UNDEFINED, 0 };
  if (ops[0].atom != DW_OP_call_frame_cfa || n_ops > 2)
    return place;
  int64_t offset = 0;
  if (n_ops == 1 || ops[1].atom == DW_OP_plus_uconst) {
    place.kind = PLACE_AT_CFA;
    offset = n_ops == 1 ? 0 : (int64_t)ops[1].number;
  } else if (get_base_register (&ops[1], &offset) == map->fp) {
    place.kind = PLACE_AT_FP;
  }
  if (offset < INT16_MIN || offset > INT16_MAX)
    return (Place){ PLACE_ELSEWHERE, 0 };
  place.offset = (int16_t)offset;
  return place;
}

/* What linkers write for the PLT on x86-64: its entries push 8 bytes on the way.
 * sp + 8 + ((pc & 15) >= n) << 3 */
static bool
is_plt (const Dwarf_Op *ops, size_t n_ops, int32_t *ret_n)
{
  static const uint8_t atoms[] = { DW_OP_breg7, DW_OP_breg16, DW_OP_lit15, DW_OP_and, 0,
                                   DW_OP_ge,    DW_OP_lit3,   DW_OP_shl,   DW_OP_plus };
  enum { THRESHOLD = 4 };
  if (n_ops != sizeof atoms || ops[0].number != 8 || ops[1].number != 0)
    return false;
  for (size_t i = 0; i < n_ops; i++)
    if (i != THRESHOLD && ops[i].atom != atoms[i])
      return false;
  *ret_n = ops[THRESHOLD].atom - DW_OP_lit0;
  return *ret_n >= 0 && *ret_n < 16;
}

static ProfRule
compile_cfa (const ProfRegisterMap *map, const Dwarf_Op *ops, size_t n_ops)
{
  ProfRule rule = { .kind = PROF_RULE_SLOW };
  if (map->elf_machine == prof_register_map_x86_64.elf_machine
      && is_plt (ops, n_ops, &rule.cfa_offset)) {
    rule.kind = PROF_RULE_PLT;
    return rule;
  }
  bool is_deref = n_ops == 2 && ops[1].atom == DW_OP_deref;
  int64_t offset;
  int base = n_ops == 1 || is_deref ? get_base_register (&ops[0], &offset) : -1;
  if (base < 0 || offset < INT32_MIN || offset > INT32_MAX)
    return rule;
  rule.cfa_offset = (int32_t)offset;
  if (base == map->sp)
    rule.kind = is_deref ? PROF_RULE_CFA_SP_DEREF : PROF_RULE_CFA_SP;
  else if (base == map->fp)
    rule.kind = is_deref ? PROF_RULE_CFA_FP_DEREF : PROF_RULE_CFA_FP;
  else if (!is_deref)
    rule.kind = PROF_RULE_CFA_REGISTER;
  rule.cfa_register = (uint8_t)base;
  return rule;
}

static bool
set_return_address (const ProfRegisterMap *map, Place place, ProfRule *rule)
{
  if (place.kind == PLACE_UNCHANGED)
    return map->lr != PROF_NO_REGISTER;
  rule->flags |= PROF_RULE_RA_SAVED;
  rule->ra_offset = place.offset;
  return place.kind == PLACE_AT_CFA;
}

static bool
set_frame_pointer (Place place, ProfRule *rule)
{
  rule->fp_offset = place.offset;
  switch (place.kind) {
  case PLACE_UNCHANGED:
    return true;
  case PLACE_UNDEFINED:
    rule->flags |= PROF_RULE_FP_UNDEFINED;
    return true;
  case PLACE_AT_CFA:
    rule->flags |= PROF_RULE_FP_SAVED;
    return true;
  case PLACE_AT_FP:
    rule->flags |= PROF_RULE_FP_SAVED | PROF_RULE_FP_AT_FP;
    return true;
  default:
    return false;
  }
}

ProfRule
prof_rule_compile (const ProfRegisterMap *map, Dwarf_Frame *frame)
{
  bool is_signal;
  int ra_register = dwarf_frame_info (frame, NULL, NULL, &is_signal);
  if (ra_register < 0)
    return (ProfRule){ .kind = PROF_RULE_NONE };
  if (is_signal)
    return (ProfRule){ .kind = PROF_RULE_SIGNAL };
  Place return_address = find_place (map, frame, ra_register);
  if (return_address.kind == PLACE_UNDEFINED)
    return (ProfRule){ .kind = PROF_RULE_END };

  Dwarf_Op *ops;
  size_t n_ops;
  if (dwarf_frame_cfa (frame, &ops, &n_ops) < 0)
    return (ProfRule){ .kind = PROF_RULE_NONE };
  ProfRule rule = compile_cfa (map, ops, n_ops);
  bool is_simple = set_return_address (map, return_address, &rule)
                   && set_frame_pointer (find_place (map, frame, map->fp), &rule);
  if (rule.kind == PROF_RULE_SLOW || !is_simple)
    return (ProfRule){ .kind = PROF_RULE_SLOW };
  return rule;
}

/* ---- rows that no rule can express ---- */

/* `current` is the register's value in this frame, and still the caller's if it would be saved
 * below `lowest`. */
static bool
evaluate_register (const ProfExpressionWorld *world,
                   Dwarf_Frame *frame,
                   int number,
                   uint64_t current,
                   uint64_t lowest,
                   uint64_t *ret)
{
  Dwarf_Op memory[3], *ops;
  size_t n_ops;
  bool is_value = true;
  *ret = current;
  if (dwarf_frame_register (frame, number, memory, &ops, &n_ops) < 0)
    return false;
  if (n_ops == 0) {
    *ret = ops == NULL ? current : 0;
    return true;
  }
  uint64_t result;
  if (!prof_expression_evaluate (world, ops, n_ops, &result, &is_value))
    return false;
  if (is_value)
    *ret = result;
  return is_value || result < lowest
         || prof_stack_slice_read (world->slice, result, ret) == PROF_STACK_GOES_ON;
}

/* A frame that needs a register which could not be read ends the stack itself. */
static void
restore_registers (const ProfExpressionWorld *world,
                   Dwarf_Frame *frame,
                   ProfUnwindRegisters *caller)
{
  const ProfUnwindRegisters *registers = world->registers;
  const ProfRegisterMap *map = world->map;
  if (!evaluate_register (world, frame, map->fp, registers->fp, registers->sp, &caller->fp))
    caller->fp = 0;
  for (size_t i = 0; i < map->pc && registers->has_registers; i++)
    if (!evaluate_register (world, frame, (int)i, registers->registers[i], registers->sp,
                            &caller->registers[i]))
      caller->registers[i] = 0;
  caller->registers[map->fp] = caller->fp;
  caller->registers[map->sp] = caller->sp;
  caller->registers[map->pc] = caller->pc;
}

bool
prof_frame_step (const ProfRegisterMap *map,
                 Dwarf_Frame *frame,
                 const ProfStackSlice *slice,
                 ProfUnwindRegisters *registers)
{
  ProfExpressionWorld world = { .map = map, .registers = registers, .slice = slice };
  ProfUnwindRegisters caller = *registers;
  Dwarf_Op *ops;
  size_t n_ops;
  bool is_value;
  int ra_register = dwarf_frame_info (frame, NULL, NULL, NULL);
  if (ra_register < 0 || dwarf_frame_cfa (frame, &ops, &n_ops) < 0
      || !prof_expression_evaluate (&world, ops, n_ops, &world.cfa, &is_value)
      || !evaluate_register (&world, frame, ra_register, registers->lr, 0, &caller.pc))
    return false;
  caller.pc &= map->pc_mask;
  caller.sp = world.cfa;
  restore_registers (&world, frame, &caller);
  *registers = caller;
  return true;
}
