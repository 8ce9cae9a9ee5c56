/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/error.h>

#include "capture/heap-layout.h"

typedef struct {
  uint64_t rate_bytes; /* mean bytes between two samples; 1: every allocation */
  uint64_t min_sample_bytes;
  uint64_t max_stack_bytes; /* 0: chosen */
  uint64_t ring_bytes;      /* for each process, a power of two; 0: chosen */
  bool tracks_frees;
} ProfHeapRegionConfig;

/* The recorder's view of the memory that it shares with the programs it records. The geometry is
 * this copy's: what stands in the shared header may have been changed by a program. One thread's.
 */
typedef struct {
  int fd; /* -1: the hook's own region, in this process */
  ProfHeapHeader *header;
  size_t total_bytes;
  uint32_t n_slots;
  uint64_t slot_bytes, maps_bytes, stacks_bytes, ring_bytes;
  uint64_t token;
} ProfHeapRegion;

/* Fills in a header: the geometry and what is sampled. */
void prof_heap_region_fill_header (const ProfHeapRegionConfig *config, ProfHeapHeader *ret);

/* Makes the region, stopped; memory is used where it is touched. -EACCES: this process is not
 * dumpable (prctl(2)), so that no other can open what it shares; -ENOMEM, -EMFILE. */
int prof_heap_region_new (const ProfHeapRegionConfig *config,
                          ProfHeapRegion *ret,
                          ProfError *reterr);
/* The region of a hook in this process. -EINVAL: its geometry makes no sense. */
int prof_heap_region_adopt (ProfHeapHeader *header, ProfHeapRegion *ret);
/* Programs that have it mapped keep it, stopped. An adopted one is left as it is. */
void prof_heap_region_finish (ProfHeapRegion *region);

/* Starts or stops the sampling in all programs. */
void prof_heap_region_set_running (ProfHeapRegion *region, bool is_running);

ProfHeapSlot *prof_heap_region_get_slot (const ProfHeapRegion *region, uint32_t slot);
char *prof_heap_region_get_maps (const ProfHeapRegion *region, uint32_t slot);
uint8_t *prof_heap_region_get_stacks (const ProfHeapRegion *region, uint32_t slot);
uint8_t *prof_heap_region_get_ring (const ProfHeapRegion *region, uint32_t slot);

/* Gives the memory of a slot back whose process is gone, and the slot to the next one. */
void prof_heap_region_free_slot (ProfHeapRegion *region, uint32_t slot);

/* The variables "LD_PRELOAD=…" and "PROF_HEAP=…" that a program needs: NULL-terminated, one block
 * to be freed. What `preload` names (LD_PRELOAD as it was, or NULL) stays behind the hook. NULL:
 * out of memory. */
char **prof_heap_region_make_environment (const ProfHeapRegion *region,
                                          const char *hook_library,
                                          const char *preload);
