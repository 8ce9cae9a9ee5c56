/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/stack-witness.h"

#include "unwind/stack-slice.h"

void
prof_stack_witness_begin (ProfStackWitness *witness, const ProfUnwindRegisters *registers)
{
  witness->pc = registers->pc;
  witness->sp = registers->sp;
  witness->fp = registers->fp;
  witness->is_refused = witness->uses_fp = false;
  witness->reach = 0;
  witness->n_words = 0;
}

void
prof_stack_witness_add (ProfStackWitness *witness, uint64_t address, uint64_t value)
{
  if (address < witness->sp || witness->n_words == PROF_WITNESS_MAX_WORDS) {
    witness->is_refused = true;
    return;
  }
  uint64_t offset = address - witness->sp;
  witness->words[witness->n_words++] = (ProfWitnessWord){ offset, value };
  if (offset + 8 > witness->reach)
    witness->reach = offset + 8;
}

bool
prof_stack_witness_matches (const ProfStackWitness *witness,
                            const ProfUnwindRegisters *registers,
                            const ProfStackSlice *slice)
{
  if (witness->is_refused || registers->pc != witness->pc || registers->sp != witness->sp
      || (witness->uses_fp && registers->fp != witness->fp))
    return false;
  for (size_t i = 0; i < witness->n_words; i++) {
    const ProfWitnessWord *word = &witness->words[i];
    uint64_t value;
    if (prof_stack_slice_read (slice, witness->sp + word->offset, &value) != PROF_STACK_GOES_ON
        || value != word->value)
      return false;
  }
  return true;
}
