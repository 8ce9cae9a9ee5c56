/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/expression.h"

#include <dwarf.h>

#include "unwind/stack-slice.h"

enum { MAX_DEPTH = 32, MAX_OPS = 256 };

typedef struct {
  const ProfExpressionWorld *world;
  uint64_t values[MAX_DEPTH];
  size_t n;
  bool is_value;
  bool has_failed;
} Machine;

static void
push (Machine *machine, uint64_t value)
{
  if (machine->n == MAX_DEPTH)
    machine->has_failed = true;
  else
    machine->values[machine->n++] = value;
}

static uint64_t
pop (Machine *machine)
{
  if (machine->n == 0) {
    machine->has_failed = true;
    return 0;
  }
  return machine->values[--machine->n];
}

static uint64_t
pick (Machine *machine, uint64_t depth)
{
  if (depth >= machine->n) {
    machine->has_failed = true;
    return 0;
  }
  return machine->values[machine->n - 1 - depth];
}

static uint64_t
get_register (Machine *machine, uint64_t number)
{
  const ProfRegisterMap *map = machine->world->map;
  const ProfUnwindRegisters *registers = machine->world->registers;
  if (number == map->sp)
    return registers->sp;
  if (number == map->fp)
    return registers->fp;
  if (number == map->pc)
    return registers->pc;
  if (!registers->has_registers || number >= PROF_N_REGISTERS) {
    machine->has_failed = true;
    return 0;
  }
  return registers->registers[number];
}

static uint64_t
load (Machine *machine, uint64_t address)
{
  uint64_t value = 0;
  if (prof_stack_slice_read (machine->world->slice, address, &value) != PROF_STACK_GOES_ON)
    machine->has_failed = true;
  return value;
}

static uint64_t
compute (Machine *machine, uint8_t atom, uint64_t a, uint64_t b)
{
  switch (atom) {
  case DW_OP_plus:
    return a + b;
  case DW_OP_minus:
    return a - b;
  case DW_OP_mul:
    return a * b;
  case DW_OP_and:
    return a & b;
  case DW_OP_or:
    return a | b;
  case DW_OP_xor:
    return a ^ b;
  case DW_OP_shl:
    return b < 64 ? a << b : 0;
  case DW_OP_shr:
    return b < 64 ? a >> b : 0;
  case DW_OP_shra:
    return (uint64_t)((int64_t)a >> (b < 63 ? b : 63));
  case DW_OP_eq:
    return a == b;
  case DW_OP_ne:
    return a != b;
  case DW_OP_ge:
    return (int64_t)a >= (int64_t)b;
  case DW_OP_gt:
    return (int64_t)a > (int64_t)b;
  case DW_OP_le:
    return (int64_t)a <= (int64_t)b;
  case DW_OP_lt:
    return (int64_t)a < (int64_t)b;
  default:
    machine->has_failed = true;
    return 0;
  }
}

static void
swap (Machine *machine)
{
  uint64_t top = pop (machine), second = pop (machine);
  push (machine, top);
  push (machine, second);
}

static void
compute_on_top (Machine *machine, uint8_t atom)
{
  uint64_t b = pop (machine), a = pop (machine);
  push (machine, compute (machine, atom, a, b));
}

static void
run (Machine *machine, const Dwarf_Op *op)
{
  switch (op->atom) {
  case DW_OP_nop:
    break;
  case DW_OP_lit0 ... DW_OP_lit31:
    push (machine, op->atom - DW_OP_lit0);
    break;
  case DW_OP_addr:
  case DW_OP_const1u ... DW_OP_consts:
    push (machine, op->number);
    break;
  case DW_OP_breg0 ... DW_OP_breg31:
    push (machine, get_register (machine, op->atom - DW_OP_breg0) + op->number);
    break;
  case DW_OP_bregx:
    push (machine, get_register (machine, op->number) + op->number2);
    break;
  case DW_OP_regx:
    push (machine, get_register (machine, op->number));
    machine->is_value = true;
    break;
  case DW_OP_call_frame_cfa:
    push (machine, machine->world->cfa);
    break;
  case DW_OP_deref:
    push (machine, load (machine, pop (machine)));
    break;
  case DW_OP_plus_uconst:
    push (machine, pop (machine) + op->number);
    break;
  case DW_OP_neg:
    push (machine, -pop (machine));
    break;
  case DW_OP_not:
    push (machine, ~pop (machine));
    break;
  case DW_OP_dup:
    push (machine, pick (machine, 0));
    break;
  case DW_OP_over:
    push (machine, pick (machine, 1));
    break;
  case DW_OP_pick:
    push (machine, pick (machine, op->number));
    break;
  case DW_OP_drop:
    pop (machine);
    break;
  case DW_OP_swap:
    swap (machine);
    break;
  case DW_OP_stack_value:
    machine->is_value = true;
    break;
  default:
    compute_on_top (machine, op->atom);
  }
}

bool
prof_expression_evaluate (const ProfExpressionWorld *world,
                          const Dwarf_Op *ops,
                          size_t n_ops,
                          uint64_t *ret,
                          bool *ret_is_value)
{
  Machine machine = { .world = world };
  if (n_ops > MAX_OPS)
    return false;
  for (size_t i = 0; i < n_ops && !machine.has_failed; i++)
    run (&machine, &ops[i]);
  *ret = pop (&machine);
  *ret_is_value = machine.is_value;
  return !machine.has_failed;
}
