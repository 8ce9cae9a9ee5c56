/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "unwind/stack-slice.h"

#define PROF_STEP_NOT_SAVED UINT64_MAX

/* A step from a frame to its caller: where it began, which words of the stack it read and what they
 * were, and where it led. */
typedef struct {
  uint64_t pc, sp, fp;
  uint64_t ra_address, ra;
  uint64_t fp_address, caller_fp; /* PROF_STEP_NOT_SAVED: fp was not on the stack */
  uint64_t caller_sp;
  uint32_t age; /* stacks since the words were read */
} ProfStep;

/* How many stacks a frame beyond what was copied may be taken from those before. Of 30,000 stacks
 * of compilers that were cut at 16 and 32 KiB none was wrong at this age (tests/bench/cut-stacks),
 * and two where there was no bound. */
#define PROF_STEP_MAX_AGE 100

/* The steps of a thread's latest stack, leaf first. A step is a function of its beginning and of
 * the words that it reads: as long as the rules are the same, one that begins at the same place,
 * where the words are unchanged, leads where it led before. Zero-initialized is empty. */
typedef PROF_VEC (ProfStep) ProfSteps;

typedef struct ProfStepHistory {
  ProfSteps steps;  /* of the stack that is being unwound */
  ProfSteps latest; /* of the one before */
  size_t next;      /* the first of the latest that can still be found */
  bool is_stitched; /* frames of this stack are beyond what was copied */
} ProfStepHistory;

static inline void
prof_step_history_finish (ProfStepHistory *history)
{
  prof_vec_clear (&history->steps);
  prof_vec_clear (&history->latest);
}

/* For other rules. */
static inline void
prof_step_history_forget (ProfStepHistory *history)
{
  history->steps.n = 0;
}

/* What was added becomes the latest stack. */
static inline void
prof_step_history_begin (ProfStepHistory *history)
{
  ProfSteps latest = history->steps;
  history->steps = history->latest;
  history->latest = latest;
  history->steps.n = 0;
  history->next = 0;
  history->is_stitched = false;
}

/* Steps are asked for in the order of a stack, with sp growing. NULL: there is none. */
static inline const ProfStep *
prof_step_history_find (ProfStepHistory *history, uint64_t pc, uint64_t sp, uint64_t fp)
{
  const ProfStep *steps = history->latest.items;
  size_t n = history->latest.n;
  while (history->next < n && steps[history->next].sp < sp)
    history->next++;
  if (history->next >= n)
    return NULL;
  const ProfStep *step = &steps[history->next];
  return step->sp == sp && step->pc == pc && step->fp == fp ? step : NULL;
}

/* One that there is no memory for is not kept. */
static inline void
prof_step_history_add (ProfStepHistory *history, const ProfStep *step)
{
  if (prof_vec_reserve (&history->steps, 1) == 0)
    history->steps.items[history->steps.n++] = *step;
}

static inline bool
prof_step_has_word (const ProfStackSlice *slice, uint64_t address, uint64_t expected)
{
  uint64_t word;
  return prof_stack_slice_read (slice, address, &word) == PROF_STACK_GOES_ON && word == expected;
}

/* True if what the step read is above what was copied of this stack. */
static inline bool
prof_step_is_beyond (const ProfStep *step, const ProfStackSlice *slice)
{
  uint64_t word;
  return prof_stack_slice_read (slice, step->ra_address, &word) == PROF_STACK_SLICE_ENDED;
}

/* True if the words that the step read are the same in this stack. */
static inline bool
prof_step_has_words (const ProfStep *step, const ProfStackSlice *slice)
{
  return prof_step_has_word (slice, step->ra_address, step->ra)
         && (step->fp_address == PROF_STEP_NOT_SAVED
             || prof_step_has_word (slice, step->fp_address, step->caller_fp));
}

/* The step that begins here, if what it reads is unchanged, or beyond the slice and was seen
 * lately; it is added to this stack's. NULL: there is none. */
static inline const ProfStep *
prof_step_history_repeat (
    ProfStepHistory *history, const ProfStackSlice *slice, uint64_t pc, uint64_t sp, uint64_t fp)
{
  const ProfStep *step = prof_step_history_find (history, pc, sp, fp);
  if (step == NULL)
    return NULL;
  bool is_seen = prof_step_has_words (step, slice);
  if (!is_seen && (step->age >= PROF_STEP_MAX_AGE || !prof_step_is_beyond (step, slice)))
    return NULL;
  ProfStep repeated = *step;
  repeated.age = is_seen ? 0 : step->age + 1;
  prof_step_history_add (history, &repeated);
  history->is_stitched |= !is_seen;
  return step;
}

/* For a stack that was lost at sp, where its slice ended: what the ones before had further out may
 * be found by the next. */
static inline void
prof_step_history_keep_outer (ProfStepHistory *history, uint64_t sp)
{
  for (size_t i = history->next; i < history->latest.n; i++) {
    ProfStep step = history->latest.items[i];
    if (step.sp > sp && ++step.age < PROF_STEP_MAX_AGE)
      prof_step_history_add (history, &step);
  }
}
