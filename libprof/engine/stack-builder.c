/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/stack-builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

ProfArch
prof_native_arch (void)
{
#if defined(__x86_64__)
  return PROF_ARCH_X86_64;
#elif defined(__aarch64__)
  return PROF_ARCH_AARCH64;
#else
#error "libprof profiles x86-64 and aarch64"
#endif
}

/* Stacks and code of a target that never stops bringing new ones: some 150 MiB. */
enum { MAX_NODES = 1 << 22, MAX_FRAMES = 1 << 20 };
/* Of a recording that goes on for days: see prof_stack_builder_limit_modules. */
enum { MAX_MODULES = 4096 };
#define MAX_CFI_BYTES ((size_t)32 << 20)
#define MAX_DELETED_BYTES ((uint64_t)256 << 20)

/* ---- life ---- */

static int
open_unwinder (ProfStackBuilder *builder, ProfUnwinder **ret)
{
  ProfUnwindOptions options = {
    .arch = builder->arch,
    .uses_tables = builder->unwind_mode != PROF_UNWIND_FRAME_POINTERS,
    .uses_frame_pointers = builder->unwind_mode != PROF_UNWIND_DWARF,
    .max_frames = builder->max_frames,
  };
  return prof_unwinder_new (&options, &builder->modules, ret);
}

int
prof_stack_builder_init (ProfStackBuilder *builder, ProfUnwindMode mode, size_t max_frames)
{
  size_t n = max_frames + PROF_MAX_KERNEL_FRAMES;
  *builder = (ProfStackBuilder){
    .arch = prof_native_arch (),
    .unwind_mode = mode,
    .max_frames = max_frames,
  };
  builder->latest_stacks.max_frames = n;
  prof_module_cache_init (&builder->modules);
  builder->pcs = calloc (n, sizeof *builder->pcs);
  int r = builder->pcs == NULL ? -ENOMEM : prof_stack_tree_init (&builder->stacks);
  builder->stacks.max_nodes = MAX_NODES;
  builder->frames.max_frames = MAX_FRAMES;
  if (r >= 0)
    r = open_unwinder (builder, &builder->unwinder);
  if (r < 0)
    prof_stack_builder_finish (builder);
  return r;
}

void
prof_stack_builder_finish (ProfStackBuilder *builder)
{
  builder->unwinder = prof_unwinder_free (builder->unwinder);
  prof_stack_tree_finish (&builder->stacks);
  prof_frame_table_finish (&builder->frames);
  prof_module_cache_finish (&builder->modules);
  prof_vec_clear (&builder->stack_ends);
  prof_latest_stacks_finish (&builder->latest_stacks);
  free (builder->pcs);
  builder->pcs = NULL;
}

void
prof_stack_builder_reset (ProfStackBuilder *builder)
{
  prof_stack_tree_reset (&builder->stacks);
  prof_frame_table_reset (&builder->frames);
  prof_latest_stacks_reset (&builder->latest_stacks);
  memset (&builder->frame_cache, 0, sizeof builder->frame_cache);
  builder->stack_ends.n = 0;
  builder->n_stitched = 0;
}

int
prof_stack_builder_limit_modules (ProfStackBuilder *builder)
{
  ProfModuleCache *modules = &builder->modules;
  prof_unwinder_trim (builder->unwinder, MAX_CFI_BYTES);
  if (modules->modules.n < MAX_MODULES && modules->n_open_files < modules->max_open_files / 4 * 3
      && prof_module_cache_count_deleted_bytes (modules) < MAX_DELETED_BYTES)
    return 0;
  ProfUnwinder *unwinder;
  if (open_unwinder (builder, &unwinder) < 0)
    return -ENOMEM;
  prof_unwinder_free (builder->unwinder);
  builder->unwinder = unwinder;
  prof_module_cache_finish (modules);
  prof_module_cache_init (modules);
  prof_stack_builder_reset (builder);
  return 1;
}

ProfStackTablesSource
prof_stack_builder_get_source (const ProfStackBuilder *builder,
                               const ProfProcessTable *processes,
                               const ProfSpanJoin *spans,
                               const char *main_path)
{
  return (ProfStackTablesSource){
    .stacks = &builder->stacks,
    .frames = &builder->frames,
    .modules = &builder->modules,
    .processes = processes,
    .stack_ends = &builder->stack_ends,
    .n_stitched = builder->n_stitched,
    .spans = spans,
    .main_path = main_path,
  };
}

/* ---- frames ---- */

/* The module that a pc is in, and the pc in the module's terms. */
static int
locate (ProfStackBuilder *builder,
        ProfAddressSpace *space,
        uint64_t pc,
        bool is_kernel,
        ProfModule **ret_module,
        uint64_t *ret_address)
{
  *ret_address = pc;
  if (is_kernel)
    return prof_module_cache_get_kernel (&builder->modules, ret_module);
  const ProfCodeMap *map = prof_address_space_find (space, &builder->modules, pc);
  if (map == NULL || map->module->kind == PROF_MODULE_ANONYMOUS)
    return prof_module_cache_get_anonymous (&builder->modules, space->pid, ret_module);
  *ret_module = map->module;
  *ret_address = pc - map->start + map->offset;
  return 0;
}

/* The frame of a pc, and its module. */
static int
get_frame (ProfStackBuilder *builder,
           ProfAddressSpace *space,
           uint64_t pc,
           bool is_kernel,
           const ProfFrameCacheSlot **ret)
{
  uint64_t key = prof_frame_cache_key ((uint32_t)space->pid, space->generation);
  ProfFrameCacheSlot *slot = prof_frame_cache_slot (&builder->frame_cache, pc);
  *ret = slot;
  if (slot->pc == pc && slot->space == key)
    return 0;
  ProfModule *module;
  uint64_t address;
  uint32_t frame;
  int r = locate (builder, space, pc, is_kernel, &module, &address);
  if (r < 0 || (r = prof_frame_table_add (&builder->frames, module->id, address, &frame)) < 0)
    return r;
  *slot = (ProfFrameCacheSlot){ pc, key, frame, module->id };
  return 0;
}

static int
push_frame (ProfStackBuilder *builder,
            ProfAddressSpace *space,
            ProfLatestStack *stack,
            uint64_t pc,
            bool is_kernel)
{
  uint32_t parent = stack->n_frames > 0 ? stack->frames[stack->n_frames - 1].node : 0;
  const ProfFrameCacheSlot *slot;
  uint32_t node;
  int r = get_frame (builder, space, pc, is_kernel, &slot);
  if (r < 0 || (r = prof_stack_tree_add_child (&builder->stacks, parent, slot->frame, &node)) < 0)
    return r;
  if (stack->n_frames == 0)
    stack->root_module = slot->module;
  stack->frames[stack->n_frames++] = (ProfLatestFrame){ pc, node };
  return 0;
}

/* The node of the stack in pcs, whose first n_kernel frames are the kernel's. */
static int
add_frames (ProfStackBuilder *builder,
            ProfAddressSpace *space,
            ProfLatestStack *stack,
            size_t n_kernel,
            size_t n_user,
            uint32_t *ret_node)
{
  size_t n = n_kernel + n_user;
  for (size_t i = n - prof_latest_stack_keep_common (stack, builder->pcs, n); i-- > 0;) {
    int r = push_frame (builder, space, stack, builder->pcs[i], i < n_kernel);
    if (r < 0)
      return r;
  }
  *ret_node = n > 0 ? stack->frames[n - 1].node : 0;
  return 0;
}

static int
count_stack_end (ProfStackBuilder *builder, uint32_t module, ProfStackEnd end)
{
  while (builder->stack_ends.n <= module) {
    int r = prof_vec_push (&builder->stack_ends, (ProfStackEndCounts){ { 0 } });
    if (r < 0)
      return r;
  }
  builder->stack_ends.items[module].n_stacks[end]++;
  if (end != PROF_STACK_ROOT)
    atomic_fetch_add_explicit (&builder->n_truncated, 1, memory_order_relaxed);
  return 0;
}

int
prof_stack_builder_add (ProfStackBuilder *builder,
                        ProfAddressSpace *space,
                        uint32_t tid,
                        size_t n_kernel,
                        size_t n_user,
                        ProfStackEnd end,
                        uint32_t *ret_node)
{
  ProfLatestStack *stack = prof_latest_stacks_get (&builder->latest_stacks, space, tid);
  if (stack == NULL)
    return -ENOMEM;
  int r = add_frames (builder, space, stack, n_kernel, n_user, ret_node);
  if (r == -ENOSPC) {
    *ret_node = 0;
    return PROF_STACK_NOT_KEPT;
  }
  if (r < 0 || n_user == 0)
    return r;
  return count_stack_end (builder, stack->root_module, end);
}
