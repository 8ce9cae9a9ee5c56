/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "capture/record-merge.h"
#include "capture/spawn.h"
#include "engine/pipeline.h"

/* cut-stacks COMMAND [ARGUMENT...]: records a command with as much of its stacks as the kernel
 * copies, and unwinds each sample again with less of it. Where the whole stack is known, the frames
 * that are taken from samples before must be the same: exit status 1 if one is not. */

enum { FULL_BYTES = 65528, MAX_FRAMES = 4096, N_CUTS = 4, POLL_MS = 20 };

static const size_t cut_bytes[N_CUTS] = { 8192, 16384, 32768, FULL_BYTES };

typedef struct {
  ProfUnwinder *unwinder;
  size_t n_whole, n_stitched, n_checked, n_wrong;
} Cut;

typedef struct {
  ProfPipeline pipeline;
  ProfUnwinder *unwinder; /* of all that was copied */
  Cut cuts[N_CUTS];
  size_t n_samples, n_whole;
  uint64_t pcs[MAX_FRAMES], cut_pcs[MAX_FRAMES];
} Comparison;

static const ProfUnwindOptions options = {
#if defined(__x86_64__)
  .arch = PROF_ARCH_X86_64,
#else
  .arch = PROF_ARCH_AARCH64,
#endif
  .uses_tables = true,
  .uses_frame_pointers = true,
  .max_frames = MAX_FRAMES,
};

static void
compare_cut (Comparison *comparison,
             Cut *cut,
             ProfAddressSpace *space,
             const ProfUnwindRegisters *registers,
             const ProfStackSlice *slice,
             size_t n_whole)
{
  ProfStackEnd end;
  size_t n
      = prof_unwinder_unwind (cut->unwinder, space, registers, slice, comparison->cut_pcs, &end);
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
compare (Comparison *comparison, ProfAddressSpace *space, const ProfRecordSample *sample)
{
  ProfUnwindRegisters registers;
  prof_unwind_registers_from_perf (options.arch, sample->registers, &registers);
  ProfStackSlice slice = { registers.sp, sample->stack, sample->stack_bytes };
  ProfStackEnd end;
  size_t n = prof_unwinder_unwind (comparison->unwinder, space, &registers, &slice, comparison->pcs,
                                   &end);
  bool is_whole = end == PROF_STACK_ROOT && !prof_unwinder_has_stitched (comparison->unwinder);
  comparison->n_samples++;
  comparison->n_whole += is_whole;
  for (size_t i = 0; i < N_CUTS; i++) {
    ProfStackSlice cut = slice;
    if (cut.n_bytes > cut_bytes[i])
      cut.n_bytes = cut_bytes[i];
    compare_cut (comparison, &comparison->cuts[i], space, &registers, &cut, is_whole ? n : 0);
  }
}

static void
take (void *user_data, const ProfRecord *record)
{
  Comparison *comparison = user_data;
  ProfProcess *process;
  prof_pipeline_take (&comparison->pipeline, record);
  if (record->kind == PROF_RECORD_SAMPLE && record->sample.has_user_registers
      && prof_process_table_get (&comparison->pipeline.processes, record->pid, &process) == 0)
    compare (comparison, &process->space, &record->sample);
}

static void
read_rings (Comparison *comparison, ProfPerfSession *session)
{
  size_t n_rings;
  ProfPerfRing *rings = prof_perf_session_get_rings (session, &n_rings);
  ProfRecordMergeStats stats = { 0 };
  prof_record_merge (rings, n_rings, prof_perf_session_get_format (session), UINT64_MAX, take,
                     comparison, &stats);
}

static int
record (Comparison *comparison, ProfPerfSession *session, char **command, ProfError *error)
{
  ProfSpawn spawn;
  int status, r = prof_spawn_new ((const char *const *)command, NULL, NULL, &spawn, error);
  if (r < 0)
    return r;
  r = prof_perf_session_add_thread (session, spawn.pid, true, error);
  if (r >= 0)
    r = prof_spawn_start (&spawn, command[0], error);
  while (r >= 0 && !prof_perf_session_has_ended (session)) {
    poll (NULL, 0, POLL_MS);
    read_rings (comparison, session);
    prof_spawn_wait (&spawn, false, &status);
  }
  prof_spawn_finish (&spawn);
  return r;
}

static int
open_unwinders (Comparison *comparison, ProfPerfSession *session)
{
  ProfPipelineConfig config = { .session = session, .max_frames = MAX_FRAMES, .max_samples = 1000 };
  int r = prof_pipeline_init (&comparison->pipeline, &config);
  ProfModuleCache *modules = &comparison->pipeline.builder.modules;
  if (r >= 0)
    r = prof_unwinder_new (&options, modules, &comparison->unwinder);
  for (size_t i = 0; i < N_CUTS && r >= 0; i++)
    r = prof_unwinder_new (&options, modules, &comparison->cuts[i].unwinder);
  return r;
}

static size_t
print (const Comparison *comparison)
{
  double n_samples = comparison->n_samples > 0 ? (double)comparison->n_samples : 1;
  size_t n_wrong = 0;
  printf ("%zu samples, %.1f%% of the stacks whole in %u bytes\n", comparison->n_samples,
          100.0 * (double)comparison->n_whole / n_samples, FULL_BYTES);
  for (size_t i = 0; i < N_CUTS; i++) {
    const Cut *cut = &comparison->cuts[i];
    n_wrong += cut->n_wrong;
    printf ("%6zu bytes: %5.1f%% to their root, %.1f%% with frames of before: %zu compared, %zu "
            "wrong\n",
            cut_bytes[i], 100.0 * (double)cut->n_whole / n_samples,
            100.0 * (double)cut->n_stitched / n_samples, cut->n_checked, cut->n_wrong);
  }
  return n_wrong;
}

int
main (int argc, char **argv)
{
  static Comparison comparison;
  ProfPerfSessionConfig config = {
    .events = (const char *const[]){ "cpu-clock", NULL },
    .frequency_hz = 999,
    .inherit = true,
    .stack_bytes = FULL_BYTES,
    .regs_mask = prof_unwind_registers_mask (options.arch),
  };
  ProfPerfSession *session = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (argc < 2) {
    fprintf (stderr, "usage: cut-stacks COMMAND [ARGUMENT...]\n");
    return 2;
  }
  int r = prof_perf_session_new (&config, &session, &error);
  if (r >= 0)
    r = open_unwinders (&comparison, session);
  if (r >= 0)
    r = record (&comparison, session, argv + 1, &error);
  if (r < 0)
    fprintf (stderr, "cut-stacks: %s\n", error.message);
  size_t n_wrong = r < 0 ? 0 : print (&comparison);
  prof_unwinder_free (comparison.unwinder);
  for (size_t i = 0; i < N_CUTS; i++)
    prof_unwinder_free (comparison.cuts[i].unwinder);
  prof_pipeline_finish (&comparison.pipeline);
  prof_perf_session_free (session);
  return r < 0 || n_wrong > 0;
}
