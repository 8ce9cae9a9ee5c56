/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/address-space.h"

/* The stacks that threads had at their latest samples. Most frames near the root are the same at
 * the next sample: as long as the pcs and the maps are, so are their nodes in the stack tree. */
typedef struct {
  uint64_t pc;
  uint32_t node;
} ProfLatestFrame;

typedef struct {
  uint32_t tid;
  pid_t pid;
  uint64_t generation;     /* of the address space that the frames were looked up in */
  uint32_t root_module;    /* id of the module of the outermost frame */
  ProfLatestFrame *frames; /* root first; max_frames of the table */
  size_t n_frames;
} ProfLatestStack;

enum { PROF_N_LATEST_STACKS = 64 };

/* A thread's slot is its tid's low bits: threads that share one only lose the saving. */
typedef struct {
  ProfLatestStack stacks[PROF_N_LATEST_STACKS];
  size_t max_frames;
} ProfLatestStacks;

void prof_latest_stacks_finish (ProfLatestStacks *table);
/* The numbers of nodes hold no more. */
void prof_latest_stacks_reset (ProfLatestStacks *table);

/* The slot of a thread: empty where it held another thread's stack, or one that was looked up in
 * other maps. NULL: out of memory. */
ProfLatestStack *prof_latest_stacks_get (ProfLatestStacks *table,
                                         const ProfAddressSpace *space,
                                         uint32_t tid);

/* Keeps the frames from the root on that equal the new stack's, given leaf first, and returns how
 * many. */
size_t prof_latest_stack_keep_common (ProfLatestStack *stack, const uint64_t *pcs, size_t n_pcs);
