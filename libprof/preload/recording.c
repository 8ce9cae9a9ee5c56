/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "recording.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "slot-claim.h"
#include "system-call.h"
#include "thread.h"

/* A reader that has not moved for so long is taken for dead. */
#define DEAD_AFTER_NS 1000000000u

typedef enum {
  UNCLAIMED, /* the state of a forked child */
  CLAIMING,
  CLAIMED,
  NOT_RECORDED,
} ClaimState;

ForkWiped process;
__thread Thread this_thread;

static Region region;
static _Atomic bool has_region;
static ProfHeapObstacle region_obstacle;
static ClaimedSlot latest_slot;

uint64_t
monotonic_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- taking part ---- */

static bool
is_wanted (void)
{
  uint32_t only_pid = region.header->only_pid;
  return only_pid == 0 || only_pid == (uint32_t)getpid ();
}

/* Of many threads one claims; the others, and its own signal handlers, go on unsampled till then.
 */
static void
claim (bool is_image_new)
{
  uint32_t state = UNCLAIMED;
  if (!atomic_compare_exchange_strong (&process.claim, &state, CLAIMING))
    return;
  bool is_claimed
      = is_wanted ()
        && slot_claim (&region, region_obstacle, is_image_new, &latest_slot, &process.recording);
  bool takes_part = is_claimed && region_obstacle == PROF_HEAP_WORKS;
  atomic_store_explicit (&process.claim, takes_part ? CLAIMED : NOT_RECORDED, memory_order_release);
}

bool
recording_is_abandoned (const Recording *recording)
{
  if (!atomic_load_explicit (&process.is_dormant, memory_order_relaxed))
    return false;
  uint64_t tail = atomic_load_explicit (&recording->ring.slot->tail, memory_order_relaxed);
  if (tail == atomic_load_explicit (&process.full_tail, memory_order_relaxed))
    return true;
  atomic_store_explicit (&process.is_dormant, false, memory_order_relaxed);
  return false;
}

void
recording_note_full (const Recording *recording, uint64_t now_ns)
{
  uint64_t tail = atomic_load_explicit (&recording->ring.slot->tail, memory_order_relaxed);
  if (tail != atomic_load_explicit (&process.full_tail, memory_order_relaxed)
      || atomic_load_explicit (&process.full_since_ns, memory_order_relaxed) == 0) {
    atomic_store_explicit (&process.full_tail, tail, memory_order_relaxed);
    atomic_store_explicit (&process.full_since_ns, now_ns, memory_order_relaxed);
  } else if (now_ns - atomic_load_explicit (&process.full_since_ns, memory_order_relaxed)
             > DEAD_AFTER_NS)
    atomic_store_explicit (&process.is_dormant, true, memory_order_relaxed);
}

const Recording *
recording_get (void)
{
  if (!atomic_load_explicit (&has_region, memory_order_acquire)
      || !atomic_load_explicit (&region.header->is_running, memory_order_relaxed))
    return NULL;
  uint32_t state = atomic_load_explicit (&process.claim, memory_order_acquire);
  if (UNLIKELY (state == UNCLAIMED)) {
    claim (false);
    state = atomic_load_explicit (&process.claim, memory_order_acquire);
  }
  const Recording *recording = &process.recording;
  if (state != CLAIMED
      || atomic_load_explicit (&recording->ring.slot->state, memory_order_relaxed)
             != PROF_HEAP_SLOT_CLAIMED)
    return NULL;
  return recording;
}

uint32_t
recording_get_tid (const Recording *recording)
{
  Thread *thread = &this_thread;
  if (UNLIKELY (thread->tid_of != recording->id)) {
    thread->tid = (uint32_t)system_call (SYS_gettid, 0, 0, 0, 0, 0, 0);
    thread->tid_of = recording->id;
  }
  return thread->tid;
}

bool
recording_prepare (void)
{
  return madvise (&process, sizeof process, MADV_WIPEONFORK) == 0;
}

bool
recording_begin (const Region *shared, ProfHeapObstacle obstacle)
{
  region = *shared;
  region_obstacle = obstacle;
  atomic_store (&process.claim, UNCLAIMED);
  claim (true);
  atomic_store_explicit (&has_region, true, memory_order_release);
  if (atomic_load (&process.claim) != CLAIMED)
    return false;
  recording_get_tid (&process.recording);
  return true;
}

bool
recording_has_region (void)
{
  return atomic_load (&has_region);
}

bool
recording_begin_next (void)
{
  if (atomic_load (&process.claim) != CLAIMED)
    return false;
  process.recording.id = monotonic_ns ();
  return true;
}
