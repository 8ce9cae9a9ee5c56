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
 * the recorder's stack tree. The area is also the recorded program's to write: nothing that is read
 * from it is trusted beyond what the program may say of its own stacks. One thread's. */
typedef struct {
  uint8_t *area; /* borrowed, aligned to 8 */
  size_t n_bytes, n_used;
  PROF_VEC (uint32_t) nodes; /* by number - 1 */
  uint32_t heads[PROF_HEAP_N_BUCKETS];
  uint8_t n_in_bucket[PROF_HEAP_N_BUCKETS];
} ProfKnownStacks;

/* The frame that called an allocation function. */
typedef struct {
  uint64_t pc, sp, fp;
} ProfKnownStackKey;

/* Clears the buckets: the area is a new slot's. */
void prof_known_stacks_init (ProfKnownStacks *known, void *area, size_t n_bytes);
void prof_known_stacks_finish (ProfKnownStacks *known);

/* Publishes a stack that was unwound with this witness. Returns its number, 0 if it was refused or
 * there is no room, or -ENOMEM. */
int prof_known_stacks_add (ProfKnownStacks *known,
                           const ProfKnownStackKey *key,
                           const ProfStackWitness *witness,
                           uint32_t node);

/* The number of the published stack that equals this one, as the hook finds it; 0: none. Saves the
 * unwinding of a stack that was sent before the hook could know it. */
uint32_t prof_known_stacks_find (const ProfKnownStacks *known,
                                 const ProfKnownStackKey *key,
                                 const ProfStackSlice *slice);

/* The node of a number that a hook sent: true if there is such a stack. */
bool prof_known_stacks_get_node (const ProfKnownStacks *known, uint32_t number, uint32_t *ret_node);

/* The process's maps have changed: no stack is found any more; numbers on their way stay good. */
void prof_known_stacks_forget (ProfKnownStacks *known);
