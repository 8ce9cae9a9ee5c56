/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/cpu.h>

#include "engine/frame-cache.h"
#include "engine/frame-table.h"
#include "engine/latest-stacks.h"
#include "engine/process-table.h"
#include "engine/stack-ends.h"
#include "engine/stack-tables.h"
#include "profile/stack-tree.h"
#include "unwind/unwinder.h"

/* The kernel walks at most kernel.perf_event_max_stack frames of its own, 127 by default. */
#define PROF_MAX_KERNEL_FRAMES 512

/* From pcs to nodes of a stack tree, for recorders of any kind. One thread's; the counter may be
 * read by any. */
typedef struct {
  ProfArch arch;
  ProfUnwindMode unwind_mode;
  size_t max_frames;
  ProfModuleCache modules;
  ProfUnwinder *unwinder;
  ProfFrameTable frames;
  ProfStackTree stacks;
  ProfStackEndVec stack_ends;
  ProfFrameCache frame_cache;
  ProfLatestStacks latest_stacks;
  uint64_t *pcs; /* of the stack at hand, leaf first; room for max_frames and the kernel's */
  atomic_ullong n_truncated;
  uint64_t n_stitched; /* stacks with frames that were not copied, since the latest reset */
} ProfStackBuilder;

/* The architecture that this library was built for. */
ProfArch prof_native_arch (void);

/* 0 or -ENOMEM. Finish also serves a builder that is all zeros. */
int prof_stack_builder_init (ProfStackBuilder *builder, ProfUnwindMode mode, size_t max_frames);
void prof_stack_builder_finish (ProfStackBuilder *builder);
/* Forgets stacks, frames and how stacks ended; keeps the modules and what unwinding has learned. */
void prof_stack_builder_reset (ProfStackBuilder *builder);
/* Forgets the modules as well, with their files, where there are so many that most may be of the
 * past, or where files that have been deleted still take much of the disk. 1: it did, and no
 * address space may point to them any more; 0; -ENOMEM: nothing is forgotten. */
int prof_stack_builder_limit_modules (ProfStackBuilder *builder);

enum { PROF_STACK_NOT_KEPT = 1 };

/* The node of the stack in builder->pcs, whose first n_kernel frames are the kernel's and whose
 * others are in `space`; counts how the user part ended, if there is one. PROF_STACK_NOT_KEPT:
 * there is no room for another stack; the node is 0. */
int prof_stack_builder_add (ProfStackBuilder *builder,
                            ProfAddressSpace *space,
                            uint32_t tid,
                            size_t n_kernel,
                            size_t n_user,
                            ProfStackEnd end,
                            uint32_t *ret_node);

/* What a copy for another thread is made from. */
ProfStackTablesSource prof_stack_builder_get_source (const ProfStackBuilder *builder,
                                                     const ProfProcessTable *processes,
                                                     const ProfSpanJoin *spans,
                                                     const char *main_path);
