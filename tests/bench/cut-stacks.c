/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "../unwind/stack-recorder.h"
#include "unwind/unwinder.h"

/* cut-stacks COMMAND [ARGUMENT...]: records a command with as much of its stacks as the kernel
 * copies, and unwinds each sample again with less of it. Where the whole stack is known, the frames
 * that are taken from samples before must be the same: exit status 1 if one is not. */

enum { MAX_FRAMES = 4096, N_CUTS = 4 };

static const size_t cut_bytes[N_CUTS] = { 8192, 16384, 32768, STACK_RECORDER_BYTES };

typedef struct {
  ProfUnwinder *unwinder;
  size_t n_whole, n_stitched, n_checked, n_wrong;
  uint64_t n_copied; /* bytes */
} Cut;

typedef struct {
  ProfUnwinder *unwinder; /* of all that was copied */
  Cut cuts[N_CUTS];
  size_t n_samples, n_whole;
  uint64_t pcs[MAX_FRAMES], cut_pcs[MAX_FRAMES];
  int error;
} Comparison;

static const ProfUnwindOptions options = {
  .arch = STACK_RECORDER_ARCH,
  .uses_tables = true,
  .uses_frame_pointers = true,
  .max_frames = MAX_FRAMES,
};

static void
compare_cut (
    Comparison *comparison, Cut *cut, const RecordedStack *stack, size_t n_bytes, size_t n_whole)
{
  ProfStackSlice slice = stack->slice;
  ProfStackEnd end;
  if (slice.n_bytes > n_bytes)
    slice.n_bytes = n_bytes;
  cut->n_copied += slice.n_bytes;
  size_t n = prof_unwinder_unwind (cut->unwinder, stack->space, &stack->registers, &slice,
                                   comparison->cut_pcs, &end);
  if (end != PROF_STACK_ROOT)
    return;
  cut->n_whole++;
  if (!prof_unwinder_has_stitched (cut->unwinder))
    return;
  cut->n_stitched++;
  if (n_whole == 0)
    return;
  cut->n_checked++;
  cut->n_wrong += n != n_whole || memcmp (comparison->cut_pcs, comparison->pcs, n * 8) != 0;
}

static void
compare (Comparison *comparison, const RecordedStack *stack)
{
  ProfStackEnd end;
  size_t n = prof_unwinder_unwind (comparison->unwinder, stack->space, &stack->registers,
                                   &stack->slice, comparison->pcs, &end);
  bool is_whole = end == PROF_STACK_ROOT && !prof_unwinder_has_stitched (comparison->unwinder);
  comparison->n_samples++;
  comparison->n_whole += is_whole;
  for (size_t i = 0; i < N_CUTS; i++)
    compare_cut (comparison, &comparison->cuts[i], stack, cut_bytes[i], is_whole ? n : 0);
}

static int
open_unwinders (Comparison *comparison, ProfModuleCache *modules)
{
  int r = prof_unwinder_new (&options, modules, &comparison->unwinder);
  for (size_t i = 0; i < N_CUTS && r >= 0; i++)
    r = prof_unwinder_new (&options, modules, &comparison->cuts[i].unwinder);
  return r;
}

static bool
take (void *user_data, const RecordedStack *stack)
{
  Comparison *comparison = user_data;
  if (comparison->unwinder == NULL)
    comparison->error = open_unwinders (comparison, stack->modules);
  if (comparison->error == 0)
    compare (comparison, stack);
  return comparison->error == 0;
}

static size_t
print (const Comparison *comparison)
{
  double n_samples = comparison->n_samples > 0 ? (double)comparison->n_samples : 1;
  size_t n_wrong = 0;
  printf ("%zu samples, %.1f%% of the stacks whole in %u bytes\n", comparison->n_samples,
          100.0 * (double)comparison->n_whole / n_samples, STACK_RECORDER_BYTES);
  for (size_t i = 0; i < N_CUTS; i++) {
    const Cut *cut = &comparison->cuts[i];
    n_wrong += cut->n_wrong;
    printf ("%6zu bytes, of them %.0f copied: %.1f%% to their root, %.1f%% with frames of before: "
            "%zu compared, %zu wrong\n",
            cut_bytes[i], (double)cut->n_copied / n_samples,
            100.0 * (double)cut->n_whole / n_samples, 100.0 * (double)cut->n_stitched / n_samples,
            cut->n_checked, cut->n_wrong);
  }
  return n_wrong;
}

int
main (int argc, char **argv)
{
  static Comparison comparison;
  if (argc < 2) {
    fprintf (stderr, "usage: cut-stacks COMMAND [ARGUMENT...]\n");
    return 2;
  }
  int r = stack_recorder_run (argv + 1, take, &comparison);
  if (r >= 0)
    r = comparison.error;
  size_t n_wrong = r < 0 ? 0 : print (&comparison);
  prof_unwinder_free (comparison.unwinder);
  for (size_t i = 0; i < N_CUTS; i++)
    prof_unwinder_free (comparison.cuts[i].unwinder);
  return r < 0 || n_wrong > 0;
}
