/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-region.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Every allocation needs rings for bursts and room for many stacks; programs that are recorded so
 * are few. A slot is taken until it was read to its end: short processes that follow each other
 * need more than are alive at a time. */
#define N_SLOTS 128u
#define N_EXACT_SLOTS 32u
#define MAPS_BYTES (256u << 10)
#define STACKS_BYTES (1u << 20)
#define EXACT_STACKS_BYTES (16u << 20)
#define RING_BYTES (2u << 20)
#define EXACT_RING_BYTES (16u << 20)
#define STACK_BYTES (64u << 10)

void
prof_heap_region_fill_header (const ProfHeapRegionConfig *config, ProfHeapHeader *ret)
{
  bool is_exact = config->rate_bytes <= 1;
  uint64_t ring_bytes = config->ring_bytes > 0 ? config->ring_bytes
                        : is_exact             ? EXACT_RING_BYTES
                                               : RING_BYTES;
  uint64_t stacks_bytes = is_exact ? EXACT_STACKS_BYTES : STACKS_BYTES;
  *ret = (ProfHeapHeader){
    .magic = PROF_HEAP_MAGIC,
    .n_slots = is_exact ? N_EXACT_SLOTS : N_SLOTS,
    .flags = config->tracks_frees ? PROF_HEAP_TRACKS_FREES : 0,
    .slot_bytes = PROF_HEAP_PAGE + MAPS_BYTES + stacks_bytes + ring_bytes,
    .maps_bytes = MAPS_BYTES,
    .stacks_bytes = stacks_bytes,
    .ring_bytes = ring_bytes,
    .rate_bytes = config->rate_bytes,
    .min_sample_bytes = config->min_sample_bytes,
    .max_stack_bytes = config->max_stack_bytes > 0 ? config->max_stack_bytes : STACK_BYTES,
  };
  ret->total_bytes = PROF_HEAP_PAGE + ret->n_slots * ret->slot_bytes;
}

static void
take_geometry (ProfHeapRegion *region, const ProfHeapHeader *header)
{
  region->total_bytes = header->total_bytes;
  region->n_slots = header->n_slots;
  region->slot_bytes = header->slot_bytes;
  region->maps_bytes = header->maps_bytes;
  region->stacks_bytes = header->stacks_bytes;
  region->ring_bytes = header->ring_bytes;
  region->token = header->token;
}

/* Sealed: no program can make it shorter under us. */
static int
open_memory (size_t n_bytes)
{
  int fd = memfd_create ("prof-heap", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -errno;
  if (ftruncate (fd, (off_t)n_bytes) < 0
      || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
    int r = -errno;
    close (fd);
    return r;
  }
  return fd;
}

static int
map_memory (const ProfHeapHeader *header, ProfHeapRegion *ret)
{
  int fd = open_memory (header->total_bytes);
  if (fd < 0)
    return fd;
  void *bytes = mmap (NULL, header->total_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) {
    int r = -errno;
    close (fd);
    return r;
  }
  *ret = (ProfHeapRegion){ .fd = fd, .header = bytes };
  take_geometry (ret, header);
  return 0;
}

int
prof_heap_region_new (const ProfHeapRegionConfig *config, ProfHeapRegion *ret, ProfError *reterr)
{
  ProfHeapHeader header;
  prof_heap_region_fill_header (config, &header);
  if (prctl (PR_GET_DUMPABLE) != 1)
    return prof_error_set (reterr, -EACCES,
                           "Can't record a heap: this program has privileges that keep others from "
                           "opening the memory it shares with them; record with a copy of it that "
                           "has no file capabilities");
  if (getrandom (&header.token, sizeof header.token, 0) != sizeof header.token)
    header.token = (uint64_t)(uintptr_t)&header ^ (uint64_t)getpid () << 32;
  int r = map_memory (&header, ret);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't record a heap: no memory to share with the program: %s%s",
                           strerror (-r), prof_error_get_remedy (r));
  memcpy (ret->header, &header, sizeof header);
  return 0;
}

int
prof_heap_region_adopt (ProfHeapHeader *header, ProfHeapRegion *ret)
{
  uint64_t n_bytes
      = PROF_HEAP_PAGE + header->maps_bytes + header->stacks_bytes + header->ring_bytes;
  if (header->magic != PROF_HEAP_MAGIC || header->n_slots != 1 || header->slot_bytes != n_bytes
      || header->total_bytes != PROF_HEAP_PAGE + n_bytes)
    return -EINVAL;
  *ret = (ProfHeapRegion){ .fd = -1, .header = header };
  take_geometry (ret, header);
  return 0;
}

void
prof_heap_region_finish (ProfHeapRegion *region)
{
  if (region->header == NULL)
    return;
  if (region->fd >= 0) {
    atomic_store (&region->header->is_running, 0);
    munmap (region->header, region->total_bytes);
    close (region->fd);
  }
  *region = (ProfHeapRegion){ .fd = -1 };
}

void
prof_heap_region_set_running (ProfHeapRegion *region, bool is_running)
{
  atomic_store (&region->header->is_running, is_running);
}

/* ---- slots ---- */

ProfHeapSlot *
prof_heap_region_get_slot (const ProfHeapRegion *region, uint32_t slot)
{
  return (ProfHeapSlot *)((uint8_t *)region->header + PROF_HEAP_PAGE + slot * region->slot_bytes);
}

char *
prof_heap_region_get_maps (const ProfHeapRegion *region, uint32_t slot)
{
  return (char *)prof_heap_region_get_slot (region, slot) + PROF_HEAP_PAGE;
}

uint8_t *
prof_heap_region_get_stacks (const ProfHeapRegion *region, uint32_t slot)
{
  return (uint8_t *)prof_heap_region_get_maps (region, slot) + region->maps_bytes;
}

uint8_t *
prof_heap_region_get_ring (const ProfHeapRegion *region, uint32_t slot)
{
  return prof_heap_region_get_stacks (region, slot) + region->stacks_bytes;
}

void
prof_heap_region_free_slot (ProfHeapRegion *region, uint32_t slot)
{
  ProfHeapSlot *head = prof_heap_region_get_slot (region, slot);
  off_t offset = (off_t)(PROF_HEAP_PAGE + slot * region->slot_bytes);
  if (region->fd < 0)
    return;
  /* A hole reads as zeros, and a state of 0 is a free slot: the head goes last. */
  fallocate (region->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset + PROF_HEAP_PAGE,
             (off_t)(region->slot_bytes - PROF_HEAP_PAGE));
  memset ((uint8_t *)head + sizeof head->state, 0, sizeof *head - sizeof head->state);
  atomic_store_explicit (&head->state, PROF_HEAP_SLOT_FREE, memory_order_release);
}

/* ---- the environment ---- */

char **
prof_heap_region_make_environment (const ProfHeapRegion *region,
                                   const char *hook_library,
                                   const char *preload)
{
  bool has_more = preload != NULL && *preload != '\0';
  size_t n_preload
      = strlen ("LD_PRELOAD=:") + strlen (hook_library) + 1 + (has_more ? strlen (preload) : 0);
  enum { N_HEAP = 64 };
  char **strings = malloc (3 * sizeof *strings + n_preload + N_HEAP);
  if (strings == NULL)
    return NULL;
  strings[0] = (char *)(strings + 3);
  strings[1] = strings[0] + n_preload;
  strings[2] = NULL;
  snprintf (strings[0], n_preload, "LD_PRELOAD=%s%s%s", hook_library, has_more ? ":" : "",
            has_more ? preload : "");
  snprintf (strings[1], N_HEAP, PROF_HEAP_ENVIRONMENT "=%d:%d:%016" PRIx64, (int)getpid (),
            region->fd, region->token);
  return strings;
}
