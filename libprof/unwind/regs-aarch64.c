/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <elf.h>

#include "unwind/register-map.h"

/* DWARF numbers (DWARF for the Arm 64-bit Architecture, 4.1), which are perf's order too. */
enum { FP = 29, LR = 30, SP = 31, PC = 32 };

static const uint8_t order[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, FP, LR, SP, PC };

/* mov x8, #139; svc #0 */
static const uint8_t trampoline[] = { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 };

const ProfRegisterMap prof_register_map_aarch64 = {
  .elf_machine = EM_AARCH64,
  .pc = PC,
  .sp = SP,
  .fp = FP,
  .lr = LR,
  /* Pointer authentication signs in the bits above the 48 of user addresses. */
  .pc_mask = (UINT64_C (1) << 48) - 1,
  .perf_order = order,
  .n_perf = sizeof order,
  .signal_order = order,
  .n_signal = sizeof order,
  .signal_offset = 312, /* siginfo 128, then regs at 184 in struct ucontext */
  .trampoline = trampoline,
  .n_trampoline = sizeof trampoline,
};
