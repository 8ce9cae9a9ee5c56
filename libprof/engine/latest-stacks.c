/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/latest-stacks.h"

#include <stdlib.h>

void
prof_latest_stacks_finish (ProfLatestStacks *table)
{
  for (size_t i = 0; i < PROF_N_LATEST_STACKS; i++) {
    free (table->stacks[i].frames);
    table->stacks[i] = (ProfLatestStack){ 0 };
  }
}

void
prof_latest_stacks_reset (ProfLatestStacks *table)
{
  for (size_t i = 0; i < PROF_N_LATEST_STACKS; i++)
    table->stacks[i].n_frames = 0;
}

ProfLatestStack *
prof_latest_stacks_get (ProfLatestStacks *table, const ProfAddressSpace *space, uint32_t tid)
{
  ProfLatestStack *stack = &table->stacks[tid % PROF_N_LATEST_STACKS];
  if (stack->frames == NULL) {
    stack->frames = malloc (table->max_frames * sizeof *stack->frames);
    if (stack->frames == NULL)
      return NULL;
  }
  if (stack->tid != tid || stack->pid != space->pid || stack->generation != space->generation) {
    stack->tid = tid;
    stack->pid = space->pid;
    stack->generation = space->generation;
    stack->n_frames = 0;
  }
  return stack;
}

size_t
prof_latest_stack_keep_common (ProfLatestStack *stack, const uint64_t *pcs, size_t n_pcs)
{
  size_t n = 0;
  while (n < stack->n_frames && n < n_pcs && stack->frames[n].pc == pcs[n_pcs - 1 - n])
    n++;
  stack->n_frames = n;
  return n;
}
