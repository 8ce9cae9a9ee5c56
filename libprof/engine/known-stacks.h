/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "capture/heap-layout.h"
#include "unwind/stack-witness.h"

/* The recorder's side of a slot's known stacks (capture/heap-layout.h): stacks are appended until
 * the area is full, and never changed. Numbers are those of the slot, from 1 on; each has a node of
 * the recorder's stack tree. The area is also the recorded program's to write: what is read from it
 * is only trusted to say something of that program's own stacks. One thread's. */
typedef struct {
  uint8_t *area; /* borrowed, aligned to 8; offsets fit 32 bits in units of 8 */
  size_t n_bytes, n_used;
  PROF_VEC (uint32_t) nodes; /* by number - 1 */
  uint32_t heads[PROF_HEAP_N_BUCKETS];
  uint8_t n_in_bucket[PROF_HEAP_N_BUCKETS];
} ProfKnownStacks;

/* Empties the buckets: the area is a new slot's. */
void prof_known_stacks_init (ProfKnownStacks *known, void *area, size_t n_bytes);
void prof_known_stacks_finish (ProfKnownStacks *known);

/* Publishes the stack of a node that was unwound with this witness. Returns its number; 0: it was
 * refused, or there is no room; -ENOMEM. */
int prof_known_stacks_add (ProfKnownStacks *known, const ProfStackWitness *witness, uint32_t node);

/* The number of the published stack that these registers and this slice have, found as the hook
 * does; 0: none. Saves the unwinding of what was sent before the hook could know it. */
uint32_t prof_known_stacks_find (const ProfKnownStacks *known,
                                 const ProfUnwindRegisters *registers,
                                 const ProfStackSlice *slice);

/* True, and the node in *ret, if a number that a hook sent is one of the published. */
bool prof_known_stacks_get_node (const ProfKnownStacks *known, uint32_t number, uint32_t *ret);

/* The process's maps have changed: no stack is found any more; numbers on their way stay good. */
void prof_known_stacks_forget (ProfKnownStacks *known);
