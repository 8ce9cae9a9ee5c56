/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/heap-image.h"
#include "engine/process-maps.h"
#include "unwind/register-map.h"

/* Maps are read again when a stack ends in code that is not known, for at most a twentieth of the
 * time; and now and then, as other code may be where some was. */
#define MAPS_REST 20
#define MAPS_AGE_NS 1000000000u

int
prof_heap_pipeline_init (ProfHeapPipeline *pipeline, const ProfHeapPipelineConfig *config)
{
  *pipeline = (ProfHeapPipeline){ .region = config->region,
                                  .is_self = config->is_self,
                                  .pause_ns = UINT64_MAX };
  prof_heap_store_init (&pipeline->store, &config->store);
  int r = prof_process_table_init (&pipeline->processes);
  if (r >= 0)
    r = prof_stack_builder_init (&pipeline->builder, PROF_UNWIND_AUTO, config->max_frames);
  if (r < 0)
    prof_heap_pipeline_finish (pipeline);
  else
    prof_unwinder_set_witness (pipeline->builder.unwinder, &pipeline->witness);
  return r;
}

void
prof_heap_pipeline_finish (ProfHeapPipeline *pipeline)
{
  prof_span_join_finish (&pipeline->spans);
  prof_heap_images_finish (pipeline);
  prof_heap_store_finish (&pipeline->store);
  prof_stack_builder_finish (&pipeline->builder);
  prof_process_table_finish (&pipeline->processes);
  free (pipeline->main_path);
  pipeline->main_path = NULL;
}

/* ---- stacks ---- */

/* The order of ProfHeapStack's registers. */
#if defined(__x86_64__)
enum { FP_INDEX = 1 };
static const uint8_t dwarf_numbers[] = { 3, 6, 12, 13, 14, 15 };
#elif defined(__aarch64__)
enum { FP_INDEX = 10 };
static const uint8_t dwarf_numbers[] = { 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 };
#endif

static void
set_registers (const ProfHeapEvent *event, ProfUnwindRegisters *ret)
{
  const ProfRegisterMap *map = prof_register_map (prof_native_arch ());
  *ret = (ProfUnwindRegisters){ .pc = event->pc,
                                .sp = event->sp,
                                .fp = event->registers[FP_INDEX],
                                .lr = event->pc,
                                .has_registers = true };
  for (size_t i = 0; i < sizeof dwarf_numbers; i++)
    ret->registers[dwarf_numbers[i]] = event->registers[i];
  ret->registers[map->sp] = event->sp;
}

/* The caller's pc is its return address: the call lies before it. */
static size_t
unwind (ProfHeapPipeline *pipeline,
        ProfAddressSpace *space,
        const ProfUnwindRegisters *registers,
        const ProfStackSlice *slice,
        ProfStackEnd *ret_end)
{
  ProfUnwindRegisters caller = *registers;
  caller.pc--;
  size_t n = prof_unwinder_unwind (pipeline->builder.unwinder, space, &caller, slice,
                                   pipeline->builder.pcs, ret_end);
  pipeline->witness.pc = registers->pc;
  return n;
}

/* Reads the maps again if they are that old; true if they have changed. */
static bool
refresh_maps (ProfHeapImage *image, uint64_t now_ns, uint64_t age_ns)
{
  bool has_changed = false;
  if (image->is_over || now_ns - image->maps_read_ns < age_ns)
    return false;
  image->maps_read_ns = now_ns;
  uint64_t start_ns = prof_monotonic_ns ();
  if (prof_process_maps_refresh (&image->space, &has_changed) >= 0 && has_changed)
    prof_known_stacks_forget (&image->known);
  image->maps_cost_ns = prof_monotonic_ns () - start_ns;
  return has_changed;
}

static int
add_stack (ProfHeapPipeline *pipeline,
           ProfHeapImage *image,
           const ProfHeapEvent *event,
           uint64_t now_ns,
           uint32_t *ret_node)
{
  ProfUnwindRegisters registers;
  ProfStackSlice slice = { event->sp, event->stack, event->n_stack_bytes };
  ProfStackEnd end;
  set_registers (event, &registers);
  uint32_t known = prof_known_stacks_find (&image->known, &registers, &slice);
  if (known != 0 && prof_known_stacks_get_node (&image->known, known, ret_node))
    return 0;
  size_t n = unwind (pipeline, &image->space, &registers, &slice, &end);
  bool is_whole = end == PROF_STACK_ROOT || end == PROF_STACK_DEPTH_LIMIT;
  if (!is_whole && refresh_maps (image, now_ns, MAPS_REST * image->maps_cost_ns))
    n = unwind (pipeline, &image->space, &registers, &slice, &end);
  int r
      = prof_stack_builder_add (&pipeline->builder, &image->space, event->tid, 0, n, end, ret_node);
  /* A stack that ends in code without unwind data always does, if there was none when it was sent
   * either. */
  if (r < 0 || r == PROF_STACK_NOT_KEPT || (!is_whole && image->maps_read_ns < event->time_ns))
    return r;
  r = prof_known_stacks_add (&image->known, &pipeline->witness, *ret_node);
  return r < 0 ? r : 0;
}

static int
get_stack (ProfHeapPipeline *pipeline,
           ProfHeapImage *image,
           const ProfHeapEvent *event,
           uint64_t now_ns,
           uint32_t *ret_node)
{
  *ret_node = 0;
  if (event->stack_number == 0)
    return add_stack (pipeline, image, event, now_ns, ret_node);
  prof_known_stacks_get_node (&image->known, event->stack_number, ret_node);
  return 0;
}

/* ---- events ---- */

static int
get_thread (ProfHeapPipeline *pipeline, ProfHeapImage *image, uint32_t tid, uint32_t *ret_thread)
{
  if (image->latest_tid != tid || tid == 0) {
    int r = prof_process_table_get_thread (&pipeline->processes, image->pid, tid,
                                           &image->latest_thread);
    if (r < 0)
      return r;
    image->latest_tid = tid;
  }
  *ret_thread = image->latest_thread;
  return 0;
}

static int
take_allocation (ProfHeapPipeline *pipeline,
                 ProfHeapImage *image,
                 const ProfHeapEvent *event,
                 uint64_t now_ns)
{
  ProfHeapSample sample = { .process = image->number,
                            .in_place = event->in_place,
                            .address = event->address,
                            .size = event->size,
                            .time_ns = event->time_ns };
  int r = get_thread (pipeline, image, event->tid, &sample.thread);
  if (r < 0 || (r = get_stack (pipeline, image, event, now_ns, &sample.stack)) < 0
      || (r = prof_span_join_find (&pipeline->spans, event->tid, event->time_ns, &sample.span)) < 0)
    return r;
  r = prof_heap_store_allocate (&pipeline->store, &sample);
  return r == -EINVAL ? 0 : r;
}

static int
take (ProfHeapPipeline *pipeline, ProfHeapImage *image, const ProfHeapEvent *event, uint64_t now_ns)
{
  if (event->time_ns < pipeline->start_ns)
    return 0;
  if (event->time_ns > image->latest_ns)
    image->latest_ns = event->time_ns;
  bool is_paused = event->time_ns >= pipeline->pause_ns || event->time_ns < pipeline->resume_ns;
  if (event->kind == PROF_HEAP_ALLOCATION && is_paused)
    return 0;
  if (event->kind == PROF_HEAP_ALLOCATION)
    return take_allocation (pipeline, image, event, now_ns);
  int r = prof_heap_store_free (&pipeline->store, image->number, event->address, event->time_ns);
  return r == -EINVAL ? 0 : r;
}

/* At most as much as the ring holds: a writer may be as fast as we are. Room is given back often,
 * so that it does not meet a full ring. */
static int
drain_image (ProfHeapPipeline *pipeline, ProfHeapImage *image, uint64_t now_ns)
{
  ProfHeapRing *ring = &image->ring;
  uint64_t first = ring->position, released = first;
  ProfHeapEvent event;
  int r = 0;
  while (r >= 0 && ring->position - first < ring->n_bytes
         && (r = prof_heap_ring_next (ring, now_ns, image->is_over, &event)) > 0) {
    r = take (pipeline, image, &event, now_ns);
    if (ring->position - released > ring->n_bytes / 16) {
      prof_heap_ring_release (ring);
      released = ring->position;
    }
  }
  prof_heap_ring_release (ring);
  if (ring->position != first)
    refresh_maps (image, now_ns, MAPS_AGE_NS);
  pipeline->is_busy |= ring->position - first > ring->n_bytes / 8;
  return r;
}

static void
publish_counts (ProfHeapPipeline *pipeline)
{
  uint64_t n_dropped = pipeline->n_drops_of_ended, n_left_out = pipeline->n_left_out_of_ended;
  prof_vec_foreach (image, &pipeline->images) {
    const ProfHeapSlot *slot = (*image)->ring.slot;
    n_dropped += atomic_load (&slot->n_dropped_allocations) + atomic_load (&slot->n_dropped_frees)
                 + (*image)->ring.n_skipped;
    n_left_out += atomic_load (&slot->n_left_out);
  }
  atomic_store_explicit (&pipeline->n_dropped, n_dropped, memory_order_relaxed);
  atomic_store_explicit (&pipeline->n_left_out, n_left_out, memory_order_relaxed);
  atomic_store_explicit (&pipeline->n_processes, pipeline->n_images, memory_order_relaxed);
  atomic_store_explicit (&pipeline->n_threads, pipeline->processes.n_threads, memory_order_relaxed);
}

int
prof_heap_pipeline_drain (ProfHeapPipeline *pipeline, uint64_t now_ns)
{
  uint32_t n_images = pipeline->n_images;
  int r = prof_heap_images_find_new (pipeline);
  pipeline->is_busy
      = pipeline->n_images > n_images || pipeline->images.n > pipeline->region->n_slots / 2;
  for (size_t i = pipeline->images.n; i-- > 0 && r >= 0;) {
    ProfHeapImage *image = pipeline->images.items[i];
    image->is_over = prof_heap_image_is_over (pipeline, image);
    if (!image->is_over)
      image->seen_ns = now_ns;
    r = drain_image (pipeline, image, now_ns);
    if (r >= 0 && image->is_over)
      r = prof_heap_image_close (pipeline, i);
  }
  publish_counts (pipeline);
  return r;
}
