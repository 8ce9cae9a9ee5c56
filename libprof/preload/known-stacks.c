/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "known-stacks.h"

#include <stddef.h>

#if defined __x86_64__
enum { FRAME_POINTER = 1 }; /* rbp */
#else
enum { FRAME_POINTER = 10 }; /* x29 */
#endif

/* The frame pointer's word is not of the stack; all others are. */
static bool
matches (const ProfHeapKnownStack *stack, const Caller *caller, uint64_t readable_end)
{
  if (stack->pc != caller->pc || stack->sp != caller->sp || stack->reach > readable_end - caller->sp
      || (stack->uses_fp && stack->fp != caller->registers[FRAME_POINTER]))
    return false;
  /* The outermost words differ most rarely. */
  for (uint32_t i = 0; i < stack->n_words; i++) {
    if (*(const uint64_t *)(caller->sp + stack->words[i].offset) != stack->words[i].value)
      return false;
  }
  return true;
}

uint32_t
known_stacks_find (const void *area, uint64_t n_bytes, const Caller *caller, uint64_t readable_end)
{
  const _Atomic uint32_t *buckets = area;
  uint32_t offset = atomic_load_explicit (&buckets[prof_heap_stack_bucket (caller->pc, caller->sp)],
                                          memory_order_acquire);
  for (unsigned i = 0; offset && i < PROF_HEAP_MAX_CANDIDATES; i++) {
    uint64_t start = (uint64_t)offset * sizeof (uint64_t);
    if (start + sizeof (ProfHeapKnownStack) > n_bytes)
      return 0;
    const ProfHeapKnownStack *stack = (const void *)((const char *)area + start);
    if (matches (stack, caller, readable_end))
      return stack->number;
    offset = atomic_load_explicit (&stack->next, memory_order_acquire);
  }
  return 0;
}
