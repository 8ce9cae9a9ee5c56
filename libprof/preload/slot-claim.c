/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "slot-claim.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "system-call.h"

static bool
is_whole_pages (uint64_t n_bytes)
{
  return n_bytes % PROF_HEAP_PAGE == 0;
}

bool
region_init (Region *region, ProfHeapHeader *header, uint64_t n_bytes)
{
  *region = (Region){
    .header = header,
    .slot_bytes = header->slot_bytes,
    .maps_bytes = header->maps_bytes,
    .stacks_bytes = header->stacks_bytes,
    .ring_bytes = header->ring_bytes,
    .n_slots = header->n_slots,
  };
  uint64_t limit = n_bytes - PROF_HEAP_PAGE;
  return header->total_bytes == n_bytes && region->slot_bytes <= limit
         && region->maps_bytes <= limit && region->stacks_bytes <= limit
         && region->ring_bytes <= limit && is_whole_pages (region->slot_bytes)
         && is_whole_pages (region->maps_bytes) && is_whole_pages (region->stacks_bytes)
         && is_whole_pages (region->ring_bytes) && region->ring_bytes > 0
         && (region->ring_bytes & (region->ring_bytes - 1)) == 0
         && region->stacks_bytes >= PROF_HEAP_N_BUCKETS * sizeof (uint32_t)
         && region->maps_bytes + region->stacks_bytes + region->ring_bytes + PROF_HEAP_PAGE
                <= region->slot_bytes
         && region->n_slots > 0 && region->n_slots <= limit / region->slot_bytes;
}

static ProfHeapSlot *
get_slot (const Region *region, uint32_t i)
{
  return (ProfHeapSlot *)((char *)region->header + PROF_HEAP_PAGE + i * region->slot_bytes);
}

/* The text of /proc/self/maps, as far as there is room. */
static void
write_maps (const Region *region, ProfHeapSlot *slot)
{
  char *maps = (char *)slot + PROF_HEAP_PAGE;
  long fd
      = system_call (SYS_openat, AT_FDCWD, (long)"/proc/self/maps", O_RDONLY | O_CLOEXEC, 0, 0, 0);
  if (fd < 0)
    return;
  uint64_t n_bytes = 0;
  long n_read;
  do {
    n_read = system_call (SYS_read, fd, (long)(maps + n_bytes),
                          (long)(region->maps_bytes - n_bytes), 0, 0, 0);
    if (n_read > 0)
      n_bytes += (uint64_t)n_read;
  } while (n_read > 0 || n_read == -EINTR);
  system_call (SYS_close, fd, 0, 0, 0, 0, 0);
  atomic_store_explicit (&slot->maps_bytes, (uint32_t)n_bytes, memory_order_release);
}

static void
write_parent (const Region *region, const ClaimedSlot *parent, ProfHeapSlot *slot)
{
  const ProfHeapSlot *parent_slot = get_slot (region, parent->slot);
  bool is_there = parent->pid != 0 && atomic_load (&parent_slot->state) == PROF_HEAP_SLOT_CLAIMED
                  && parent_slot->pid == parent->pid;
  slot->parent_pid = parent->pid;
  slot->parent_slot = is_there ? parent->slot : UINT32_MAX;
  slot->parent_position = is_there ? atomic_load (&parent_slot->head) : 0;
}

static ProfHeapSlot *
find_free_slot (const Region *region, uint32_t *ret)
{
  for (uint32_t i = 0; i < region->n_slots; i++) {
    ProfHeapSlot *slot = get_slot (region, i);
    uint32_t state = PROF_HEAP_SLOT_FREE;
    if (atomic_compare_exchange_strong (&slot->state, &state, PROF_HEAP_SLOT_CLAIMED)) {
      atomic_store (&slot->claimer, (uint32_t)getpid ());
      *ret = i;
      return slot;
    }
  }
  return NULL;
}

bool
slot_claim (const Region *region,
            ProfHeapObstacle obstacle,
            bool is_image_new,
            ClaimedSlot *latest,
            Recording *ret)
{
  uint32_t i;
  ProfHeapSlot *slot = find_free_slot (region, &i);
  if (!slot) {
    atomic_fetch_add (&region->header->n_refused, 1);
    return false;
  }
  if (is_image_new) {
    slot->parent_pid = (uint32_t)system_call (SYS_getppid, 0, 0, 0, 0, 0, 0);
    slot->parent_slot = UINT32_MAX;
    write_maps (region, slot);
  } else
    write_parent (region, latest, slot);
  slot->obstacle = obstacle;
  slot->claim_ns = monotonic_ns ();
  *latest = (ClaimedSlot){ .pid = (uint32_t)getpid (), .slot = i };
  __atomic_store_n (&slot->pid, latest->pid, __ATOMIC_RELEASE);

  char *stacks = (char *)slot + PROF_HEAP_PAGE + region->maps_bytes;
  *ret = (Recording){
    .wanted = region->header,
    .id = slot->claim_ns,
    .ring = {
      .slot = slot,
      .words = (uint64_t *)(stacks + region->stacks_bytes),
      .n_words = region->ring_bytes / sizeof (uint64_t),
    },
    .known_stacks = stacks,
    .known_stacks_bytes = region->stacks_bytes,
  };
  return true;
}
