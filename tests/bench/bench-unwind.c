/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include "../lib/own-stack.h"
#include "base/clock.h"
#include "unwind/unwinder.h"

/* bench-unwind: ns per frame of this process's own stacks, hot, best of many runs. */

enum { MAX_FRAMES = 1024, N_RUNS = 2000 };

static OwnStack stack;

__attribute__ ((noinline)) static int
copy_at_depth (volatile int *depth)
{
  if (--*depth > 0)
    return copy_at_depth (depth) + 1;
  ucontext_t context;
  getcontext (&context);
  own_stack_copy (&stack, &context);
  return 0;
}

static void
measure (const char *name, const ProfUnwindOptions *options, ProfAddressSpace *space)
{
  ProfModuleCache modules;
  ProfUnwinder *unwinder = NULL;
  prof_module_cache_init (&modules);
  if (prof_unwinder_new (options, &modules, &unwinder) < 0)
    return;
  uint64_t pcs[MAX_FRAMES], first_ns = 0, best_ns = UINT64_MAX;
  size_t n_frames = 0;
  ProfStackEnd end = PROF_STACK_N_ENDS;
  for (size_t i = 0; i < N_RUNS; i++) {
    uint64_t start_ns = prof_monotonic_ns ();
    n_frames = prof_unwinder_unwind (unwinder, space, &stack.registers, &stack.slice, pcs, &end);
    uint64_t ns = prof_monotonic_ns () - start_ns;
    first_ns = i == 0 ? ns : first_ns;
    best_ns = ns < best_ns ? ns : best_ns;
  }
  printf ("%-14s %4zu frames, %s: %5.1f ns/frame, first time %.1f us\n", name, n_frames,
          prof_stack_end_get_name (end), (double)best_ns / (double)n_frames,
          (double)first_ns / 1000.0);
  prof_unwinder_free (unwinder);
  for (size_t i = 0; i < space->maps.n; i++)
    space->maps.items[i].module = NULL;
  prof_module_cache_finish (&modules);
}

int
main (void)
{
  static const int depths[] = { 16, 128, 1000 };
  static const ProfUnwindOptions tables
      = { OWN_ARCH, .uses_tables = true, .uses_frame_pointers = true, .max_frames = MAX_FRAMES };
  static const ProfUnwindOptions frame_pointers
      = { OWN_ARCH, .uses_frame_pointers = true, .max_frames = MAX_FRAMES };
  ProfAddressSpace space;
  own_stack_read_maps (&space);
  own_stack_init (&stack);
  for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
    volatile int depth = depths[i];
    copy_at_depth (&depth);
    measure ("tables", &tables, &space);
    measure ("frame pointers", &frame_pointers, &space);
  }
  own_stack_finish (&stack);
  prof_address_space_finish (&space);
  return 0;
}
