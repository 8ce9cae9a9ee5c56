/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/known-stacks.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "unwind/stack-slice.h"

/* Hooks look at the latest PROF_HEAP_MAX_CANDIDATES of a bucket: more would only fill the area. */
#define MAX_IN_BUCKET (4 * PROF_HEAP_MAX_CANDIDATES)

#define BUCKETS_BYTES (PROF_HEAP_N_BUCKETS * sizeof (uint32_t))

static _Atomic uint32_t *
get_bucket (const ProfKnownStacks *known, uint32_t bucket)
{
  return (_Atomic uint32_t *)known->area + bucket;
}

void
prof_known_stacks_init (ProfKnownStacks *known, void *area, size_t n_bytes)
{
  *known = (ProfKnownStacks){ .area = area, .n_bytes = n_bytes, .n_used = BUCKETS_BYTES };
  prof_known_stacks_forget (known);
}

void
prof_known_stacks_finish (ProfKnownStacks *known)
{
  prof_vec_clear (&known->nodes);
}

void
prof_known_stacks_forget (ProfKnownStacks *known)
{
  memset (known->heads, 0, sizeof known->heads);
  memset (known->n_in_bucket, 0, sizeof known->n_in_bucket);
  for (uint32_t i = 0; i < PROF_HEAP_N_BUCKETS && known->n_bytes >= BUCKETS_BYTES; i++)
    atomic_store_explicit (get_bucket (known, i), 0, memory_order_relaxed);
}

static void
write_stack (ProfHeapKnownStack *stack,
             const ProfStackWitness *witness,
             uint32_t next,
             uint32_t number)
{
  stack->pc = witness->pc;
  stack->sp = witness->sp;
  stack->fp = witness->fp;
  stack->uses_fp = witness->uses_fp;
  stack->reach = witness->reach;
  stack->number = number;
  stack->n_words = (uint32_t)witness->n_words;
  atomic_store_explicit (&stack->next, next, memory_order_relaxed);
  for (size_t i = 0; i < witness->n_words; i++) {
    stack->words[i].offset = witness->words[i].offset;
    stack->words[i].value = witness->words[i].value;
  }
}

int
prof_known_stacks_add (ProfKnownStacks *known, const ProfStackWitness *witness, uint32_t node)
{
  uint32_t bucket = prof_heap_stack_bucket (witness->pc, witness->sp);
  ProfHeapKnownStack *stack = (void *)(known->area + known->n_used);
  size_t n_bytes = sizeof *stack + witness->n_words * sizeof *stack->words;
  if (witness->is_refused || known->n_in_bucket[bucket] >= MAX_IN_BUCKET
      || known->n_used > known->n_bytes || n_bytes > known->n_bytes - known->n_used)
    return 0;
  if (prof_vec_push (&known->nodes, node) < 0)
    return -ENOMEM;
  write_stack (stack, witness, known->heads[bucket], (uint32_t)known->nodes.n);
  known->heads[bucket] = (uint32_t)(known->n_used / 8);
  known->n_in_bucket[bucket]++;
  known->n_used += n_bytes;
  /* With release: the hook finds the whole stack behind it. */
  atomic_store_explicit (get_bucket (known, bucket), known->heads[bucket], memory_order_release);
  return (int)known->nodes.n;
}

bool
prof_known_stacks_get_node (const ProfKnownStacks *known, uint32_t number, uint32_t *ret)
{
  if (number == 0 || number > known->nodes.n)
    return false;
  *ret = known->nodes.items[number - 1];
  return true;
}

/* ---- finding, in memory that may change at any time ---- */

static const ProfHeapKnownStack *
get_stack (const ProfKnownStacks *known, uint32_t position, uint32_t *ret_n_words)
{
  uint64_t offset = (uint64_t)position * 8;
  const ProfHeapKnownStack *stack = (const void *)(known->area + offset);
  if (offset < BUCKETS_BYTES || offset > known->n_used || known->n_used - offset < sizeof *stack)
    return NULL;
  *ret_n_words = stack->n_words;
  uint64_t n_bytes = *ret_n_words * (uint64_t)sizeof *stack->words;
  return n_bytes > known->n_used - offset - sizeof *stack ? NULL : stack;
}

static bool
equals (const ProfHeapKnownStack *stack,
        uint32_t n_words,
        const ProfUnwindRegisters *registers,
        const ProfStackSlice *slice)
{
  if (stack->pc != registers->pc || stack->sp != registers->sp
      || (stack->uses_fp && stack->fp != registers->fp))
    return false;
  for (uint32_t i = 0; i < n_words; i++) {
    uint64_t value;
    if (prof_stack_slice_read (slice, registers->sp + stack->words[i].offset, &value)
            != PROF_STACK_GOES_ON
        || value != stack->words[i].value)
      return false;
  }
  return true;
}

uint32_t
prof_known_stacks_find (const ProfKnownStacks *known,
                        const ProfUnwindRegisters *registers,
                        const ProfStackSlice *slice)
{
  uint32_t position = known->heads[prof_heap_stack_bucket (registers->pc, registers->sp)];
  for (unsigned i = 0; i < PROF_HEAP_MAX_CANDIDATES && position != 0; i++) {
    uint32_t n_words;
    const ProfHeapKnownStack *stack = get_stack (known, position, &n_words);
    if (stack == NULL)
      return 0;
    if (equals (stack, n_words, registers, slice))
      return stack->number <= known->nodes.n ? stack->number : 0;
    position = atomic_load_explicit (&stack->next, memory_order_relaxed);
  }
  return 0;
}
