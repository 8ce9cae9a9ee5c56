/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "known-stacks.h"
#include "live-set.h"
#include "recording.h"
#include "thread.h"

/* Counts an allocation of n_bytes; true: the countdown has run out, and has to be looked at. To
 * count no bytes as one would cost as much as all the rest. */
static inline bool
count_bytes (size_t n_bytes)
{
  int64_t *left = &this_thread.countdown.left;
  *left = (int64_t)((uint64_t)*left - n_bytes);
  return UNLIKELY (*left < 0);
}

static inline void
uncount_bytes (size_t n_bytes)
{
  int64_t *left = &this_thread.countdown.left;
  *left = (int64_t)((uint64_t)*left + n_bytes);
}

/* True: counting n_bytes could run the countdown out. */
static inline bool
may_run_out (size_t n_bytes)
{
  int64_t left = this_thread.countdown.left;
  return UNLIKELY (left < 0 || (uint64_t)left < n_bytes);
}

static inline bool
is_maybe_sampled (const void *block)
{
  return UNLIKELY (live_set_may_have (&process.live, (uint64_t)block));
}

/* After a count of n_counted bytes ran out: the block of `size` bytes is written down if it was
 * hit. */
void record_allocation (void *block, size_t n_counted, size_t size, const Caller *caller);

/* After an allocation that was counted and ran out; NULL: it failed. */
static inline void *
record_or_uncount (void *block, size_t size, const Caller *caller)
{
  if (block)
    record_allocation (block, size, size, caller);
  else
    uncount_bytes (size);
  return block;
}

/* Before the block, which may be sampled, is freed. */
void record_free (void *block);

void *record_realloc (void *block, size_t size, const Caller *caller);
