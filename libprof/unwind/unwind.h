/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The unwinder: a function of registers, memory and rules. No process, no perf, no ELF in it. */

typedef enum {
  PROF_ARCH_X86_64,
  PROF_ARCH_AARCH64,
} ProfArch;

#define PROF_N_REGISTERS 33

/* Where one frame is suspended. lr is aarch64's. registers[] (DWARF numbers) only serve rules that
 * name another register; rules do not follow them from frame to frame, step_slowly does. */
typedef struct {
  uint64_t pc, sp, fp, lr;
  bool has_registers;
  uint64_t registers[PROF_N_REGISTERS];
} ProfUnwindRegisters;

/* How to step from one frame to its caller; compiled from a CFI row. 16 bytes with its key's check
 * in the cache. All offsets are in bytes. */
typedef enum {
  PROF_RULE_NONE,         /* no unwind data for this pc: frame pointer, then nothing */
  PROF_RULE_END,          /* the outermost frame: return address undefined */
  PROF_RULE_CFA_SP,       /* CFA = sp + cfa_offset */
  PROF_RULE_CFA_FP,       /* CFA = fp + cfa_offset */
  PROF_RULE_CFA_REGISTER, /* CFA = registers[cfa_register] + cfa_offset */
  PROF_RULE_CFA_FP_DEREF, /* CFA = *(fp + cfa_offset): realigned stacks */
  PROF_RULE_CFA_SP_DEREF, /* CFA = *(sp + cfa_offset) */
  PROF_RULE_PLT,          /* CFA = sp + 8 + ((pc & 15) >= cfa_offset ? 8 : 0) */
  PROF_RULE_SIGNAL,       /* all registers from the ucontext at sp */
  PROF_RULE_SLOW,         /* none of these: ask the slow evaluator */
} ProfRuleKind;

enum {
  PROF_RULE_FP_SAVED = 1 << 0, /* fp is at CFA + fp_offset */
  PROF_RULE_RA_SAVED = 1 << 1, /* the return address is at CFA + ra_offset; else it is in lr */
  PROF_RULE_FP_UNDEFINED = 1 << 2,
  PROF_RULE_FP_AT_FP = 1 << 3, /* with FP_SAVED: at fp + fp_offset instead; realigned stacks */
};

typedef struct {
  uint8_t kind, flags;
  uint8_t cfa_register;
  uint8_t reserved;
  int32_t cfa_offset;
  int16_t fp_offset, ra_offset;
} ProfRule;

/* Why a stack ends. */
typedef enum {
  PROF_STACK_ROOT,
  PROF_STACK_DEPTH_LIMIT,
  PROF_STACK_SLICE_ENDED, /* the copied part of the stack was too short */
  PROF_STACK_NO_UNWIND_DATA,
  PROF_STACK_BAD_READ, /* a value that no stack can have */
  PROF_STACK_LOOP,     /* the stack pointer did not grow */
  PROF_STACK_N_ENDS,
} ProfStackEnd;

const char *prof_stack_end_get_name (ProfStackEnd end); /* "root", "depth limit", … */

/* What the unwinder asks of its world. */
typedef struct {
  /* The rule for `pc` (already moved into the call for callers). */
  ProfRule (*get_rule) (void *user_data, uint64_t pc);
  /* Steps all registers, also by what no ProfRule can express. False: could not. */
  bool (*step_slowly) (void *user_data, uint64_t pc, ProfUnwindRegisters *registers);
  /* True if code could be at this address: checks frame-pointer steps. */
  bool (*is_code) (void *user_data, uint64_t pc);
  /* True if there is a call before this address. NULL: that is not known of any. */
  bool (*is_behind_call) (void *user_data, uint64_t address);
  void *user_data;
  struct ProfStackWitness *witness; /* NULL, or told what decided (unwind/stack-witness.h) */
  /* NULL, or what is known of an earlier stack in the same address space, with the same rules; it
   * takes up this one's steps (unwind/step-history.h). Not together with a witness. */
  struct ProfStepHistory *history;
} ProfUnwindWorld;

/* The copied part of the stack: `bytes` is memory from address `start` on. */
typedef struct {
  uint64_t start;
  const uint8_t *bytes;
  size_t n_bytes;
} ProfStackSlice;

typedef struct {
  ProfArch arch;
  bool uses_tables;         /* false: frame pointers only */
  bool uses_frame_pointers; /* false: unwind tables only */
  size_t max_frames;
} ProfUnwindOptions;

/* Writes pcs leaf first: the first as it is, callers' as return address - 1 (so that they point
 * into the call; nowhere else is 1 subtracted), the frame that a signal interrupted as it is.
 * Returns the number of frames, at least 1; *ret_end says why the stack ended. */
size_t prof_unwind (const ProfUnwindOptions *options,
                    const ProfUnwindWorld *world,
                    const ProfUnwindRegisters *registers,
                    const ProfStackSlice *slice,
                    uint64_t *pcs,
                    ProfStackEnd *ret_end);

/* The PERF_REG_* values of a sample to registers; mask of the registers it wants. */
uint64_t prof_unwind_registers_mask (ProfArch arch);
void prof_unwind_registers_from_perf (ProfArch arch,
                                      const uint64_t *perf_registers,
                                      ProfUnwindRegisters *ret);
