/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "slot-reader.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
slot_reader_init (SlotReader *reader, const ProfHeapHeader *header, char *slot)
{
  char *stacks = slot + PROF_HEAP_PAGE + header->maps_bytes;
  *reader = (SlotReader){
    .slot = (ProfHeapSlot *)slot,
    .stacks = stacks,
    .stacks_bytes = header->stacks_bytes,
    .stacks_end = PROF_HEAP_N_BUCKETS * sizeof (uint32_t),
    .ring = (const uint64_t *)(stacks + header->stacks_bytes),
    .ring_words = header->ring_bytes / 8,
    .rate_bytes = header->rate_bytes,
    .n_buckets = 1 << 12,
    .blocks = calloc (1 << 12, sizeof (Block)),
    .sizes = calloc (N_SIZES, sizeof (SizeCount)),
  };
  assert (reader->blocks && reader->sizes);
}

/* ---- blocks ---- */

static uint64_t
find_block (const SlotReader *reader, uint64_t address)
{
  uint64_t i = (address >> 4) * 0x9e3779b97f4a7c15u >> 20;
  for (;; i++) {
    const Block *block = &reader->blocks[i & (reader->n_buckets - 1)];
    if (block->address == 0 || block->address == address)
      return i & (reader->n_buckets - 1);
  }
}

static void
grow (SlotReader *reader)
{
  Block *old = reader->blocks;
  uint64_t n_old = reader->n_buckets;
  reader->n_buckets *= 2;
  reader->blocks = calloc (reader->n_buckets, sizeof (Block));
  assert (reader->blocks);
  for (uint64_t i = 0; i < n_old; i++) {
    if (old[i].address)
      reader->blocks[find_block (reader, old[i].address)] = old[i];
  }
  free (old);
}

/* What was moved on by the one that goes is moved back. */
static void
remove_block (SlotReader *reader, uint64_t i)
{
  uint64_t mask = reader->n_buckets - 1;
  reader->live_bytes -= reader->blocks[i].size;
  reader->n_blocks--;
  reader->blocks[i].address = 0;
  for (i = (i + 1) & mask; reader->blocks[i].address; i = (i + 1) & mask) {
    Block block = reader->blocks[i];
    reader->blocks[i].address = 0;
    reader->blocks[find_block (reader, block.address)] = block;
  }
}

static SizeCount *
get_count (const SlotReader *reader, uint64_t size)
{
  return &reader->sizes[size < N_SIZES ? size : N_SIZES - 1];
}

static void
end_block (SlotReader *reader, uint64_t i)
{
  get_count (reader, reader->blocks[i].size)->n_freed++;
  remove_block (reader, i);
}

static void
add_block (SlotReader *reader, const Block *block)
{
  if (reader->n_blocks * 2 >= reader->n_buckets)
    grow (reader);
  reader->blocks[find_block (reader, block->address)] = *block;
  reader->n_blocks++;
  reader->live_bytes += block->size;
}

/* ---- stacks ---- */

/* As if every 64th word of the lowest KiB had decided. */
static void
publish_stack (SlotReader *reader, const ProfHeapStack *stack, const uint64_t *words)
{
  uint64_t n_words = stack->n_bytes < 1024 ? stack->n_bytes / 64 : 16;
  uint64_t n_bytes = sizeof (ProfHeapKnownStack) + n_words * 16;
  if (reader->stacks_end + n_bytes > reader->stacks_bytes)
    return;
  ProfHeapKnownStack *known = (ProfHeapKnownStack *)(reader->stacks + reader->stacks_end);
  _Atomic uint32_t *bucket
      = (_Atomic uint32_t *)reader->stacks + prof_heap_stack_bucket (stack->pc, stack->sp);
  known->pc = stack->pc;
  known->sp = stack->sp;
  known->number = ++reader->n_published;
  known->n_words = (uint32_t)n_words;
  known->reach = n_words ? n_words * 64 : 0;
  for (uint64_t i = 0; i < n_words; i++) {
    known->words[i].offset = i * 64;
    known->words[i].value = words[i * 8];
  }
  atomic_store (&known->next, atomic_load (bucket));
  atomic_store (bucket, (uint32_t)(reader->stacks_end / 8));
  reader->stacks_end += n_bytes;
}

/* ---- records ---- */

static bool
fail (const SlotReader *reader, const char *why, uint64_t what)
{
  fprintf (stderr, "slot of %u: %s: %#llx\n", reader->slot->pid, why, (unsigned long long)what);
  return false;
}

static bool
take_stack (SlotReader *reader, const uint64_t *bytes, uint64_t n_bytes)
{
  ProfHeapStack stack;
  memcpy (&stack, bytes, sizeof stack);
  if (n_bytes != sizeof stack + stack.n_bytes)
    return fail (reader, "bytes of the stack", stack.n_bytes);
  if (stack.pc == 0 || stack.sp % 16 != 0)
    return fail (reader, "stack pointer", stack.sp);
  reader->n_stack_bytes += stack.n_bytes;
  if (reader->publishes_stacks)
    publish_stack (reader, &stack, bytes + sizeof stack / 8);
  return true;
}

static bool
take_allocation (SlotReader *reader, const uint64_t *bytes, uint64_t n_bytes)
{
  ProfHeapAllocation allocation;
  if (n_bytes < sizeof allocation)
    return fail (reader, "bytes of an allocation", n_bytes);
  memcpy (&allocation, bytes, sizeof allocation);
  uint64_t i = find_block (reader, allocation.address);
  bool was_live = reader->blocks[i].address != 0;
  bool in_place = allocation.record.flags & PROF_HEAP_IN_PLACE;
  reader->n_missed_frees += was_live && !in_place;
  reader->n_in_place += in_place;
  if (was_live)
    end_block (reader, i);
  add_block (reader, &(Block){
                         .address = allocation.address,
                         .size = allocation.size,
                         .time_ns = allocation.time_ns,
                     });
  double size = allocation.size ? (double)allocation.size : 1;
  double weight = reader->rate_bytes <= 1 ? 1 : 1 / -expm1 (-size / (double)reader->rate_bytes);
  reader->estimated_count += weight;
  reader->estimated_bytes += weight * (double)allocation.size;
  reader->n_allocations++;
  reader->n_threads += allocation.tid != reader->latest_tid;
  reader->latest_tid = allocation.tid;
  get_count (reader, allocation.size)->n_allocated++;
  reader->n_known_stacks += allocation.stack != 0;
  if (allocation.stack)
    return n_bytes == sizeof allocation || fail (reader, "bytes of a known stack", n_bytes);
  return take_stack (reader, bytes + sizeof allocation / 8, n_bytes - sizeof allocation);
}

static bool
take_free (SlotReader *reader, const uint64_t *bytes, uint64_t n_bytes)
{
  ProfHeapFree freed;
  if (n_bytes != sizeof freed)
    return fail (reader, "bytes of a free", n_bytes);
  memcpy (&freed, bytes, sizeof freed);
  uint64_t i = find_block (reader, freed.address);
  reader->n_frees++;
  if (reader->blocks[i].address == 0)
    reader->n_unknown_frees++;
  else if (reader->blocks[i].time_ns > freed.time_ns)
    reader->n_late_frees++;
  else
    end_block (reader, i);
  return true;
}

static bool
take_record (SlotReader *reader, uint64_t position, uint64_t n_bytes, unsigned kind)
{
  static uint64_t bytes[1 << 17];
  if (n_bytes % 8 != 0 || n_bytes < sizeof (ProfHeapRecord) || n_bytes > sizeof bytes)
    return fail (reader, "bytes of a record", n_bytes);
  for (uint64_t i = 0; i < n_bytes / 8; i++)
    bytes[i] = reader->ring[(position / 8 + i) & (reader->ring_words - 1)];
  if (kind == PROF_HEAP_ALLOCATION)
    return take_allocation (reader, bytes, n_bytes);
  if (kind == PROF_HEAP_FREE)
    return take_free (reader, bytes, n_bytes);
  return fail (reader, "kind of a record", kind);
}

bool
slot_reader_drain (SlotReader *reader, bool is_gone)
{
  ProfHeapSlot *slot = reader->slot;
  uint64_t position = atomic_load (&slot->tail), head = atomic_load (&slot->head);
  while (position < head) {
    const uint64_t *word = &reader->ring[position / 8 & (reader->ring_words - 1)];
    uint64_t tag = atomic_load_explicit ((const _Atomic uint64_t *)word, memory_order_acquire);
    uint64_t next = reader->ring[(position / 8 + 1) & (reader->ring_words - 1)];
    uint64_t n_bytes = (uint32_t)next;
    if (tag == (position | PROF_HEAP_COMMITTED)) {
      if (!take_record (reader, position, n_bytes, (next >> 32) & 0xffff))
        return false;
    } else if (!is_gone) {
      break;
    } else {
      reader->n_skipped++;
      n_bytes = tag == (position | PROF_HEAP_RESERVED) ? n_bytes : 8;
    }
    position += n_bytes;
    atomic_store_explicit (&slot->tail, position, memory_order_release);
  }
  return true;
}

void
slot_reader_print (const SlotReader *reader, FILE *out, bool is_last)
{
  const ProfHeapSlot *slot = reader->slot;
  fprintf (out, "{\"pid\": %u, \"parent_pid\": %u, \"parent_slot\": %d, \"obstacle\": %u,\n",
           slot->pid, slot->parent_pid, (int)slot->parent_slot, slot->obstacle);
#define PRINT(name) fprintf (out, " \"%s\": %llu,\n", #name, (unsigned long long)reader->name)
  PRINT (n_allocations);
  PRINT (n_frees);
  PRINT (n_in_place);
  PRINT (n_unknown_frees);
  PRINT (n_late_frees);
  PRINT (n_missed_frees);
  PRINT (n_known_stacks);
  PRINT (n_threads);
  PRINT (n_stack_bytes);
  PRINT (n_blocks);
  PRINT (live_bytes);
  PRINT (n_skipped);
#undef PRINT
  fprintf (out,
           " \"maps_bytes\": %u, \"n_dropped_allocations\": %llu, \"n_dropped_frees\": %llu,\n",
           atomic_load (&slot->maps_bytes),
           (unsigned long long)atomic_load (&slot->n_dropped_allocations),
           (unsigned long long)atomic_load (&slot->n_dropped_frees));
  fprintf (out, " \"estimated_bytes\": %.0f, \"estimated_count\": %.0f,\n \"sizes\": {",
           reader->estimated_bytes, reader->estimated_count);
  const char *separator = "";
  for (unsigned size = 0; size < N_SIZES; size++) {
    const SizeCount *count = &reader->sizes[size];
    if (count->n_allocated) {
      fprintf (out, "%s\"%u\": [%llu, %llu]", separator, size,
               (unsigned long long)count->n_allocated, (unsigned long long)count->n_freed);
      separator = ", ";
    }
  }
  fprintf (out, "}}%s\n", is_last ? "" : ",");
}
