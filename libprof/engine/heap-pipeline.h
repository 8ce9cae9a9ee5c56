/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "capture/heap-region.h"
#include "capture/heap-ring.h"
#include "engine/heap-store.h"
#include "engine/known-stacks.h"
#include "engine/process-table.h"
#include "engine/span-join.h"
#include "engine/stack-builder.h"
#include "unwind/stack-witness.h"

/* One process image that writes to a slot: from its constructor, or the fork that made it, to its
 * end or its next exec. */
typedef struct {
  uint32_t slot, pid;
  uint32_t number; /* of the store's process */
  uint64_t claim_ns;
  int pid_fd;            /* -1: it was gone when it was first seen, or is this process */
  bool is_over;          /* it writes no more, and /proc has nothing of it */
  uint64_t maps_read_ns; /* from /proc, last */
  uint64_t maps_cost_ns; /* of reading them, last */
  uint64_t latest_ns;    /* of its events */
  uint64_t seen_ns;      /* when it was last there */
  uint32_t latest_tid, latest_thread; /* of the event before this one; tid 0: none */
  ProfHeapObstacle obstacle;
  ProfAddressSpace space; /* of this image: the process's next one has another */
  ProfHeapRing ring;
  ProfKnownStacks known;
} ProfHeapImage;

/* Processes whose obstacle is told. */
enum { PROF_HEAP_MAX_REFUSALS = 5 };

/* A process that can't be recorded. */
typedef struct {
  uint32_t pid;
  ProfHeapObstacle obstacle;
} ProfHeapRefusal;

/* From the slots of a region to a store: finds the processes that come and go, unwinds their
 * stacks, and tells them which stacks are known. Belongs to the collector's thread; the counters
 * may be read by any. */
typedef struct {
  ProfHeapRegion *region; /* borrowed */
  bool is_self;           /* the one slot is this process's */
  ProfProcessTable processes;
  ProfStackBuilder builder;
  ProfHeapStore store;
  ProfStackWitness witness;
  PROF_VEC (ProfHeapImage *) images;
  ProfHeapRefusal refusals[PROF_HEAP_MAX_REFUSALS]; /* the first ones */
  uint32_t n_refusals;                              /* of all */
  ProfSpanJoin spans;                               /* of this process, if is_self */
  uint64_t start_ns;                                /* what is older is of an earlier recording */
  uint64_t pause_ns, resume_ns; /* allocations between are not taken; UINT64_MAX, 0: no pause */
  uint64_t n_drops_of_ended;    /* records that images dropped which are gone */
  uint64_t n_left_out_of_ended; /* and samples for which their hooks had no room */
  uint32_t n_images;            /* ever seen */
  bool is_busy;                 /* rings or slots fill up, or somebody is new: look again soon */
  char *main_path;              /* of the first image's program; NULL: not known */

  atomic_ullong n_dropped, n_left_out;
  atomic_uint n_processes, n_threads;
} ProfHeapPipeline;

typedef struct {
  ProfHeapRegion *region; /* borrowed */
  bool is_self;
  ProfHeapStoreConfig store;
  size_t max_frames;
} ProfHeapPipelineConfig;

int prof_heap_pipeline_init (ProfHeapPipeline *pipeline, const ProfHeapPipelineConfig *config);
void prof_heap_pipeline_finish (ProfHeapPipeline *pipeline);

/* Takes what was written so far, and lets go of processes that are gone. 0 or -ENOMEM. */
int prof_heap_pipeline_drain (ProfHeapPipeline *pipeline, uint64_t now_ns);
