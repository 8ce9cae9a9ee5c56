/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "capture/heap-region.h"
#include "tests.h"

/* A program's side of a slot, without a hook: the test writes what it would. */
typedef struct {
  ProfHeapSlot *slot;
  uint8_t *ring;
  uint64_t n_bytes;
} HeapSlot;

static inline ProfHeapRegion
heap_region_new (uint64_t ring_bytes)
{
  ProfHeapRegionConfig config = {
    .rate_bytes = 1, .ring_bytes = ring_bytes, .max_stack_bytes = 4096, .tracks_frees = true
  };
  ProfHeapRegion region;
  assert_int_equal (prof_heap_region_new (&config, &region, NULL), 0);
  return region;
}

static inline HeapSlot
heap_slot_get (const ProfHeapRegion *region, uint32_t number)
{
  return (HeapSlot){ .slot = prof_heap_region_get_slot (region, number),
                     .ring = prof_heap_region_get_ring (region, number),
                     .n_bytes = region->ring_bytes };
}

/* A process image takes a slot, as after its exec; `maps` is the text of /proc/PID/maps. */
static inline HeapSlot
heap_slot_claim (const ProfHeapRegion *region, uint32_t number, pid_t pid, const char *maps)
{
  HeapSlot slot = heap_slot_get (region, number);
  slot.slot->state = PROF_HEAP_SLOT_CLAIMED;
  slot.slot->parent_slot = UINT32_MAX;
  slot.slot->claim_ns = prof_monotonic_ns ();
  if (maps != NULL) {
    strcpy (prof_heap_region_get_maps (region, number), maps);
    slot.slot->maps_bytes = (uint32_t)strlen (maps);
  }
  __atomic_store_n (&slot.slot->pid, (uint32_t)pid, __ATOMIC_RELEASE);
  return slot;
}

static inline void
heap_slot_put (const HeapSlot *slot, uint64_t position, const void *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    slot->ring[(position + i) & (slot->n_bytes - 1)] = ((const uint8_t *)bytes)[i];
}

/* Reserves and writes a record whose tag, size and kind are to be filled in. */
static inline uint64_t
heap_slot_write (const HeapSlot *slot, void *record, size_t n, ProfHeapKind kind, uint64_t state)
{
  uint64_t position = slot->slot->head;
  *(ProfHeapRecord *)record = (ProfHeapRecord){ .tag = position | state,
                                                .n_bytes = (uint32_t)n,
                                                .kind = (uint16_t)kind,
                                                .flags = ((ProfHeapRecord *)record)->flags };
  heap_slot_put (slot, position, record, n);
  slot->slot->head += n;
  return position;
}

static inline void
heap_slot_free (const HeapSlot *slot, uint64_t address, uint64_t time_ns)
{
  ProfHeapFree record = { .address = address, .time_ns = time_ns, .tid = 1 };
  heap_slot_write (slot, &record, sizeof record, PROF_HEAP_FREE, PROF_HEAP_COMMITTED);
}

/* An allocation whose stack is a number. */
static inline void
heap_slot_allocate_known (
    const HeapSlot *slot, uint64_t address, uint64_t size, uint64_t time_ns, uint32_t stack)
{
  ProfHeapAllocation record
      = { .address = address, .size = size, .time_ns = time_ns, .tid = 1, .stack = stack };
  heap_slot_write (slot, &record, sizeof record, PROF_HEAP_ALLOCATION, PROF_HEAP_COMMITTED);
}

/* What is written of an allocation with its stack. */
typedef struct {
  ProfHeapAllocation allocation;
  ProfHeapStack stack;
  uint64_t words[8];
} HeapStackRecord;

/* A stack of n words from sp upwards, at a return address. */
static inline HeapStackRecord
heap_stack_record (uint64_t pc, uint64_t sp, const uint64_t *words, size_t n)
{
  HeapStackRecord record = { .stack = { .pc = pc, .sp = sp, .n_bytes = n * sizeof *words } };
  memcpy (record.words, words, n * sizeof *words);
  return record;
}

static inline size_t
heap_stack_record_size (const HeapStackRecord *record)
{
  return sizeof record->allocation + sizeof record->stack + record->stack.n_bytes;
}

static inline void
heap_slot_allocate (const HeapSlot *slot,
                    HeapStackRecord *record,
                    uint64_t address,
                    uint64_t size,
                    uint64_t time_ns)
{
  record->allocation.address = address;
  record->allocation.size = size;
  record->allocation.time_ns = time_ns;
  record->allocation.tid = 1;
  heap_slot_write (slot, record, heap_stack_record_size (record), PROF_HEAP_ALLOCATION,
                   PROF_HEAP_COMMITTED);
}
