/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "unwind/unwind.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The input: 8 bytes of options and places, 16 rules, the registers, and the stack. Code is at
 * [CODE, CODE + 4096), whose 256-byte pieces have the rules in turn. */
enum { CODE = 0x400000, CODE_BYTES = 4096, N_RULES = 16, MAX_FRAMES = 64 };

typedef struct {
  uint8_t is_aarch64, uses_tables, uses_frame_pointers, can_step_slowly;
  uint32_t sp;
  ProfRule rules[N_RULES];
  uint64_t registers[4];
} Input;

static bool
is_code (void *user_data, uint64_t pc)
{
  (void)user_data;
  return pc - CODE < CODE_BYTES;
}

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  const Input *input = user_data;
  return is_code (NULL, pc) ? input->rules[(pc - CODE) / (CODE_BYTES / N_RULES)]
                            : (ProfRule){ .kind = PROF_RULE_NONE };
}

static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  const Input *input = user_data;
  registers->sp += pc % 128;
  registers->pc = CODE + registers->sp % CODE_BYTES;
  return input->can_step_slowly % 2 != 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input;
  if (size < sizeof input)
    return 0;
  memcpy (&input, data, sizeof input);
  ProfUnwindOptions options = {
    .arch = input.is_aarch64 % 2 ? PROF_ARCH_AARCH64 : PROF_ARCH_X86_64,
    .uses_tables = input.uses_tables % 2,
    .uses_frame_pointers = input.uses_frame_pointers % 2,
    .max_frames = MAX_FRAMES,
  };
  ProfUnwindWorld world = { get_rule, step_slowly, is_code, &input };
  ProfUnwindRegisters registers
      = { input.registers[0], input.sp, input.registers[1], input.registers[2], true };
  for (size_t i = 0; i < PROF_N_REGISTERS; i++)
    registers.registers[i] = input.registers[i % 4];
  ProfStackSlice slice = { input.sp, data + sizeof input, size - sizeof input };
  uint64_t pcs[MAX_FRAMES];
  ProfStackEnd end;
  size_t n = prof_unwind (&options, &world, &registers, &slice, pcs, &end);
  if (n < 1 || n > MAX_FRAMES || end >= PROF_STACK_N_ENDS || pcs[0] != registers.pc)
    abort ();
  return 0;
}
