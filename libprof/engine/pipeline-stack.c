/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/pipeline.h"

#include <errno.h>

#include <linux/perf_event.h>

#include "unwind/callchain.h"

/* Writes the kernel's part of a stack to pcs; returns how many frames. */
static size_t
read_kernel_chain (const ProfRecordSample *sample, uint64_t *pcs)
{
  size_t n = prof_callchain_get (sample->callchain, sample->n_callchain, PROF_CALLCHAIN_KERNEL, pcs,
                                 PROF_MAX_KERNEL_FRAMES);
  if (n == 0 && sample->in_kernel)
    pcs[n++] = sample->ip;
  return n;
}

static bool
has_native_registers (const ProfRecordSample *sample)
{
  return sample->has_user_registers && sample->registers_abi == PERF_SAMPLE_REGS_ABI_64;
}

/* Writes the user part of a stack to pcs; returns how many frames, 0 for a kernel thread. */
static size_t
unwind_user (ProfPipeline *pipeline,
             ProfAddressSpace *space,
             const ProfRecordSample *sample,
             uint64_t *pcs,
             ProfStackEnd *ret_end)
{
  *ret_end = PROF_STACK_ROOT;
  if (pipeline->unwind_mode == PROF_UNWIND_FRAME_POINTERS) {
    size_t n = prof_callchain_get (sample->callchain, sample->n_callchain, PROF_CALLCHAIN_USER, pcs,
                                   pipeline->builder.max_frames);
    if (n == pipeline->builder.max_frames)
      *ret_end = PROF_STACK_DEPTH_LIMIT;
    else if (n > 0 && !prof_unwinder_is_root (pipeline->builder.unwinder, space, pcs[n - 1]))
      *ret_end = PROF_STACK_NO_UNWIND_DATA;
    return n;
  }
  if (!has_native_registers (sample)) {
    if (sample->in_kernel)
      return 0;
    *ret_end = PROF_STACK_NO_UNWIND_DATA;
    pcs[0] = sample->ip;
    return 1;
  }
  ProfUnwindRegisters registers;
  prof_unwind_registers_from_perf (pipeline->builder.arch, sample->registers, &registers);
  ProfStackSlice slice = { registers.sp, sample->stack, sample->stack_bytes };
  ProfUnwinder *unwinder = pipeline->builder.unwinder;
  size_t n = prof_unwinder_unwind (unwinder, space, &registers, &slice, pcs, ret_end);
  pipeline->builder.n_stitched += prof_unwinder_has_stitched (unwinder);
  return n;
}

/* While the kernel is still busy with an exec, the user registers are the old program's, whose code
 * is mapped no more. */
static bool
is_of_old_program (ProfPipeline *pipeline,
                   ProfProcess *process,
                   const ProfRecordSample *sample,
                   uint64_t user_pc)
{
  if (!process->is_in_exec)
    return false;
  process->is_in_exec
      = sample->in_kernel
        && prof_address_space_find (&process->space, &pipeline->builder.modules, user_pc) == NULL;
  return process->is_in_exec;
}

int
prof_pipeline_add_stack (ProfPipeline *pipeline, const ProfRecord *record, uint32_t *ret_node)
{
  ProfProcess *process;
  int r = prof_process_table_get (&pipeline->processes, record->pid, &process);
  if (r < 0)
    return r;
  ProfAddressSpace *space = &process->space;
  size_t n_kernel = read_kernel_chain (&record->sample, pipeline->builder.pcs);
  uint64_t *user_pcs = pipeline->builder.pcs + n_kernel;
  ProfStackEnd end;
  size_t n_user = unwind_user (pipeline, space, &record->sample, user_pcs, &end);
  if (n_user > 0 && is_of_old_program (pipeline, process, &record->sample, user_pcs[0]))
    n_user = 0;
  return prof_stack_builder_add (&pipeline->builder, space, record->tid, n_kernel, n_user, end,
                                 ret_node);
}
