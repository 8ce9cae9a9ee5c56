/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwind.h"

#include "unwind/register-map.h"
#include "unwind/stack-slice.h"
#include "unwind/stack-witness.h"
#include "unwind/step-history.h"

/* Frames that are walked again for their registers: bounds what damaged CFI can cost. */
enum { MAX_RECOVERED = 256 };

/* How far above its stack pointer the outermost frame but one may have its return address. */
enum { MAX_SCANNED_WORDS = 128 };

/* A stack on its way from leaf to root. */
typedef struct {
  const ProfRegisterMap *map;
  const ProfUnwindOptions *options;
  const ProfUnwindWorld *world;
  const ProfStackSlice *slice;
  ProfUnwindRegisters registers;
  ProfUnwindRegisters known; /* the latest frame of which all registers are known */
  size_t n_since_known;      /* frames since then */
  bool is_return_address;    /* pc is behind a call, and registers that calls clobber are gone */
  bool is_pc_bogus;          /* the latest pc is no code at all */
  ProfFpOrigin fp_origin;    /* kept for a witness only, as is fp_address: the word that fp is */
  uint64_t fp_address;
} Walk;

const char *
prof_stack_end_get_name (ProfStackEnd end)
{
  static const char *const names[] = {
    [PROF_STACK_ROOT] = "root",
    [PROF_STACK_DEPTH_LIMIT] = "depth limit",
    [PROF_STACK_SLICE_ENDED] = "stack slice ended",
    [PROF_STACK_NO_UNWIND_DATA] = "no unwind data",
    [PROF_STACK_BAD_READ] = "bad read",
    [PROF_STACK_LOOP] = "loop",
  };
  return end < PROF_STACK_N_ENDS ? names[end] : "";
}

static bool
is_code (const Walk *walk, uint64_t pc)
{
  return walk->world->is_code (walk->world->user_data, pc);
}

/* ---- what decides is told ---- */

/* Reads a word that decides. */
static ProfStackEnd
read_word (const Walk *walk, uint64_t address, uint64_t *ret)
{
  ProfStackEnd end = prof_stack_slice_read (walk->slice, address, ret);
  if (walk->world->witness != NULL && end == PROF_STACK_GOES_ON)
    prof_stack_witness_add (walk->world->witness, address, *ret);
  return end;
}

/* The frame pointer, where it decides. */
static uint64_t
use_fp (Walk *walk)
{
  ProfStackWitness *witness = walk->world->witness;
  if (witness != NULL && walk->fp_origin == PROF_FP_INITIAL)
    witness->uses_fp = true;
  else if (witness != NULL && walk->fp_origin == PROF_FP_WORD)
    prof_stack_witness_add (witness, walk->fp_address, walk->registers.fp);
  walk->fp_origin = PROF_FP_DECIDED;
  return walk->registers.fp;
}

/* Reads a saved frame pointer, which may decide later; 0 if it can't be read. */
static uint64_t
read_fp (Walk *walk, uint64_t address)
{
  uint64_t fp = 0;
  bool is_word = prof_stack_slice_read (walk->slice, address, &fp) == PROF_STACK_GOES_ON;
  walk->fp_origin = is_word ? PROF_FP_WORD : PROF_FP_DECIDED;
  walk->fp_address = address;
  return fp;
}

static void
refuse_witness (const Walk *walk)
{
  if (walk->world->witness != NULL)
    walk->world->witness->is_refused = true;
}

/* ---- steps ---- */

/* A pc of 0 is where hand-written thread entries end their stacks. */
static ProfStackEnd
enter_caller (Walk *walk, uint64_t pc, uint64_t sp, uint64_t fp)
{
  ProfUnwindRegisters *registers = &walk->registers;
  pc &= walk->map->pc_mask;
  if (pc == 0)
    return PROF_STACK_ROOT;
  /* A leaf that keeps its return address in lr need not have moved sp. */
  if (sp < registers->sp || (sp == registers->sp && walk->is_return_address))
    return PROF_STACK_LOOP;
  registers->pc = pc;
  registers->sp = sp;
  registers->fp = fp;
  registers->has_registers = false;
  walk->n_since_known++;
  walk->is_return_address = true;
  return PROF_STACK_GOES_ON;
}

/* System V psABI 3.4.1: the outermost frame has a frame pointer of 0. */
static ProfStackEnd
step_by_frame_pointer (Walk *walk)
{
  uint64_t fp = use_fp (walk), pc;
  if (fp == 0 && walk->is_return_address)
    return PROF_STACK_ROOT;
  if (fp < walk->registers.sp || fp % 8 != 0)
    return PROF_STACK_NO_UNWIND_DATA;
  ProfStackEnd end = read_word (walk, fp + 8, &pc);
  if (end != PROF_STACK_GOES_ON)
    return end;
  if (pc != 0 && !is_code (walk, pc & walk->map->pc_mask))
    return PROF_STACK_NO_UNWIND_DATA;
  return enter_caller (walk, pc, fp + 16, read_fp (walk, fp));
}

/* The leaf may be hand-written and have no frame: then the stack is as the call left it. */
static ProfStackEnd
step_out_of_leaf (Walk *walk)
{
  const ProfUnwindRegisters *registers = &walk->registers;
  uint64_t pc = registers->lr, sp = registers->sp;
  if (walk->map->lr == PROF_NO_REGISTER) {
    if (read_word (walk, sp, &pc) != PROF_STACK_GOES_ON)
      return PROF_STACK_NO_UNWIND_DATA;
    sp += 8;
  } else {
    refuse_witness (walk);
  }
  if (!is_code (walk, pc))
    return PROF_STACK_NO_UNWIND_DATA;
  return enter_caller (walk, pc, sp, registers->fp);
}

/* What calls main in musl has neither a table nor a frame pointer. If the first return address
 * above is in the outermost frame, there is no other frame between. For a witness that word alone
 * decides: with the same frames it is at the same place, whatever the words before it are. */
static ProfStackEnd
scan_for_outermost (Walk *walk)
{
  const ProfUnwindWorld *world = walk->world;
  uint64_t sp = walk->registers.sp, word;
  for (size_t i = 0; i < MAX_SCANNED_WORDS; i++, sp += 8) {
    if (prof_stack_slice_read (walk->slice, sp, &word) != PROF_STACK_GOES_ON)
      break;
    if (!is_code (walk, word) || !world->is_behind_call (world->user_data, word))
      continue;
    read_word (walk, sp, &word);
    if (world->get_rule (world->user_data, word - 1).kind != PROF_RULE_END)
      break;
    return enter_caller (walk, word, sp + 8, walk->registers.fp);
  }
  return PROF_STACK_NO_UNWIND_DATA;
}

static ProfStackEnd
step_without_rule (Walk *walk, uint64_t pc)
{
  walk->is_pc_bogus = walk->is_return_address && !is_code (walk, pc);
  if (walk->is_pc_bogus)
    return PROF_STACK_BAD_READ;
  ProfStackEnd end = PROF_STACK_NO_UNWIND_DATA;
  if (walk->options->uses_frame_pointers)
    end = step_by_frame_pointer (walk);
  else if (walk->is_return_address && use_fp (walk) == 0)
    end = PROF_STACK_ROOT;
  if (end == PROF_STACK_NO_UNWIND_DATA && !walk->is_return_address)
    end = step_out_of_leaf (walk);
  if (end == PROF_STACK_NO_UNWIND_DATA && walk->world->is_behind_call != NULL)
    end = scan_for_outermost (walk);
  return end;
}

static ProfStackEnd
compute_cfa (Walk *walk, const ProfRule *rule, uint64_t pc, uint64_t *ret)
{
  const ProfUnwindRegisters *registers = &walk->registers;
  uint64_t offset = (uint64_t)(int64_t)rule->cfa_offset;
  switch ((ProfRuleKind)rule->kind) {
  case PROF_RULE_CFA_SP:
    *ret = registers->sp + offset;
    return PROF_STACK_GOES_ON;
  case PROF_RULE_CFA_FP:
    *ret = use_fp (walk) + offset;
    return PROF_STACK_GOES_ON;
  case PROF_RULE_CFA_REGISTER:
    if (!registers->has_registers || rule->cfa_register >= PROF_N_REGISTERS)
      return PROF_STACK_NO_UNWIND_DATA;
    *ret = registers->registers[rule->cfa_register] + offset;
    return PROF_STACK_GOES_ON;
  case PROF_RULE_CFA_FP_DEREF:
    return read_word (walk, use_fp (walk) + offset, ret);
  case PROF_RULE_CFA_SP_DEREF:
    return read_word (walk, registers->sp + offset, ret);
  case PROF_RULE_PLT:
    *ret = registers->sp + 8 + ((pc & 15) >= offset ? 8 : 0);
    return PROF_STACK_GOES_ON;
  default:
    return PROF_STACK_NO_UNWIND_DATA;
  }
}

/* After `pop %rbp` the slot in the rule is below sp, where nothing was copied, and the register
 * already has the caller's value. */
static void
restore_fp (Walk *walk, const ProfRule *rule, ProfStep *step)
{
  step->fp_address = PROF_STEP_NOT_SAVED;
  step->caller_fp = step->fp;
  if (rule->flags & PROF_RULE_FP_UNDEFINED) {
    walk->fp_origin = PROF_FP_DECIDED;
    step->caller_fp = 0;
  } else if (rule->flags & PROF_RULE_FP_SAVED) {
    uint64_t base = rule->flags & PROF_RULE_FP_AT_FP ? use_fp (walk) : step->caller_sp;
    uint64_t address = base + (uint64_t)(int64_t)rule->fp_offset;
    if (address < step->sp)
      return;
    step->fp_address = address;
    step->caller_fp = read_fp (walk, address);
  }
}

/* A step that depends on what it began with and on the two words alone. */
static bool
is_repeatable (const Walk *walk, const ProfRule *rule)
{
  return walk->is_return_address && rule->flags & PROF_RULE_RA_SAVED
         && (rule->kind == PROF_RULE_CFA_SP || rule->kind == PROF_RULE_CFA_FP
             || rule->kind == PROF_RULE_PLT);
}

static ProfStackEnd
step_by_cfa (Walk *walk, const ProfRule *rule, uint64_t rule_pc)
{
  const ProfUnwindRegisters *registers = &walk->registers;
  ProfStep step
      = { .pc = registers->pc, .sp = registers->sp, .fp = registers->fp, .ra = registers->lr };
  ProfStackEnd end = compute_cfa (walk, rule, rule_pc, &step.caller_sp);
  if (end != PROF_STACK_GOES_ON)
    return end;
  step.ra_address = step.caller_sp + (uint64_t)(int64_t)rule->ra_offset;
  if (rule->flags & PROF_RULE_RA_SAVED)
    end = read_word (walk, step.ra_address, &step.ra);
  else if (walk->is_return_address)
    end = PROF_STACK_NO_UNWIND_DATA; /* lr was overwritten by the call */
  else
    refuse_witness (walk);
  if (end != PROF_STACK_GOES_ON)
    return end;
  restore_fp (walk, rule, &step);
  if (walk->world->history != NULL && is_repeatable (walk, rule))
    prof_step_history_add (walk->world->history, &step);
  return enter_caller (walk, step.ra, step.caller_sp, step.caller_fp);
}

/* A step that the history has needs no rule. What it leads to is expected before the words are
 * there to compare, so that the processor does not wait for one before it asks for the next. */
static bool
repeat_step (Walk *walk, ProfStackEnd *ret_end)
{
  ProfStepHistory *history = walk->world->history;
  const ProfUnwindRegisters *registers = &walk->registers;
  if (history == NULL || !walk->is_return_address)
    return false;
  const ProfStep *step = prof_step_history_repeat (history, walk->slice, registers->pc,
                                                   registers->sp, registers->fp);
  if (step == NULL)
    return false;
  *ret_end = enter_caller (walk, step->ra, step->caller_sp, step->caller_fp);
  return true;
}

/* The handler's caller is the trampoline, whose stack pointer is at the ucontext. What was
 * interrupted may be on another stack (sigaltstack), of which nothing was copied. */
static ProfStackEnd
step_out_of_signal (Walk *walk)
{
  const ProfRegisterMap *map = walk->map;
  ProfUnwindRegisters interrupted = { 0 };
  uint64_t address = walk->registers.sp + map->signal_offset;
  for (size_t i = 0; i < map->n_signal; i++, address += 8) {
    ProfStackEnd end = prof_stack_slice_read (walk->slice, address,
                                              &interrupted.registers[map->signal_order[i]]);
    if (end != PROF_STACK_GOES_ON)
      return end;
  }
  prof_register_map_apply (map, &interrupted);
  bool is_same_stack = interrupted.sp - walk->slice->start < walk->slice->n_bytes;
  if (is_same_stack && interrupted.sp <= walk->registers.sp)
    return PROF_STACK_LOOP;
  walk->registers = walk->known = interrupted;
  walk->n_since_known = 0;
  walk->is_return_address = false;
  return PROF_STACK_GOES_ON;
}

/* Rules only follow pc, sp and fp. A row that needs another register, such as the dynamic linker's
 * lazy binding (CFA = rbx + 24), makes the walk from the latest known frame happen again with all
 * of them. */
static void
recover_registers (Walk *walk)
{
  if (walk->n_since_known > MAX_RECOVERED)
    return;
  ProfUnwindRegisters registers = walk->known;
  for (size_t i = 0; i < walk->n_since_known; i++)
    if (!walk->world->step_slowly (walk->world->user_data, registers.pc - (i > 0), &registers))
      return;
  if (registers.pc != walk->registers.pc || registers.sp != walk->registers.sp)
    return;
  walk->registers = walk->known = registers;
  walk->n_since_known = 0;
}

static ProfStackEnd
step_slowly (Walk *walk, uint64_t rule_pc)
{
  ProfUnwindRegisters caller = walk->registers;
  if (!walk->world->step_slowly (walk->world->user_data, rule_pc, &caller))
    return PROF_STACK_NO_UNWIND_DATA;
  return enter_caller (walk, caller.pc, caller.sp, caller.fp);
}

/* `frame` is what was written for the frame to be left. */
static ProfStackEnd
step (Walk *walk, uint64_t *frame)
{
  uint64_t pc = walk->registers.pc - walk->is_return_address;
  if (!walk->options->uses_tables)
    return step_by_frame_pointer (walk);
  ProfStackEnd end;
  if (repeat_step (walk, &end))
    return end;
  ProfRule rule = walk->world->get_rule (walk->world->user_data, pc);
  bool needs_registers = rule.kind == PROF_RULE_CFA_REGISTER || rule.kind == PROF_RULE_SLOW;
  if (needs_registers || rule.kind == PROF_RULE_SIGNAL)
    refuse_witness (walk);
  if (needs_registers && !walk->registers.has_registers)
    recover_registers (walk);
  switch ((ProfRuleKind)rule.kind) {
  case PROF_RULE_NONE:
    return step_without_rule (walk, pc);
  case PROF_RULE_END:
    return PROF_STACK_ROOT;
  case PROF_RULE_SIGNAL:
    *frame = walk->registers.pc; /* nobody called the trampoline */
    return step_out_of_signal (walk);
  case PROF_RULE_SLOW:
    return step_slowly (walk, pc);
  default:
    return step_by_cfa (walk, &rule, pc);
  }
}

size_t
prof_unwind (const ProfUnwindOptions *options,
             const ProfUnwindWorld *world,
             const ProfUnwindRegisters *registers,
             const ProfStackSlice *slice,
             uint64_t *pcs,
             ProfStackEnd *ret_end)
{
  Walk walk = {
    .map = prof_register_map (options->arch),
    .options = options,
    .world = world,
    .slice = slice,
    .registers = *registers,
    .known = *registers,
  };
  if (world->witness != NULL)
    prof_stack_witness_begin (world->witness, registers);
  if (world->history != NULL)
    prof_step_history_begin (world->history);
  size_t n = 0;
  pcs[n++] = registers->pc;
  ProfStackEnd end;
  while ((end = step (&walk, &pcs[n - 1])) == PROF_STACK_GOES_ON) {
    if (n >= options->max_frames) {
      end = PROF_STACK_DEPTH_LIMIT;
      break;
    }
    pcs[n++] = walk.registers.pc - walk.is_return_address;
  }
  if (end == PROF_STACK_SLICE_ENDED && world->history != NULL)
    prof_step_history_keep_outer (world->history, walk.registers.sp);
  *ret_end = end;
  return n - walk.is_pc_bogus;
}
