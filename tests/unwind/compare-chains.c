/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "chain-verdict.h"
#include "dwfl-unwinder.h"
#include "unwind/unwinder.h"

/* compare-chains N COMMAND [ARGUMENT...]: runs a command, again if it was too short, and unwinds N
 * of its stacks with our unwinder and with libdwfl. Prints how many chains are the same and each
 * kind of difference. Exit status 1 if ours is wrong in one, or if more than one of 1000 can't be
 * decided; 77 if nothing can be recorded here. */

enum { MAX_FRAMES = 4096, MAX_REASON = 256, MAX_SHOWN = 3, MIN_DECIDED = 1000, SKIPPED = 77 };

typedef struct {
  ChainVerdict verdict;
  char reason[MAX_REASON];
  size_t n;
} Kind;

typedef struct {
  size_t n_wanted, n_stacks, n_whole, n_frames, n_shown;
  PROF_VEC (Kind) kinds;
  ProfUnwinder *ours;
  DwflUnwinder *dwfl;
  uint64_t our_pcs[MAX_FRAMES], dwfl_pcs[MAX_FRAMES];
} Comparison;

static const ProfUnwindOptions options = {
  .arch = STACK_RECORDER_ARCH,
  .uses_tables = true,
  .uses_frame_pointers = true,
  .max_frames = MAX_FRAMES,
};

static const char *
get_module_name (const RecordedStack *stack, uint64_t pc)
{
  const ProfCodeMap *map = prof_address_space_find (stack->space, stack->modules, pc);
  if (map == NULL)
    return "no code";
  const char *slash = strrchr (map->module->path, '/');
  return slash != NULL ? slash + 1 : map->module->path;
}

static void
count (Comparison *comparison, ChainVerdict verdict, const char *reason)
{
  prof_vec_foreach (kind, &comparison->kinds)
    if (kind->verdict == verdict && strcmp (kind->reason, reason) == 0) {
      kind->n++;
      return;
    }
  Kind kind = { .verdict = verdict, .n = 1 };
  snprintf (kind.reason, sizeof kind.reason, "%s", reason);
  if (prof_vec_push (&comparison->kinds, kind) < 0)
    abort ();
}

static void
show_chain (const char *name, const RecordedStack *stack, const Chain *chain, size_t from)
{
  printf ("  %s, %zu frames:", name, chain->n);
  for (size_t i = from > 2 ? from - 2 : 0; i < chain->n && i < from + 4; i++) {
    const ProfCodeMap *map = prof_address_space_find (stack->space, stack->modules, chain->pcs[i]);
    uint64_t offset = map != NULL ? chain->pcs[i] - map->start + map->offset : chain->pcs[i];
    printf (" %s+%" PRIx64, get_module_name (stack, chain->pcs[i]), offset);
  }
  printf ("\n");
}

/* The chains of a stack, and why each ends. */
typedef struct {
  Chain ours, dwfl;
  ProfStackEnd our_end;
  const char *dwfl_end;
} Chains;

static void
unwind (Comparison *comparison, const RecordedStack *stack, Chains *ret)
{
  ProfUnwinder *unwinder = comparison->ours;
  *ret = (Chains){ .ours.pcs = comparison->our_pcs, .dwfl.pcs = comparison->dwfl_pcs };
  ret->ours.n = prof_unwinder_unwind (unwinder, stack->space, &stack->registers, &stack->slice,
                                      comparison->our_pcs, &ret->our_end);
  ret->ours.is_whole = ret->our_end == PROF_STACK_ROOT;
  ret->ours.is_stitched = prof_unwinder_has_stitched (unwinder);
  Chain *dwfl = &ret->dwfl;
  dwfl->n = dwfl_unwinder_unwind (comparison->dwfl, stack, comparison->dwfl_pcs, MAX_FRAMES,
                                  &ret->dwfl_end);
  dwfl->is_whole
      = dwfl->n > 0 && prof_unwinder_is_root (unwinder, stack->space, dwfl->pcs[dwfl->n - 1]);
}

static void
compare (Comparison *comparison, const RecordedStack *stack)
{
  Chains chains;
  char reason[MAX_REASON] = "";
  unwind (comparison, stack, &chains);
  size_t n_common = chain_count_common (&chains.ours, &chains.dwfl);
  ChainVerdict verdict = chain_judge (&chains.ours, &chains.dwfl, n_common);
  if (verdict != CHAIN_EQUAL)
    snprintf (reason, sizeof reason, "in %s: ours: %s%s; libdwfl: %s",
              n_common > 0 ? get_module_name (stack, chains.ours.pcs[n_common - 1]) : "nothing",
              prof_stack_end_get_name (chains.our_end),
              chains.ours.is_stitched ? " by frames of before" : "", chains.dwfl_end);
  count (comparison, verdict, reason);
  comparison->n_stacks++;
  comparison->n_whole += chains.ours.is_whole;
  comparison->n_frames += n_common;
  if (chain_verdict_is_bad (verdict) && comparison->n_shown++ < MAX_SHOWN) {
    printf ("%s, %s, at frame %zu:\n", chain_verdict_get_name (verdict), reason, n_common);
    show_chain ("ours", stack, &chains.ours, n_common);
    show_chain ("libdwfl", stack, &chains.dwfl, n_common);
  }
}

static bool
take (void *user_data, const RecordedStack *stack)
{
  Comparison *comparison = user_data;
  if (comparison->ours == NULL
      && prof_unwinder_new (&options, stack->modules, &comparison->ours) < 0)
    return false;
  if (comparison->n_stacks < comparison->n_wanted)
    compare (comparison, stack);
  return comparison->n_stacks < comparison->n_wanted;
}

/* One run of the command. *ret_n: how many stacks it gave. */
static int
run (Comparison *comparison, char **command, size_t *ret_n)
{
  size_t n_before = comparison->n_stacks;
  comparison->dwfl = dwfl_unwinder_new ();
  int r = comparison->dwfl != NULL ? stack_recorder_run (command, take, comparison) : -ENOMEM;
  comparison->ours = prof_unwinder_free (comparison->ours);
  comparison->dwfl = dwfl_unwinder_free (comparison->dwfl);
  *ret_n = comparison->n_stacks - n_before;
  return r;
}

static int
compare_kinds (const void *a, const void *b)
{
  const Kind *x = a, *y = b;
  if (x->verdict != y->verdict)
    return x->verdict < y->verdict ? -1 : 1;
  return x->n < y->n ? 1 : x->n > y->n ? -1 : strcmp (x->reason, y->reason);
}

/* Where neither comes to the root, either may be wrong, in code that was made at run time. */
static bool
is_too_often (const Comparison *comparison, const Kind *kind)
{
  return kind->verdict == CHAIN_OURS_WRONG
         || (kind->verdict == CHAIN_UNDECIDED && kind->n * MIN_DECIDED > comparison->n_stacks);
}

static bool
print (Comparison *comparison)
{
  bool has_failed = false;
  printf ("%zu stacks, %zu whole, %zu frames the same\n", comparison->n_stacks, comparison->n_whole,
          comparison->n_frames);
  qsort (comparison->kinds.items, comparison->kinds.n, sizeof (Kind), compare_kinds);
  prof_vec_foreach (kind, &comparison->kinds) {
    has_failed |= is_too_often (comparison, kind);
    printf ("%8zu  %s%s%s\n", kind->n, chain_verdict_get_name (kind->verdict),
            kind->reason[0] != '\0' ? ", " : "", kind->reason);
  }
  return !has_failed;
}

int
main (int argc, char **argv)
{
  static Comparison comparison;
  if (argc < 3) {
    fprintf (stderr, "usage: compare-chains N COMMAND [ARGUMENT...]\n");
    return 2;
  }
  comparison.n_wanted = strtoul (argv[1], NULL, 10);
  int r = 0;
  for (size_t n = 1; r >= 0 && n > 0 && comparison.n_stacks < comparison.n_wanted;)
    r = run (&comparison, argv + 2, &n);
  if (r >= 0 && comparison.n_stacks == 0)
    fprintf (stderr, "%s: no stacks\n", argv[2]);
  if (r < 0 || comparison.n_stacks == 0)
    return SKIPPED;
  bool is_good = print (&comparison);
  prof_vec_clear (&comparison.kinds);
  return is_good ? 0 : 1;
}
