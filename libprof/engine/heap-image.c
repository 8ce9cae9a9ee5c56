/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-image.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/process-maps.h"
#include "engine/process-memory.h"

/* What a process takes at least to end and the next one to begin. */
#define EXIT_NS 100000u

/* ---- beginning ---- */

/* A pid may have been given to another process since: that one is younger than the claim. */
static bool
is_younger (pid_t pid, uint64_t claim_ns)
{
  ProfProcessStat stat;
  if (prof_process_stat_read (pid, &stat) < 0)
    return true;
  uint64_t tick_ns = 1000000000u / (uint64_t)sysconf (_SC_CLK_TCK);
  uint64_t suspended_ns = prof_clock_ns (CLOCK_BOOTTIME) - prof_monotonic_ns ();
  return stat.start_ticks * tick_ns > claim_ns + suspended_ns + tick_ns;
}

/* -1: the process is gone. */
static int
open_process (pid_t pid, uint64_t claim_ns)
{
  int fd = (int)syscall (SYS_pidfd_open, pid, 0);
  if (fd >= 0 && is_younger (pid, claim_ns)) {
    close (fd);
    return -1;
  }
  return fd;
}

static const ProfHeapImage *
find_slot (const ProfHeapPipeline *pipeline, uint32_t slot)
{
  prof_vec_foreach (image, &pipeline->images) {
    if ((*image)->slot == slot)
      return *image;
  }
  return NULL;
}

/* What code the process has: what its constructor saw, or what its parent had, or what it has now.
 */
static int
read_maps (const ProfHeapPipeline *pipeline, ProfHeapImage *image, const ProfHeapSlot *slot)
{
  uint32_t n_bytes = atomic_load_explicit (&slot->maps_bytes, memory_order_acquire);
  if (n_bytes > 0 && n_bytes <= pipeline->region->maps_bytes)
    return prof_process_maps_parse (&image->space,
                                    prof_heap_region_get_maps (pipeline->region, image->slot),
                                    n_bytes);
  const ProfHeapImage *parent = find_slot (pipeline, slot->parent_slot);
  if (parent != NULL && parent != image && parent->pid == slot->parent_pid)
    return prof_address_space_clone (&parent->space, &image->space);
  return prof_process_maps_read (&image->space) == -ENOMEM ? -ENOMEM : 0;
}

/* A program's own code has the lowest addresses. */
static int
find_main_path (ProfHeapPipeline *pipeline, const ProfHeapImage *image)
{
  if (pipeline->main_path != NULL || image->space.maps.n == 0)
    return 0;
  pipeline->main_path = strdup (image->space.maps.items[0].key.path);
  return pipeline->main_path == NULL ? -ENOMEM : 0;
}

static int
open_image (ProfHeapPipeline *pipeline, uint32_t number, const ProfHeapSlot *slot)
{
  ProfHeapRegion *region = pipeline->region;
  ProfHeapImage *image = calloc (1, sizeof *image);
  if (image == NULL || prof_vec_reserve (&pipeline->images, 1) < 0) {
    free (image);
    return -ENOMEM;
  }
  image->slot = number;
  image->pid = slot->pid;
  image->claim_ns = slot->claim_ns;
  image->obstacle = slot->obstacle;
  image->number = pipeline->n_images++;
  prof_address_space_init (&image->space, (pid_t)image->pid);
  /* What is cached by pid and generation is not to be found for another image of the pid. */
  image->space.generation = (uint64_t)image->number << 12;
  image->pid_fd = pipeline->is_self ? -1 : open_process ((pid_t)image->pid, image->claim_ns);
  prof_heap_ring_init (&image->ring, prof_heap_region_get_slot (region, number),
                       prof_heap_region_get_ring (region, number), region->ring_bytes);
  prof_known_stacks_init (&image->known, prof_heap_region_get_stacks (region, number),
                          region->stacks_bytes);
  pipeline->images.items[pipeline->images.n++] = image;
  int r = prof_process_table_begin (&pipeline->processes, image->pid);
  if (r < 0 || (r = read_maps (pipeline, image, slot)) < 0)
    return r;
  return find_main_path (pipeline, image);
}

static void
note_obstacle (ProfHeapPipeline *pipeline, const ProfHeapImage *image)
{
  if (image->obstacle == PROF_HEAP_WORKS)
    return;
  if (pipeline->n_refusals < PROF_HEAP_MAX_REFUSALS)
    pipeline->refusals[pipeline->n_refusals] = (ProfHeapRefusal){ image->pid, image->obstacle };
  pipeline->n_refusals++;
}

/* The pid is what a claim ends with. */
static bool
is_claimed (const ProfHeapSlot *slot)
{
  return atomic_load_explicit (&slot->state, memory_order_acquire) == PROF_HEAP_SLOT_CLAIMED
         && __atomic_load_n (&slot->pid, __ATOMIC_ACQUIRE) != 0;
}

/* By a process that was killed while it did so. */
static bool
is_abandoned (const ProfHeapSlot *slot)
{
  if (atomic_load_explicit (&slot->state, memory_order_acquire) != PROF_HEAP_SLOT_CLAIMED)
    return false;
  pid_t claimer = (pid_t)atomic_load (&slot->claimer);
  bool is_gone = claimer > 0 && kill (claimer, 0) < 0 && errno == ESRCH;
  return is_gone && __atomic_load_n (&slot->pid, __ATOMIC_ACQUIRE) == 0;
}

static void
free_abandoned (ProfHeapPipeline *pipeline)
{
  for (uint32_t i = 0; i < pipeline->region->n_slots && !pipeline->is_self; i++)
    if (is_abandoned (prof_heap_region_get_slot (pipeline->region, i)))
      prof_heap_region_free_slot (pipeline->region, i);
}

/* Parents come before their children: in the order of the claims. */
int
prof_heap_images_find_new (ProfHeapPipeline *pipeline)
{
  free_abandoned (pipeline);
  for (;;) {
    uint32_t oldest = UINT32_MAX;
    uint64_t oldest_ns = UINT64_MAX;
    for (uint32_t i = 0; i < pipeline->region->n_slots; i++) {
      ProfHeapSlot *slot = prof_heap_region_get_slot (pipeline->region, i);
      if (is_claimed (slot) && slot->claim_ns < oldest_ns && find_slot (pipeline, i) == NULL) {
        oldest = i;
        oldest_ns = slot->claim_ns;
      }
    }
    if (oldest == UINT32_MAX)
      return 0;
    const ProfHeapSlot *slot = prof_heap_region_get_slot (pipeline->region, oldest);
    int r = open_image (pipeline, oldest, slot);
    if (r < 0)
      return r;
    note_obstacle (pipeline, pipeline->images.items[pipeline->images.n - 1]);
  }
}

/* ---- end ---- */

static bool
has_newer_image (const ProfHeapPipeline *pipeline, const ProfHeapImage *image)
{
  prof_vec_foreach (other, &pipeline->images) {
    if ((*other)->pid == image->pid && (*other)->claim_ns > image->claim_ns)
      return true;
  }
  return false;
}

bool
prof_heap_image_is_over (const ProfHeapPipeline *pipeline, const ProfHeapImage *image)
{
  struct pollfd end = { .fd = image->pid_fd, .events = POLLIN };
  if (pipeline->is_self)
    return false;
  return image->pid_fd < 0 || has_newer_image (pipeline, image) || poll (&end, 1, 0) > 0;
}

static void
free_image (ProfHeapImage *image)
{
  if (image->pid_fd >= 0)
    close (image->pid_fd);
  prof_address_space_finish (&image->space);
  prof_heap_ring_finish (&image->ring);
  prof_known_stacks_finish (&image->known);
  free (image);
}

/* It ended some time after what is known of it, and before it was looked for again. */
static uint64_t
get_end_ns (const ProfHeapImage *image)
{
  uint64_t earliest_ns = image->latest_ns + EXIT_NS;
  return image->seen_ns > earliest_ns ? image->seen_ns : earliest_ns;
}

int
prof_heap_image_close (ProfHeapPipeline *pipeline, size_t number)
{
  ProfHeapImage *image = pipeline->images.items[number];
  const ProfHeapSlot *slot = image->ring.slot;
  bool is_replaced = has_newer_image (pipeline, image);
  pipeline->n_drops_of_ended += atomic_load (&slot->n_dropped_allocations)
                                + atomic_load (&slot->n_dropped_frees) + image->ring.n_skipped;
  pipeline->n_left_out_of_ended += atomic_load (&slot->n_left_out);
  int r = prof_heap_store_end_process (&pipeline->store, image->number, get_end_ns (image));
  if (!is_replaced)
    prof_process_table_end (&pipeline->processes, image->pid);
  prof_heap_region_free_slot (pipeline->region, image->slot);
  free_image (image);
  pipeline->images.items[number] = pipeline->images.items[--pipeline->images.n];
  return r;
}

void
prof_heap_images_forget_stacks (ProfHeapPipeline *pipeline)
{
  prof_vec_foreach (image, &pipeline->images) {
    prof_known_stacks_forget (&(*image)->known);
  }
}

void
prof_heap_images_finish (ProfHeapPipeline *pipeline)
{
  prof_vec_foreach (image, &pipeline->images) {
    free_image (*image);
  }
  prof_vec_clear (&pipeline->images);
}
