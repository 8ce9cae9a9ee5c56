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

/* Which inputs decided an unwinding: given the same code, and a slice that reaches as far, another
 * one with the same pc, sp, words and (if it was used) fp has the same result. Return addresses are
 * always among the words, saved frame pointers only if something was computed from them. */
typedef struct ProfStackWitness {
  bool is_refused; /* something else decided too: other registers, a signal frame, lr */
  bool uses_fp;    /* the initial fp decided */
  uint64_t sp;
  uint64_t reach; /* bytes from sp to behind the last word */
  size_t n_words;
  ProfWitnessWord words[PROF_WITNESS_MAX_WORDS];
} ProfStackWitness;

/* Where the value of fp is from, as long as nothing depended on it. */
typedef enum {
  PROF_FP_INITIAL,
  PROF_FP_WORD,    /* of the stack */
  PROF_FP_DECIDED, /* known already: by a word that is a witness, or a constant */
} ProfFpOrigin;

/* What prof_unwind tells, if ProfUnwindWorld.witness is not NULL: it begins anew at each stack. */
void prof_stack_witness_begin (ProfStackWitness *witness, uint64_t sp);
void prof_stack_witness_add (ProfStackWitness *witness, uint64_t address, uint64_t value);

/* True if a stack has all that the witness names. */
bool prof_stack_witness_matches (const ProfStackWitness *witness, const ProfStackSlice *slice);
