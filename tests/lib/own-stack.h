/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "capture/proc-maps.h"
#include "elf/address-space.h"
#include "tests.h"
#include "unwind/register-map.h"
#include "unwind/unwind.h"

/* This process's own stacks, as perf would hand them over: registers and a copy of memory. */

#if defined __aarch64__
#define OWN_ARCH PROF_ARCH_AARCH64
#else
#define OWN_ARCH PROF_ARCH_X86_64
#endif

enum { OWN_STACK_BYTES = 4 << 20 };

typedef struct {
  ProfUnwindRegisters registers;
  ProfStackSlice slice;
  uint8_t *bytes;
} OwnStack;

static inline void
own_stack_read_registers (const ucontext_t *context, ProfUnwindRegisters *ret)
{
  *ret = (ProfUnwindRegisters){ 0 };
#if defined __aarch64__
  memcpy (ret->registers, context->uc_mcontext.regs, sizeof context->uc_mcontext.regs);
  ret->registers[31] = context->uc_mcontext.sp;
  ret->registers[32] = context->uc_mcontext.pc;
#else
  static const uint8_t order[]
      = { REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
          REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP };
  for (size_t i = 0; i < sizeof order; i++)
    ret->registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
#endif
  prof_register_map_apply (prof_register_map (OWN_ARCH), ret);
}

static inline int
own_stack_add_map (void *user_data, const ProfProcMap *map)
{
  ProfCodeMap code = {
    .start = map->start,
    .end = map->end,
    .offset = map->offset,
    .key = { .path = map->filename,
             .device_major = map->device_major,
             .device_minor = map->device_minor,
             .inode = map->inode,
             .is_deleted = map->is_deleted },
  };
  return map->is_executable ? prof_address_space_add (user_data, &code) : 0;
}

static inline void
own_stack_read_maps (ProfAddressSpace *space)
{
  prof_address_space_init (space, getpid ());
  assert_int_equal (prof_proc_maps_read (getpid (), own_stack_add_map, space), 0);
}

/* How much can be read from `address` on, as the kernel copies it: up to the mapping's end. */
typedef struct {
  uint64_t address, end;
} OwnStackEnd;

static inline int
own_stack_find_end (void *user_data, const ProfProcMap *map)
{
  OwnStackEnd *stack = user_data;
  if (stack->address >= map->start && stack->address < map->end)
    stack->end = map->end;
  return 0;
}

static inline void
own_stack_init (OwnStack *stack)
{
  stack->bytes = malloc (OWN_STACK_BYTES);
  assert_non_null (stack->bytes);
}

static inline void
own_stack_finish (OwnStack *stack)
{
  free (stack->bytes);
}

/* `context` from getcontext (), whose caller has not returned. */
__attribute__ ((no_sanitize ("address"))) static inline void
own_stack_copy (OwnStack *stack, const ucontext_t *context)
{
  own_stack_read_registers (context, &stack->registers);
  OwnStackEnd found = { .address = stack->registers.sp };
  assert_true (prof_proc_maps_read (getpid (), own_stack_find_end, &found) >= 0);
  size_t n_bytes = found.end - found.address;
  if (n_bytes > OWN_STACK_BYTES)
    n_bytes = OWN_STACK_BYTES;
  n_bytes &= ~(size_t)7;
  const volatile uint64_t *from = (const volatile uint64_t *)found.address;
  for (size_t i = 0; i < n_bytes / 8; i++)
    ((uint64_t *)stack->bytes)[i] = from[i];
  stack->slice = (ProfStackSlice){ found.address, stack->bytes, n_bytes };
}
