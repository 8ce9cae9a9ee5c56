/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-record.h"

#include <errno.h>

/* The program may still write: what is decided by is read once. */
#define READ_ONCE(value) __atomic_load_n (&(value), __ATOMIC_RELAXED)

static int
parse_stack (const ProfHeapStack *stack, size_t n_bytes, ProfHeapEvent *event)
{
  if (n_bytes < sizeof *stack)
    return -EBADMSG;
  event->n_stack_bytes = READ_ONCE (stack->n_bytes);
  if (event->n_stack_bytes > n_bytes - sizeof *stack)
    return -EBADMSG;
  event->pc = stack->pc;
  event->sp = stack->sp;
  event->registers = stack->registers;
  event->stack = (const uint8_t *)(stack + 1);
  return 0;
}

static int
parse_allocation (const ProfHeapAllocation *allocation, size_t n_bytes, ProfHeapEvent *ret)
{
  if (n_bytes < sizeof *allocation)
    return -EBADMSG;
  ProfHeapEvent event = {
    .kind = PROF_HEAP_ALLOCATION,
    .in_place = (allocation->record.flags & PROF_HEAP_IN_PLACE) != 0,
    .address = allocation->address,
    .size = allocation->size,
    .time_ns = allocation->time_ns,
    .tid = allocation->tid,
    .stack_number = READ_ONCE (allocation->stack),
  };
  const ProfHeapStack *stack = (const ProfHeapStack *)(allocation + 1);
  if (event.stack_number == 0 && parse_stack (stack, n_bytes - sizeof *allocation, &event) < 0)
    return -EBADMSG;
  *ret = event;
  return 0;
}

static int
parse_free (const ProfHeapFree *record, size_t n_bytes, ProfHeapEvent *ret)
{
  if (n_bytes < sizeof *record)
    return -EBADMSG;
  *ret = (ProfHeapEvent){ .kind = PROF_HEAP_FREE,
                          .address = record->address,
                          .time_ns = record->time_ns,
                          .tid = record->tid };
  return 0;
}

int
prof_heap_record_parse (const uint64_t *words, size_t n_bytes, ProfHeapEvent *ret)
{
  if (n_bytes < sizeof (ProfHeapRecord))
    return -EBADMSG;
  switch (((const ProfHeapRecord *)words)->kind) {
  case PROF_HEAP_ALLOCATION:
    return parse_allocation ((const ProfHeapAllocation *)words, n_bytes, ret);
  case PROF_HEAP_FREE:
    return parse_free ((const ProfHeapFree *)words, n_bytes, ret);
  default:
    return -EBADMSG;
  }
}
