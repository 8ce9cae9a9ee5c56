/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "unwind/step-history.h"
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
is_behind_call (void *user_data, uint64_t address)
{
  (void)user_data;
  return is_code (NULL, address) && address % 4 == 0;
}

static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  const Input *input = user_data;
  registers->sp += pc % 128;
  registers->pc = CODE + registers->sp % CODE_BYTES;
  return input->can_step_slowly % 2 != 0;
}

typedef struct {
  uint64_t pcs[MAX_FRAMES];
  size_t n;
  ProfStackEnd end;
} Stack;

static Stack
unwind (const Input *input, const uint8_t *bytes, size_t n_bytes, ProfStepHistory *history)
{
  ProfUnwindOptions options = {
    .arch = input->is_aarch64 % 2 ? PROF_ARCH_AARCH64 : PROF_ARCH_X86_64,
    .uses_tables = input->uses_tables % 2,
    .uses_frame_pointers = input->uses_frame_pointers % 2,
    .max_frames = MAX_FRAMES,
  };
  ProfUnwindWorld world
      = { get_rule, step_slowly, is_code, is_behind_call, (void *)input, NULL, history };
  ProfUnwindRegisters registers
      = { input->registers[0], input->sp, input->registers[1], input->registers[2], true };
  for (size_t i = 0; i < PROF_N_REGISTERS; i++)
    registers.registers[i] = input->registers[i % 4];
  ProfStackSlice slice = { input->sp, bytes, n_bytes };
  Stack stack;
  stack.n = prof_unwind (&options, &world, &registers, &slice, stack.pcs, &stack.end);
  if (stack.n < 1 || stack.n > MAX_FRAMES || stack.end >= PROF_STACK_N_ENDS
      || stack.pcs[0] != registers.pc)
    abort ();
  return stack;
}

static void
check_with_history (const Input *input,
                    const uint8_t *bytes,
                    size_t n_bytes,
                    ProfStepHistory *history)
{
  Stack stack = unwind (input, bytes, n_bytes, NULL);
  Stack same = unwind (input, bytes, n_bytes, history);
  if (same.n != stack.n || same.end != stack.end
      || memcmp (same.pcs, stack.pcs, stack.n * sizeof *stack.pcs) != 0)
    abort ();
}

/* One stack, again, cut by some bytes at the leaf, and with a byte changed: what is known of the
 * one before must change nothing. */
static void
check_history (Input *input, uint8_t *bytes, size_t n_bytes)
{
  ProfStepHistory history = { 0 };
  size_t n_cut = input->registers[3] % 64;
  check_with_history (input, bytes, n_bytes, &history);
  check_with_history (input, bytes, n_bytes, &history);
  if (n_bytes > n_cut) {
    input->sp += (uint32_t)n_cut;
    check_with_history (input, bytes + n_cut, n_bytes - n_cut, &history);
    bytes[n_cut + (input->registers[3] >> 8) % (n_bytes - n_cut)] ^= 8;
    check_with_history (input, bytes + n_cut, n_bytes - n_cut, &history);
  }
  prof_step_history_finish (&history);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input;
  if (size < sizeof input)
    return 0;
  memcpy (&input, data, sizeof input);
  size_t n_bytes = size - sizeof input;
  uint8_t *bytes = malloc (n_bytes + 1);
  if (bytes == NULL)
    return 0;
  memcpy (bytes, data + sizeof input, n_bytes);
  check_history (&input, bytes, n_bytes);
  free (bytes);
  return 0;
}
