/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>
#include <string.h>

#include "unwind/unwind.h"

/* What a step returns when the stack has not ended. */
#define PROF_STACK_GOES_ON PROF_STACK_N_ENDS

/* Reads 8 bytes of the stack; all that is saved there is aligned to its size. */
static inline ProfStackEnd
prof_stack_slice_read (const ProfStackSlice *slice, uint64_t address, uint64_t *ret)
{
  if (address < slice->start || address % 8 != 0)
    return PROF_STACK_BAD_READ;
  uint64_t offset = address - slice->start;
  if (slice->n_bytes < 8 || offset > slice->n_bytes - 8)
    return PROF_STACK_SLICE_ENDED;
  memcpy (ret, slice->bytes + offset, 8);
  return PROF_STACK_GOES_ON;
}
