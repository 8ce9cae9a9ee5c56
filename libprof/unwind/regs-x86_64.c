/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <elf.h>

#include "unwind/register-map.h"

/* DWARF numbers, System V psABI figure 3.36. */
enum { RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15, RIP };

/* arch/x86/include/uapi/asm/perf_regs.h: flags and segments lie between the two halves. */
static const uint8_t perf_order[] = { RAX,
                                      RBX,
                                      RCX,
                                      RDX,
                                      RSI,
                                      RDI,
                                      RBP,
                                      RSP,
                                      RIP,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      PROF_NO_REGISTER,
                                      R8,
                                      R9,
                                      R10,
                                      R11,
                                      R12,
                                      R13,
                                      R14,
                                      R15 };

/* struct sigcontext, arch/x86/include/uapi/asm/sigcontext.h */
static const uint8_t signal_order[]
    = { R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP, RIP };

/* mov $15, %rax; syscall */
static const uint8_t trampoline[] = { 0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05 };

const ProfRegisterMap prof_register_map_x86_64 = {
  .elf_machine = EM_X86_64,
  .pc = RIP,
  .sp = RSP,
  .fp = RBP,
  .lr = PROF_NO_REGISTER,
  .pc_mask = UINT64_MAX,
  .perf_order = perf_order,
  .n_perf = sizeof perf_order,
  .signal_order = signal_order,
  .n_signal = sizeof signal_order,
  .signal_offset = 40, /* uc_mcontext in struct ucontext */
  .trampoline = trampoline,
  .n_trampoline = sizeof trampoline,
};
