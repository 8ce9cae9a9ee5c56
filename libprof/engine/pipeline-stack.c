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
                                   pipeline->max_frames);
    if (n == pipeline->max_frames)
      *ret_end = PROF_STACK_DEPTH_LIMIT;
    else if (n > 0 && !prof_unwinder_is_root (pipeline->unwinder, space, pcs[n - 1]))
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
  prof_unwind_registers_from_perf (pipeline->arch, sample->registers, &registers);
  ProfStackSlice slice = { registers.sp, sample->stack, sample->stack_bytes };
  return prof_unwinder_unwind (pipeline->unwinder, space, &registers, &slice, pcs, ret_end);
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
        && prof_address_space_find (&process->space, &pipeline->modules, user_pc) == NULL;
  return process->is_in_exec;
}

/* The module that a pc is in, and the pc in the module's terms. */
static int
locate (ProfPipeline *pipeline,
        ProfAddressSpace *space,
        uint64_t pc,
        bool is_kernel,
        ProfModule **ret_module,
        uint64_t *ret_address)
{
  *ret_address = pc;
  if (is_kernel)
    return prof_module_cache_get_kernel (&pipeline->modules, ret_module);
  const ProfCodeMap *map = prof_address_space_find (space, &pipeline->modules, pc);
  if (map == NULL || map->module->kind == PROF_MODULE_ANONYMOUS)
    return prof_module_cache_get_anonymous (&pipeline->modules, space->pid, ret_module);
  *ret_module = map->module;
  *ret_address = pc - map->start + map->offset;
  return 0;
}

/* The frame of a pc, and its module. */
static int
get_frame (ProfPipeline *pipeline,
           ProfAddressSpace *space,
           uint64_t pc,
           bool is_kernel,
           const ProfFrameCacheSlot **ret)
{
  uint64_t key = prof_frame_cache_key ((uint32_t)space->pid, space->generation);
  ProfFrameCacheSlot *slot = prof_frame_cache_slot (&pipeline->frame_cache, pc);
  *ret = slot;
  if (slot->pc == pc && slot->space == key)
    return 0;
  ProfModule *module;
  uint64_t address;
  uint32_t frame;
  int r = locate (pipeline, space, pc, is_kernel, &module, &address);
  if (r < 0 || (r = prof_frame_table_add (&pipeline->frames, module->id, address, &frame)) < 0)
    return r;
  *slot = (ProfFrameCacheSlot){ pc, key, frame, module->id };
  return 0;
}

static int
push_frame (ProfPipeline *pipeline,
            ProfAddressSpace *space,
            ProfLatestStack *stack,
            uint64_t pc,
            bool is_kernel)
{
  uint32_t parent = stack->n_frames > 0 ? stack->frames[stack->n_frames - 1].node : 0;
  const ProfFrameCacheSlot *slot;
  uint32_t node;
  int r = get_frame (pipeline, space, pc, is_kernel, &slot);
  if (r < 0 || (r = prof_stack_tree_add_child (&pipeline->stacks, parent, slot->frame, &node)) < 0)
    return r;
  if (stack->n_frames == 0)
    stack->root_module = slot->module;
  stack->frames[stack->n_frames++] = (ProfLatestFrame){ pc, node };
  return 0;
}

/* The node of the stack in pcs, whose first n_kernel frames are the kernel's. */
static int
add_frames (ProfPipeline *pipeline,
            ProfAddressSpace *space,
            ProfLatestStack *stack,
            size_t n_kernel,
            size_t n_user,
            uint32_t *ret_node)
{
  size_t n = n_kernel + n_user;
  for (size_t i = n - prof_latest_stack_keep_common (stack, pipeline->pcs, n); i-- > 0;) {
    int r = push_frame (pipeline, space, stack, pipeline->pcs[i], i < n_kernel);
    if (r < 0)
      return r;
  }
  *ret_node = n > 0 ? stack->frames[n - 1].node : 0;
  return 0;
}

static int
count_stack_end (ProfPipeline *pipeline, uint32_t module, ProfStackEnd end)
{
  while (pipeline->stack_ends.n <= module) {
    int r = prof_vec_push (&pipeline->stack_ends, (ProfStackEndCounts){ { 0 } });
    if (r < 0)
      return r;
  }
  pipeline->stack_ends.items[module].n_stacks[end]++;
  if (end != PROF_STACK_ROOT)
    atomic_fetch_add_explicit (&pipeline->n_truncated, 1, memory_order_relaxed);
  return 0;
}

int
prof_pipeline_add_stack (ProfPipeline *pipeline, const ProfRecord *record, uint32_t *ret_node)
{
  ProfProcess *process;
  int r = prof_process_table_get (&pipeline->processes, record->pid, &process);
  if (r < 0)
    return r;
  ProfAddressSpace *space = &process->space;
  size_t n_kernel = read_kernel_chain (&record->sample, pipeline->pcs);
  uint64_t *user_pcs = pipeline->pcs + n_kernel;
  ProfStackEnd end;
  size_t n_user = unwind_user (pipeline, space, &record->sample, user_pcs, &end);
  if (n_user > 0 && is_of_old_program (pipeline, process, &record->sample, user_pcs[0]))
    n_user = 0;
  ProfLatestStack *stack = prof_latest_stacks_get (&pipeline->latest_stacks, space, record->tid);
  if (stack == NULL)
    return -ENOMEM;
  r = add_frames (pipeline, space, stack, n_kernel, n_user, ret_node);
  if (r < 0 || n_user == 0)
    return r;
  return count_stack_end (pipeline, stack->root_module, end);
}
