/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "unwind/unwind.h"

/* What the unwinder knows of an architecture. Registers are DWARF numbers, which are indexes into
 * ProfUnwindRegisters.registers; a pc that has no DWARF number is behind the others. */
typedef struct {
  uint16_t elf_machine;
  uint8_t pc, sp, fp;
  uint8_t lr;       /* PROF_NO_REGISTER: return addresses are on the stack */
  uint64_t pc_mask; /* the bits of a return address that are the address */

  const uint8_t *perf_order; /* by PERF_REG_*, PROF_NO_REGISTER where it is not wanted */
  size_t n_perf;

  /* The registers in the ucontext of a signal frame, 8 bytes each, from sp + signal_offset. */
  const uint8_t *signal_order;
  size_t n_signal;
  uint64_t signal_offset;

  const uint8_t *trampoline; /* the code of rt_sigreturn */
  size_t n_trampoline;
} ProfRegisterMap;

#define PROF_NO_REGISTER 0xff
#define PROF_MAX_TRAMPOLINE_BYTES 16

extern const ProfRegisterMap prof_register_map_x86_64, prof_register_map_aarch64;

static inline const ProfRegisterMap *
prof_register_map (ProfArch arch)
{
  return arch == PROF_ARCH_AARCH64 ? &prof_register_map_aarch64 : &prof_register_map_x86_64;
}

/* Sets pc, sp, fp and lr from registers[]. */
void prof_register_map_apply (const ProfRegisterMap *map, ProfUnwindRegisters *registers);
