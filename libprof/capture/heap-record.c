/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-record.h"

#include <errno.h>
#include <string.h>

static int
parse_stack (const uint8_t *bytes, size_t n_bytes, ProfHeapEvent *event)
{
  ProfHeapStack stack;
  if (n_bytes < sizeof stack)
    return -EBADMSG;
  memcpy (&stack, bytes, sizeof stack);
  if (stack.n_bytes > n_bytes - sizeof stack)
    return -EBADMSG;
  event->pc = stack.pc;
  event->sp = stack.sp;
  memcpy (event->registers, stack.registers, sizeof event->registers);
  event->stack = bytes + sizeof stack;
  event->n_stack_bytes = stack.n_bytes;
  return 0;
}

static int
parse_allocation (const uint8_t *bytes, size_t n_bytes, ProfHeapEvent *event)
{
  ProfHeapAllocation allocation;
  if (n_bytes < sizeof allocation)
    return -EBADMSG;
  memcpy (&allocation, bytes, sizeof allocation);
  event->in_place = (allocation.record.flags & PROF_HEAP_IN_PLACE) != 0;
  event->address = allocation.address;
  event->size = allocation.size;
  event->time_ns = allocation.time_ns;
  event->tid = allocation.tid;
  event->stack_number = allocation.stack;
  if (allocation.stack != 0)
    return 0;
  return parse_stack (bytes + sizeof allocation, n_bytes - sizeof allocation, event);
}

static int
parse_free (const uint8_t *bytes, size_t n_bytes, ProfHeapEvent *event)
{
  ProfHeapFree free_record;
  if (n_bytes < sizeof free_record)
    return -EBADMSG;
  memcpy (&free_record, bytes, sizeof free_record);
  event->address = free_record.address;
  event->time_ns = free_record.time_ns;
  event->tid = free_record.tid;
  return 0;
}

int
prof_heap_record_parse (const void *bytes, size_t n_bytes, ProfHeapEvent *ret)
{
  ProfHeapRecord record;
  ProfHeapEvent event = { 0 };
  if (n_bytes < sizeof record)
    return -EBADMSG;
  memcpy (&record, bytes, sizeof record);
  event.kind = record.kind;
  int r = -EBADMSG;
  if (event.kind == PROF_HEAP_ALLOCATION)
    r = parse_allocation (bytes, n_bytes, &event);
  else if (event.kind == PROF_HEAP_FREE)
    r = parse_free (bytes, n_bytes, &event);
  if (r >= 0)
    *ret = event;
  return r;
}
