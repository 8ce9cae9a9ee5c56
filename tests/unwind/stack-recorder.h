/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/address-space.h"
#include "unwind/unwind.h"

/* As much as the kernel copies (include/uapi/linux/perf_event.h: sample_stack_user). */
enum { STACK_RECORDER_BYTES = 65528, STACK_RECORDER_HZ = 999 };

#if defined(__x86_64__)
#define STACK_RECORDER_ARCH PROF_ARCH_X86_64
#else
#define STACK_RECORDER_ARCH PROF_ARCH_AARCH64
#endif

typedef struct {
  ProfAddressSpace *space;
  ProfModuleCache *modules;
  ProfUnwindRegisters registers;
  ProfStackSlice slice;
} RecordedStack;

/* False: enough, the command may be killed. */
typedef bool (*StackTaker) (void *user_data, const RecordedStack *stack);

/* Runs a command and hands over the user stacks of it and its children, sampled by CPU time. A
 * stack is good until the callback returns, its modules until this does. 0 or negative errno, with
 * a line on stderr. */
int stack_recorder_run (char **command, StackTaker take, void *user_data);
