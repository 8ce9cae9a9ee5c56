/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/unwind.h"

enum { PROF_WITNESS_MAX_WORDS = 512 };

typedef struct {
  uint64_t offset; /* from the initial sp */
  uint64_t value;
} ProfWitnessWord;

/* Which inputs decided an unwinding: in the same code, with a slice that ends at the same place,
 * another one that has the same pc, sp, words and (if it was used) fp has the same result. Return
 * addresses always decide, saved frame pointers only if something was computed from them. */
typedef struct ProfStackWitness {
  uint64_t pc, sp, fp; /* the initial ones */
  bool uses_fp;        /* fp decided */
  bool is_refused;     /* something else decided too: other registers, a signal frame, lr */
  uint64_t reach;      /* bytes from sp to behind the last word */
  size_t n_words;
  ProfWitnessWord words[PROF_WITNESS_MAX_WORDS];
} ProfStackWitness;

/* Where the value of fp is from, as long as nothing depended on it. */
typedef enum {
  PROF_FP_INITIAL,
  PROF_FP_WORD,    /* of the stack */
  PROF_FP_DECIDED, /* a witness already, or a constant */
} ProfFpOrigin;

/* What prof_unwind tells, if ProfUnwindWorld.witness is there. */
void prof_stack_witness_begin (ProfStackWitness *witness, const ProfUnwindRegisters *registers);
void prof_stack_witness_add (ProfStackWitness *witness, uint64_t address, uint64_t value);

/* True if registers and stack have all that decided. */
bool prof_stack_witness_matches (const ProfStackWitness *witness,
                                 const ProfUnwindRegisters *registers,
                                 const ProfStackSlice *slice);
