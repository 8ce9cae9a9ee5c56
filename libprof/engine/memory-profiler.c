/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/memory.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sized.h"
#include "capture/session-notes.h"
#include "engine/collector.h"
#include "engine/context-watch.h"
#include "engine/counters.h"
#include "engine/heap-image.h"
#include "engine/heap-pipeline.h"
#include "engine/heap-profile-maker.h"
#include "engine/heap-target.h"
#include "engine/machine.h"
#include "engine/memory-config.h"

/* Rings have no descriptor to wait for. With every allocation they are soon full, and at the
 * beginning of a program of stacks that are not known yet. */
#define POLL_NS 20000000u
#define BUSY_POLL_NS 1000000u
#define BEGINNING_NS 100000000u
#define COUNTERS_INTERVAL_NS 250000000u

struct ProfMemoryProfiler {
  ProfMemoryConfigCopy config;
  ProfCollector collector;
  ProfHeapTarget target;
  ProfHeapPipeline pipeline;
  ProfCounters counters;
  ProfContextWatch context;
  ProfSessionNotes notes;
  bool is_started;
  uint64_t start_monotonic_ns, start_unix_ns;
};

/* ---- what the collector's thread calls ---- */

static void
set_poll_interval (ProfMemoryProfiler *profiler)
{
  bool is_beginning = prof_monotonic_ns () - profiler->start_monotonic_ns < BEGINNING_NS;
  bool is_busy
      = is_beginning || profiler->pipeline.is_busy || profiler->config.values.sampling_rate == 1;
  profiler->collector.poll_ns = is_busy ? BUSY_POLL_NS : POLL_NS;
}

static int
begin (void *owner, ProfError *reterr)
{
  ProfMemoryProfiler *profiler = owner;
  prof_heap_target_ignore_thread (&profiler->target, true);
  profiler->pipeline.start_ns = profiler->start_monotonic_ns;
  set_poll_interval (profiler);
  return prof_heap_target_begin (&profiler->target, reterr);
}

/* A row that can't be had is missing; the recording goes on. */
static void
count (ProfMemoryProfiler *profiler)
{
  uint64_t now_ns = prof_monotonic_ns ();
  if (!profiler->config.values.collect_system_info
      || !prof_counters_are_due (&profiler->counters, now_ns))
    return;
  pid_t pids[PROF_MAX_COUNTED];
  size_t n_pids
      = prof_process_table_list_alive (&profiler->pipeline.processes, pids, PROF_MAX_COUNTED);
  prof_counters_add_row (&profiler->counters, now_ns, pids, n_pids);
}

static void
look_for_context (ProfMemoryProfiler *profiler, bool is_last)
{
  uint64_t now_ns = prof_monotonic_ns ();
  if (!is_last && !prof_context_watch_is_due (&profiler->context, now_ns))
    return;
  pid_t pids[PROF_MAX_COUNTED];
  size_t n_pids
      = prof_process_table_list_alive (&profiler->pipeline.processes, pids, PROF_MAX_COUNTED);
  prof_context_watch_look (&profiler->context, now_ns, pids, n_pids);
}

static int
drain (void *owner, uint64_t until_ns)
{
  ProfMemoryProfiler *profiler = owner;
  (void)until_ns;
  if (profiler->target.region.header == NULL)
    return 0;
  uint64_t n_dropped = profiler->pipeline.n_dropped, now_ns = prof_monotonic_ns ();
  int r = prof_heap_pipeline_drain (&profiler->pipeline, now_ns);
  prof_span_reader_set_drained (&profiler->pipeline.spans.reader, now_ns);
  set_poll_interval (profiler);
  count (profiler);
  look_for_context (profiler, false);
  if (profiler->pipeline.n_dropped > n_dropped)
    prof_collector_notify (&profiler->collector, PROF_EVENT_SAMPLES_LOST);
  return r;
}

static void
disable (void *owner)
{
  ProfMemoryProfiler *profiler = owner;
  prof_heap_target_disable (&profiler->target);
}

static void
end (void *owner)
{
  ProfMemoryProfiler *profiler = owner;
  look_for_context (profiler, true);
  prof_span_join_end (&profiler->pipeline.spans);
  prof_heap_images_forget_stacks (&profiler->pipeline);
  prof_heap_target_end (&profiler->target);
}

/* ---- life ---- */

static int
open_all (ProfMemoryProfiler *profiler, ProfError *reterr)
{
  const ProfMemoryConfig *config = &profiler->config.values;
  ProfCollectorFuncs funcs = { begin, drain, disable, end, profiler };
  ProfHeapPipelineConfig pipeline_config = {
    .region = &profiler->target.region,
    .is_self = config->target == PROF_MEMORY_SELF,
    .store = { .rate_bytes = config->sampling_rate,
               .tracks_frees = config->track_deallocations,
               .max_rows = config->max_samples },
    .max_frames = config->max_stack_depth,
  };
  int r = prof_heap_pipeline_init (&profiler->pipeline, &pipeline_config);
  if (r >= 0)
    r = prof_collector_init (&profiler->collector, &funcs);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't prepare the recording: %s%s", strerror (-r),
                           prof_error_get_remedy (r));
  profiler->collector.duration_ns = config->duration_ns;
  profiler->target.collector = &profiler->collector;
  return prof_heap_target_open (&profiler->target, reterr);
}

int
prof_memory_profiler_new (const ProfMemoryConfig *config,
                          ProfMemoryProfiler **ret,
                          ProfError *reterr)
{
  ProfMemoryProfiler *profiler = calloc (1, sizeof *profiler);
  if (profiler == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't make a profiler: out of memory");
  prof_heap_target_init (&profiler->target, &profiler->config.values);
  prof_counters_init (&profiler->counters, COUNTERS_INTERVAL_NS);
  profiler->collector.epoll_fd = profiler->collector.wake_fd = profiler->collector.notify_fd = -1;
  int r = prof_memory_config_copy (config, &profiler->config, reterr);
  if (r >= 0)
    r = open_all (profiler, reterr);
  if (r < 0) {
    prof_memory_profiler_free (profiler);
    return r;
  }
  *ret = profiler;
  return 0;
}

ProfMemoryProfiler *
prof_memory_profiler_free (ProfMemoryProfiler *profiler)
{
  if (profiler == NULL || prof_collector_check_owner (&profiler->collector, NULL) < 0)
    return NULL;
  prof_collector_finish (&profiler->collector);
  prof_heap_pipeline_finish (&profiler->pipeline);
  prof_heap_target_finish (&profiler->target);
  prof_counters_finish (&profiler->counters);
  prof_context_watch_finish (&profiler->context);
  prof_session_notes_finish (&profiler->notes);
  prof_memory_config_finish (&profiler->config);
  free (profiler);
  return NULL;
}

int
prof_memory_profiler_start (ProfMemoryProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (profiler->is_started)
    return prof_error_set (reterr, -EALREADY,
                           "Can't start: this profiler was started before; make a new one for a "
                           "new recording");
  profiler->is_started = true;
  profiler->start_monotonic_ns = prof_monotonic_ns ();
  profiler->start_unix_ns = prof_clock_ns (CLOCK_REALTIME);
  if (profiler->config.values.target == PROF_MEMORY_SELF)
    prof_span_join_begin (&profiler->pipeline.spans);
  r = prof_heap_target_attach (&profiler->target, reterr);
  return r < 0 ? r : prof_collector_start (&profiler->collector, reterr);
}

int
prof_memory_profiler_stop (ProfMemoryProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->is_started)
    return prof_error_set (reterr, -EINVAL, "Can't stop: this profiler was not started");
  prof_collector_stop (&profiler->collector);
  return 0;
}

static void
set_paused (void *owner, void *argument)
{
  ProfMemoryProfiler *profiler = owner;
  ProfHeapPipeline *pipeline = &profiler->pipeline;
  const bool *is_paused = argument;
  if (*is_paused == (pipeline->pause_ns != UINT64_MAX))
    return;
  uint64_t now_ns = prof_monotonic_ns ();
  if (*is_paused)
    pipeline->pause_ns = now_ns;
  else {
    pipeline->resume_ns = now_ns;
    pipeline->pause_ns = UINT64_MAX;
  }
}

int
prof_memory_profiler_set_paused (ProfMemoryProfiler *profiler, bool is_paused, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->collector.is_running)
    return prof_error_set (reterr, -EINVAL, "Can't pause: this profiler is not running");
  prof_collector_call (&profiler->collector, set_paused, &is_paused);
  return 0;
}

bool
prof_memory_profiler_is_running (ProfMemoryProfiler *profiler)
{
  return profiler->collector.is_running
         && prof_collector_check_owner (&profiler->collector, NULL) == 0;
}

/* ---- results ---- */

static uint64_t
get_duration_ns (ProfMemoryProfiler *profiler)
{
  uint64_t end_ns = profiler->collector.end_ns;
  if (profiler->collector.begin_ns == 0)
    return 0;
  return (end_ns > 0 ? end_ns : prof_monotonic_ns ()) - profiler->start_monotonic_ns;
}

int
prof_memory_profiler_get_stats (ProfMemoryProfiler *profiler, ProfMemoryStats *ret)
{
  ProfHeapPipeline *pipeline = &profiler->pipeline;
  ProfHeapStore *store = &pipeline->store;
  const ProfMemoryStats stats = {
    .total_samples = store->n_samples,
    .dropped_samples = pipeline->n_dropped + pipeline->n_left_out + store->n_no_memory,
    .truncated_stacks = pipeline->builder.n_truncated,
    .total_allocated_bytes = store->n_total_bytes,
    .current_allocated_bytes = store->n_current_bytes,
    .peak_allocated_bytes = store->n_peak_bytes,
    .total_allocations = store->n_total_allocations,
    .duration_ns = get_duration_ns (profiler),
    .n_processes = pipeline->n_processes,
    .n_threads = pipeline->n_threads,
  };
  return prof_sized_fill (ret, &stats, sizeof stats);
}

typedef struct {
  ProfHeapSnapshot snapshot;
  ProfCounters counters;
  ProfContextBytes context;
  int result;
} SnapshotRequest;

static int
add_refusals (const ProfHeapPipeline *pipeline, ProfSessionNotes *notes)
{
  uint32_t n = pipeline->n_refusals;
  int r = 0;
  for (uint32_t i = 0; i < n && i < PROF_HEAP_MAX_REFUSALS && r >= 0; i++) {
    const ProfHeapRefusal *refusal = &pipeline->refusals[i];
    r = prof_session_notes_add (notes, "the heap of process %u was not recorded: %s", refusal->pid,
                                refusal->obstacle == PROF_HEAP_SANITIZER
                                    ? "it is built with a sanitizer, which has its own allocator"
                                    : "it has an allocator of its own that can't be exchanged");
  }
  if (r >= 0 && n > PROF_HEAP_MAX_REFUSALS)
    r = prof_session_notes_add (notes, "nor were, for such reasons, the heaps of %u processes more",
                                n - PROF_HEAP_MAX_REFUSALS);
  return r;
}

/* Notes are made where what they tell is kept. */
static int
make_notes (ProfMemoryProfiler *profiler)
{
  const ProfHeapPipeline *pipeline = &profiler->pipeline;
  const ProfHeapHeader *header = profiler->target.region.header;
  ProfSessionNotes *notes = &profiler->notes;
  prof_session_notes_finish (notes);
  *notes = (ProfSessionNotes){ 0 };
  int r = add_refusals (pipeline, notes);
  if (r >= 0 && header != NULL && atomic_load (&header->n_refused) > 0)
    r = prof_session_notes_add (notes, "%u processes were not recorded: only %u can be at a time",
                                atomic_load (&header->n_refused), profiler->target.region.n_slots);
  if (r >= 0 && pipeline->n_images == 0 && profiler->collector.end_ns > 0)
    r = prof_session_notes_add (notes,
                                "no process was recorded: none loaded libprof-heap.so, which a "
                                "program without LD_PRELOAD in its environment, a static one and "
                                "one of another user do not");
  if (r >= 0 && pipeline->n_dropped > 0)
    r = prof_session_notes_add (notes,
                                "%llu allocations or frees were dropped because they came faster "
                                "than they could be read; try a greater sampling distance",
                                (unsigned long long)pipeline->n_dropped);
  if (r >= 0 && pipeline->n_left_out > 0)
    r = prof_session_notes_add (notes,
                                "%llu sampled allocations were left out, and the figures are too "
                                "low by them: a process had about 100,000 or more sampled blocks "
                                "at a time; try a greater sampling distance",
                                (unsigned long long)pipeline->n_left_out);
  return r;
}

static void
take_snapshot (void *owner, void *argument)
{
  ProfMemoryProfiler *profiler = owner;
  SnapshotRequest *request = argument;
  ProfHeapPipeline *pipeline = &profiler->pipeline;
  ProfStackTablesSource source
      = prof_stack_builder_get_source (&pipeline->builder, &pipeline->processes, &pipeline->spans,
                                       pipeline->main_path);
  request->result = prof_heap_snapshot_take (&source, &pipeline->store, &request->snapshot);
  if (request->result >= 0)
    request->result = prof_counters_clone (&profiler->counters, &request->counters);
  if (request->result >= 0)
    request->result = prof_context_watch_copy (&profiler->context, &request->context);
  if (request->result >= 0)
    request->result = make_notes (profiler);
}

static ProfSession
describe_session (ProfMemoryProfiler *profiler, const ProfMachine *machine)
{
  const ProfMemoryConfig *config = &profiler->config.values;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  ProfSession session = PROF_SESSION_INIT;
  prof_memory_profiler_get_stats (profiler, &stats);
  session.command = config->command;
  while (session.command != NULL && session.command[session.n_command] != NULL)
    session.n_command++;
  session.host = machine->host;
  session.kernel = machine->kernel;
  session.cpu_model = machine->cpu_model;
  session.n_cpus = machine->n_cpus;
  session.tool = "libprof " PROF_VERSION;
  session.n_samples = stats.total_samples;
  session.n_lost = stats.dropped_samples;
  session.n_truncated = stats.truncated_stacks;
  session.unwind = "auto";
  session.sampling = config->sampling_rate == 1 ? "every allocation" : "bytes";
  session.notes = prof_session_notes_get (&profiler->notes);
  while (session.notes[session.n_notes] != NULL)
    session.n_notes++;
  return session;
}

static int
make_profile (ProfMemoryProfiler *profiler, const SnapshotRequest *request, ProfProfile **ret)
{
  const ProfMemoryConfig *config = &profiler->config.values;
  ProfMachine machine;
  ProfProfileMakerStats made;
  cleanup (prof_free) ProfSessionSeries *series = NULL;
  size_t n_series;
  prof_machine_read (&machine);
  int r = prof_counters_get_series (&request->counters,
                                    profiler->start_unix_ns - profiler->start_monotonic_ns, &series,
                                    &n_series);
  if (r < 0)
    return r;
  ProfSessionEvent event = { .name = "heap", .requested = "heap", .period = config->sampling_rate };
  ProfHeapProfileConfig maker = {
    .has_thread_names = config->include_thread_names,
    .has_thread_ids = config->collect_thread_ids,
    .start_monotonic_ns = profiler->start_monotonic_ns,
    .start_unix_ns = profiler->start_unix_ns,
    .duration_ns = get_duration_ns (profiler),
    .default_link = profiler->target.link,
    .symbol_cache = config->symbol_cache,
    .session = describe_session (profiler, &machine),
  };
  maker.session.series = series;
  maker.session.n_series = n_series;
  maker.session.events = &event;
  maker.session.n_events = 1;
  ProfContextAttributes resource = { 0 };
  prof_process_context_decode (request->context.items, request->context.n, &resource);
  maker.session.resource = resource.items;
  maker.session.n_resource = resource.n;
  r = prof_heap_profile_make (&request->snapshot, &maker, ret, &made);
  prof_context_attributes_finish (&resource);
  return r;
}

int
prof_memory_profiler_generate_profile (ProfMemoryProfiler *profiler,
                                       ProfProfile **ret,
                                       ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->is_started)
    return prof_error_set (reterr, -EINVAL, "Can't make a profile: this profiler was not started");
  SnapshotRequest request = { .result = -ENOMEM };
  prof_heap_target_ignore_thread (&profiler->target, true);
  prof_collector_call (&profiler->collector, take_snapshot, &request);
  r = request.result;
  if (r >= 0)
    r = make_profile (profiler, &request, ret);
  prof_heap_snapshot_finish (&request.snapshot);
  prof_counters_finish (&request.counters);
  prof_vec_clear (&request.context);
  prof_heap_target_ignore_thread (&profiler->target, false);
  if (r < 0)
    prof_error_set (reterr, r, "Can't make the profile: %s", strerror (-r));
  return r;
}

/* ---- events for a main loop ---- */

int
prof_memory_profiler_get_fd (ProfMemoryProfiler *profiler)
{
  return profiler->collector.notify_fd;
}

int
prof_memory_profiler_process_events (ProfMemoryProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  return prof_collector_process_events (&profiler->collector, reterr);
}

/* ---- the command ---- */

const char *const *
prof_memory_profiler_get_child_environ (ProfMemoryProfiler *profiler)
{
  static const char *const none[] = { NULL };
  return profiler->target.environment != NULL ? (const char *const *)profiler->target.environment
                                              : none;
}

pid_t
prof_memory_profiler_get_command_pid (ProfMemoryProfiler *profiler)
{
  return profiler->target.spawn.pid;
}

int
prof_memory_profiler_wait_command (ProfMemoryProfiler *profiler, bool block, int *ret_status)
{
  return prof_spawn_wait (&profiler->target.spawn, block, ret_status);
}

static void
update_notes (void *owner, void *argument)
{
  int *result = argument;
  *result = make_notes (owner);
}

const char *const *
prof_memory_profiler_get_notes (ProfMemoryProfiler *profiler)
{
  int r = prof_collector_check_owner (&profiler->collector, NULL);
  if (r == 0)
    prof_collector_call (&profiler->collector, update_notes, &r);
  return prof_session_notes_get (&profiler->notes);
}
