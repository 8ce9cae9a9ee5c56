/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/cpu.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sized.h"
#include "capture/record-merge.h"
#include "engine/collector.h"
#include "engine/context-watch.h"
#include "engine/counters.h"
#include "engine/cpu-attach.h"
#include "engine/cpu-config.h"
#include "engine/cpu-helper.h"
#include "engine/cpu-target.h"
#include "engine/machine.h"
#include "engine/pipeline.h"
#include "engine/process-memory.h"
#include "engine/profile-maker.h"
#include "engine/target-identity.h"
#include "symbol/symbolizer.h"

/* A row costs as much as twenty samples. */
#define COUNTERS_INTERVAL_NS 1000000000u

/* Rings wake the collector when they are half full. Between that they are read soon while programs
 * start and load libraries, whose files may be gone later; else the later the cheaper: what a
 * sample's way needs has to come into the caches but once for a batch. */
#define SOON_NS 100000000u
#define LATER_NS 1000000000u

/* Where a profile begins or ends: the time on both clocks, and the counts up to then. */
typedef struct {
  uint64_t monotonic_ns, unix_ns;
  uint64_t n_samples, n_lost, n_throttled, n_refused, n_truncated;
} Mark;

struct ProfCpuProfiler {
  ProfCpuConfigCopy config;
  ProfSampling *sampling; /* a reference */
  ProfCpuHelper helper;
  ProfPerfSession *session;
  ProfProcessFilter filter; /* is on: attached by CPU */
  ProfPipeline pipeline;
  ProfCollector collector;
  ProfCpuTarget target;
  ProfCounters counters;
  ProfContextWatch context;
  ProfTargetIdentity identity; /* of a single process that was there before */
  bool is_started;
  bool has_new_maps;                      /* since the rings were read before */
  Mark first;                             /* of what the next profile is of */
  ProfSymbolizer *symbolizer;             /* kept from take to take; NULL: none yet */
  atomic_size_t n_functions, n_locations; /* of the latest profile */
};

/* ---- opening ---- */

/* A quarter of a second of samples with their stacks, for a collector that comes late. */
static size_t
get_ring_bytes (const ProfCpuConfig *config)
{
  if (config->ring_bytes > 0)
    return config->ring_bytes;
  bool is_slow = config->period == 0 && config->sampling_rate <= 100;
  return is_slow ? 1u << 20 : 8u << 20;
}

/* By CPU, not by process. */
static bool
is_system_wide (const ProfCpuConfig *config)
{
  return config->target == PROF_TARGET_SYSTEM || config->target == PROF_TARGET_CGROUP;
}

static ProfPerfSessionConfig
make_session_config (const ProfCpuConfig *config)
{
  bool uses_tables = config->unwind_mode != PROF_UNWIND_FRAME_POINTERS;
  return (ProfPerfSessionConfig){
    .events = config->events,
    .frequency_hz = config->sampling_rate,
    .period = config->period,
    .inherit = !config->no_inherit,
    .exclude_kernel = config->exclude_kernel,
    .is_system_wide = is_system_wide (config),
    .wants_kernel_chain = !config->exclude_kernel,
    .wants_user_chain = !uses_tables,
    .stack_bytes = !uses_tables              ? 0
                   : config->stack_bytes > 0 ? config->stack_bytes
                                             : 32768,
    .ring_bytes = get_ring_bytes (config),
    .regs_mask = uses_tables ? prof_unwind_registers_mask (prof_native_arch ()) : 0,
  };
}

/* ---- what the collector's thread calls ---- */

static int
begin (void *owner, ProfError *reterr)
{
  ProfCpuProfiler *profiler = owner;
  profiler->pipeline.start_ns = profiler->first.monotonic_ns + profiler->config.values.delay_ns;
  return prof_cpu_target_begin (&profiler->target, reterr);
}

static void
take (void *owner, const ProfRecord *record)
{
  ProfCpuProfiler *profiler = owner;
  int r = prof_process_filter_take (&profiler->filter, record);
  if (r < 0 && profiler->pipeline.error == 0)
    profiler->pipeline.error = r;
  if (r <= 0)
    return;
  prof_pipeline_take (&profiler->pipeline, record);
  if (record->kind == PROF_RECORD_MAP || record->kind == PROF_RECORD_FORK)
    profiler->has_new_maps = true;
  if (record->kind == PROF_RECORD_LOST)
    prof_collector_notify (&profiler->collector, PROF_EVENT_SAMPLES_LOST);
}

/* A row that can't be had is missing; the recording goes on. */
static void
count (ProfCpuProfiler *profiler)
{
  const ProfCpuConfig *config = &profiler->config.values;
  uint64_t now_ns = prof_monotonic_ns ();
  if (!config->collect_system_info || !prof_counters_are_due (&profiler->counters, now_ns))
    return;
  pid_t pids[PROF_MAX_COUNTED];
  size_t n_pids = 0;
  if (!is_system_wide (config))
    n_pids = prof_process_table_list_alive (&profiler->pipeline.processes, pids, PROF_MAX_COUNTED);
  prof_counters_add_row (&profiler->counters, now_ns, pids, n_pids);
}

/* Whose context it is must be clear: a process and its children are one program. */
static void
look_for_context (ProfCpuProfiler *profiler, bool is_last)
{
  const ProfCpuConfig *config = &profiler->config.values;
  uint64_t now_ns = prof_monotonic_ns ();
  bool is_one = config->target != PROF_TARGET_SYSTEM && config->n_pids <= 1;
  if (!is_one || !(is_last || prof_context_watch_is_due (&profiler->context, now_ns)))
    return;
  pid_t pids[PROF_MAX_COUNTED];
  size_t n_pids
      = prof_process_table_list_alive (&profiler->pipeline.processes, pids, PROF_MAX_COUNTED);
  prof_context_watch_look (&profiler->context, now_ns, pids, n_pids);
}

static int
drain (void *owner, uint64_t until_ns)
{
  ProfCpuProfiler *profiler = owner;
  count (profiler);
  look_for_context (profiler, false);
  size_t n_rings;
  ProfPerfRing *rings = prof_perf_session_get_rings (profiler->session, &n_rings);
  ProfRecordMergeStats stats = { 0 };
  int r = prof_record_merge (rings, n_rings, prof_perf_session_get_format (profiler->session),
                             until_ns, take, profiler, &stats);
  profiler->pipeline.n_lost += stats.n_damaged;
  prof_span_reader_set_drained (&profiler->pipeline.spans.reader, until_ns);
  profiler->collector.poll_ns = profiler->has_new_maps ? SOON_NS : LATER_NS;
  profiler->has_new_maps = false;
  return r < 0 ? r : profiler->pipeline.error;
}

static void
disable (void *owner)
{
  ProfCpuProfiler *profiler = owner;
  prof_perf_session_disable (profiler->session);
}

/* The rings tell of a loss only with the next record that fits; the events' own counts are whole.
 */
static void
end (void *owner)
{
  ProfCpuProfiler *profiler = owner;
  look_for_context (profiler, true);
  prof_span_join_end (&profiler->pipeline.spans);
  uint64_t n_lost = prof_perf_session_read_lost (profiler->session);
  if (n_lost > profiler->pipeline.n_lost)
    profiler->pipeline.n_lost = n_lost;
}

/* ---- life ---- */

static int
open_all (ProfCpuProfiler *profiler, ProfError *reterr)
{
  const ProfCpuConfig *config = &profiler->config.values;
  ProfPerfSessionConfig session_config = make_session_config (config);
  int r = prof_cpu_attach_open_session (&profiler->helper, config, &session_config,
                                        &profiler->session, &profiler->filter.is_on, reterr);
  if (r < 0)
    return r;
  ProfPipelineConfig pipeline_config
      = { .session = profiler->session,
          .helper = profiler->helper.is_open ? &profiler->helper.channel : NULL,
          .sampling = profiler->sampling,
          .unwind_mode = config->unwind_mode,
          .max_frames = config->max_stack_depth,
          .max_samples = config->max_samples,
          .keeps_time = config->collect_timestamps };
  ProfCollectorFuncs funcs = { begin, drain, disable, end, profiler };
  r = prof_pipeline_init (&profiler->pipeline, &pipeline_config);
  if (r >= 0)
    r = prof_collector_init (&profiler->collector, &funcs);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't prepare the recording: %s%s.", strerror (-r),
                           prof_error_get_remedy (r));
  profiler->collector.delay_ns = config->delay_ns;
  profiler->collector.duration_ns = config->duration_ns;
  profiler->target.session = profiler->session;
  profiler->target.collector = &profiler->collector;
  profiler->target.pipeline = &profiler->pipeline;
  profiler->target.filter = &profiler->filter;
  profiler->filter.leaves_children_out = config->no_inherit;
  profiler->filter.get_birth_ns = prof_process_get_birth_ns;
  return prof_cpu_target_open (&profiler->target, reterr);
}

int
prof_cpu_profiler_new (const ProfCpuConfig *config, ProfCpuProfiler **ret, ProfError *reterr)
{
  ProfCpuProfiler *profiler = calloc (1, sizeof *profiler);
  if (profiler == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't make a profiler: out of memory.");
  prof_cpu_target_init (&profiler->target, &profiler->config.values);
  prof_counters_init (&profiler->counters, COUNTERS_INTERVAL_NS);
  profiler->collector.epoll_fd = profiler->collector.wake_fd = profiler->collector.notify_fd = -1;
  int r = prof_cpu_config_copy (config, &profiler->config, reterr);
  if (r >= 0 && profiler->config.values.sampling != NULL)
    profiler->sampling = prof_sampling_ref (profiler->config.values.sampling);
  if (r >= 0)
    r = open_all (profiler, reterr);
  if (r < 0) {
    prof_cpu_profiler_free (profiler);
    return r;
  }
  *ret = profiler;
  return 0;
}

ProfCpuProfiler *
prof_cpu_profiler_free (ProfCpuProfiler *profiler)
{
  if (profiler == NULL || prof_collector_check_owner (&profiler->collector, NULL) < 0)
    return NULL;
  prof_collector_finish (&profiler->collector);
  prof_process_filter_finish (&profiler->filter);
  prof_pipeline_finish (&profiler->pipeline);
  prof_perf_session_free (profiler->session);
  prof_cpu_helper_finish (&profiler->helper);
  prof_cpu_target_finish (&profiler->target);
  prof_counters_finish (&profiler->counters);
  prof_context_watch_finish (&profiler->context);
  prof_symbolizer_free (profiler->symbolizer);
  prof_sampling_unref (profiler->sampling);
  prof_cpu_config_finish (&profiler->config);
  free (profiler);
  return NULL;
}

int
prof_cpu_profiler_start (ProfCpuProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (profiler->is_started)
    return prof_error_set (reterr, -EALREADY,
                           "Can't start: this profiler was started before. "
                           "Make a new one for a new recording.");
  profiler->is_started = true;
  profiler->first.monotonic_ns = prof_monotonic_ns ();
  profiler->first.unix_ns = prof_clock_ns (CLOCK_REALTIME);
  if (profiler->config.values.target == PROF_TARGET_SELF) {
    profiler->pipeline.self_pid = (uint32_t)getpid ();
    prof_span_join_begin (&profiler->pipeline.spans);
  }
  if (profiler->config.values.target == PROF_TARGET_PIDS && profiler->config.values.n_pids == 1)
    prof_target_identity_read (profiler->config.values.pids[0], &profiler->identity);
  r = prof_cpu_target_launch (&profiler->target, reterr);
  if (r < 0)
    return r;
  return prof_collector_start (&profiler->collector, reterr);
}

int
prof_cpu_profiler_stop (ProfCpuProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->is_started)
    return prof_error_set (reterr, -EINVAL, "Can't stop: this profiler was not started.");
  prof_collector_stop (&profiler->collector);
  return 0;
}

static void
set_paused (void *owner, void *argument)
{
  ProfCpuProfiler *profiler = owner;
  ProfPipeline *pipeline = &profiler->pipeline;
  const bool *is_paused = argument;
  if (*is_paused == (pipeline->pause_ns != UINT64_MAX))
    return;
  uint64_t now_ns = prof_monotonic_ns ();
  if (*is_paused)
    pipeline->pause_ns = now_ns;
  else {
    pipeline->start_ns = now_ns;
    pipeline->pause_ns = UINT64_MAX;
  }
}

int
prof_cpu_profiler_set_paused (ProfCpuProfiler *profiler, bool is_paused, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->collector.is_running)
    return prof_error_set (reterr, -EINVAL, "Can't pause: this profiler is not running.");
  prof_collector_call (&profiler->collector, set_paused, &is_paused);
  return 0;
}

bool
prof_cpu_profiler_is_running (ProfCpuProfiler *profiler)
{
  return profiler->collector.is_running
         && prof_collector_check_owner (&profiler->collector, NULL) == 0;
}

/* ---- results ---- */

static bool
is_by_cpu (const ProfCpuProfiler *profiler)
{
  return profiler->filter.is_on || is_system_wide (&profiler->config.values);
}

static uint64_t
get_duration_ns (ProfCpuProfiler *profiler)
{
  uint64_t begin_ns = profiler->collector.begin_ns, end_ns = profiler->collector.end_ns;
  if (begin_ns == 0)
    return 0;
  return (end_ns > 0 ? end_ns : prof_monotonic_ns ()) - begin_ns;
}

int
prof_cpu_profiler_get_stats (ProfCpuProfiler *profiler, ProfCpuStats *ret)
{
  ProfPipeline *pipeline = &profiler->pipeline;
  ProfCpuStats stats = {
    .total_samples = pipeline->n_samples,
    .dropped_samples = pipeline->n_lost,
    .throttled = pipeline->n_throttled,
    .truncated_stacks = pipeline->builder.n_truncated,
    .without_stack = pipeline->n_without_stack,
    .duration_ns = get_duration_ns (profiler),
    .unique_functions = profiler->n_functions,
    .unique_locations = profiler->n_locations,
    .n_processes = pipeline->n_processes,
    .n_threads = pipeline->n_threads,
    .foreign_samples = profiler->filter.n_foreign_samples,
    .attach = is_by_cpu (profiler) ? PROF_ATTACH_CPU : PROF_ATTACH_TASK,
  };
  if (stats.total_samples > 0)
    stats.avg_sample_interval_ns = stats.duration_ns / stats.total_samples;
  return prof_sized_fill (ret, &stats, sizeof stats);
}

typedef struct {
  bool is_last; /* of what is there: from here on a new profile begins */
  bool forgot_modules;
  Mark first, end;
  ProfSnapshot snapshot;
  ProfCounters counters;
  ProfContextBytes context;
  int result;
} SnapshotRequest;

static Mark
mark_now (const ProfCpuProfiler *profiler)
{
  const ProfPipeline *pipeline = &profiler->pipeline;
  uint64_t now_ns = prof_monotonic_ns (), end_ns = profiler->collector.end_ns;
  return (Mark){
    .monotonic_ns = end_ns > 0 ? end_ns : now_ns,
    .unix_ns = prof_clock_ns (CLOCK_REALTIME) - (end_ns > 0 ? now_ns - end_ns : 0),
    .n_samples = pipeline->n_samples,
    .n_lost = pipeline->n_lost,
    .n_throttled = pipeline->n_throttled,
    .n_refused = pipeline->n_refused,
    .n_truncated = pipeline->builder.n_truncated,
  };
}

static void
take_snapshot (void *owner, void *argument)
{
  ProfCpuProfiler *profiler = owner;
  SnapshotRequest *request = argument;
  request->first = profiler->first;
  request->end = mark_now (profiler);
  request->result = prof_snapshot_take (&profiler->pipeline, &request->snapshot);
  if (request->result >= 0)
    request->result = prof_counters_clone (&profiler->counters, &request->counters);
  if (request->result >= 0)
    request->result = prof_context_watch_copy (&profiler->context, &request->context);
  if (request->result < 0 || !request->is_last)
    return;
  profiler->first = request->end;
  prof_counters_reset (&profiler->counters, COUNTERS_INTERVAL_NS);
  request->result = prof_pipeline_restart (&profiler->pipeline, &request->forgot_modules);
}

static const char *
get_unwind_name (ProfUnwindMode mode)
{
  static const char *const names[] = { "auto", "fp", "dwarf" };
  return names[mode];
}

static ProfSession
describe_session (ProfCpuProfiler *profiler,
                  const SnapshotRequest *request,
                  const ProfMachine *machine)
{
  const ProfCpuConfig *config = &profiler->config.values;
  const Mark *first = &request->first, *end = &request->end;
  ProfSession session = PROF_SESSION_INIT;
  session.command = config->command;
  while (session.command != NULL && session.command[session.n_command] != NULL)
    session.n_command++;
  session.pids = config->pids;
  session.n_pids = config->n_pids;
  session.is_system_wide = is_system_wide (config);
  session.host = machine->host;
  session.kernel = machine->kernel;
  session.cpu_model = machine->cpu_model;
  session.n_cpus = machine->n_cpus;
  session.tool = "libprof " PROF_VERSION;
  session.n_samples = end->n_samples - first->n_samples;
  session.n_lost = end->n_lost - first->n_lost;
  session.n_throttled = end->n_throttled - first->n_throttled;
  session.n_refused = end->n_refused - first->n_refused;
  session.n_truncated = end->n_truncated - first->n_truncated;
  session.attach = is_by_cpu (profiler) ? "cpu" : "task";
  session.unwind = get_unwind_name (config->unwind_mode);
  session.sampling
      = profiler->sampling != NULL ? prof_sampling_get_name (profiler->sampling) : "always";
  session.stack_bytes = prof_perf_session_get_stack_bytes (profiler->session);
  session.notes = prof_cpu_profiler_get_notes (profiler);
  while (session.notes[session.n_notes] != NULL)
    session.n_notes++;
  return session;
}

/* No sample is older: the mark, or the end of the delay behind it. */
static Mark
get_profile_start (const ProfCpuProfiler *profiler, const SnapshotRequest *request)
{
  Mark start = request->first;
  if (start.monotonic_ns < profiler->collector.begin_ns) {
    start.monotonic_ns += profiler->config.values.delay_ns;
    start.unix_ns += profiler->config.values.delay_ns;
  }
  return start;
}

static int
make_profile (ProfCpuProfiler *profiler, const SnapshotRequest *request, ProfProfile **ret)
{
  const ProfCpuConfig *config = &profiler->config.values;
  Mark start = get_profile_start (profiler, request);
  bool has_begun = profiler->collector.begin_ns > 0;
  ProfMachine machine;
  prof_machine_read (&machine);
  cleanup (prof_free) ProfSessionSeries *series = NULL;
  size_t n_series;
  int r = prof_counters_get_series (&request->counters,
                                    request->first.unix_ns - request->first.monotonic_ns, &series,
                                    &n_series);
  if (r < 0)
    return r;
  ProfProfileMakerConfig maker = {
    .has_thread_names = config->include_thread_names,
    .has_thread_ids = config->collect_thread_ids,
    .has_timestamps = config->collect_timestamps,
    .start_monotonic_ns = start.monotonic_ns,
    .start_unix_ns = start.unix_ns,
    .duration_ns = has_begun ? request->end.monotonic_ns - start.monotonic_ns : 0,
    .symbolizer = request->is_last ? profiler->symbolizer : NULL,
    .symbol_cache = config->symbol_cache,
    .kallsyms_fd = profiler->helper.kallsyms_fd,
    .frequency_hz = config->sampling_rate,
    .period = config->period,
    .default_link = profiler->target.link,
    .session = describe_session (profiler, request, &machine),
  };
  maker.events = prof_perf_session_get_events (profiler->session, &maker.n_events);
  maker.session.series = series;
  maker.session.n_series = n_series;
  ProfProfileMakerStats made;
  ProfContextAttributes resource = { 0 };
  prof_process_context_decode (request->context.items, request->context.n, &resource);
  prof_target_identity_add (&profiler->identity, &resource);
  maker.session.resource = resource.items;
  maker.session.n_resource = resource.n;
  r = prof_profile_make (&request->snapshot, &maker, ret, &made);
  prof_context_attributes_finish (&resource);
  if (r < 0)
    return r;
  profiler->n_functions = made.n_functions;
  profiler->n_locations = made.n_locations;
  return 0;
}

static int
prepare_symbolizer (ProfCpuProfiler *profiler)
{
  if (profiler->symbolizer == NULL)
    return prof_profile_open_symbolizer (profiler->config.values.symbol_cache,
                                         profiler->helper.kallsyms_fd, &profiler->symbolizer);
  prof_symbolizer_refresh (profiler->symbolizer);
  return 0;
}

static int
generate (ProfCpuProfiler *profiler, bool is_last, ProfProfile **ret, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  if (!profiler->is_started)
    return prof_error_set (reterr, -EINVAL, "Can't make a profile: this profiler was not started.");
  SnapshotRequest request = { .is_last = is_last, .result = -ENOMEM };
  r = is_last ? prepare_symbolizer (profiler) : 0;
  if (r >= 0) {
    prof_collector_call (&profiler->collector, take_snapshot, &request);
    r = request.result;
  }
  if (r >= 0)
    r = make_profile (profiler, &request, ret);
  if (request.forgot_modules)
    profiler->symbolizer = prof_symbolizer_free (profiler->symbolizer);
  prof_snapshot_finish (&request.snapshot);
  prof_counters_finish (&request.counters);
  prof_vec_clear (&request.context);
  if (r < 0)
    prof_error_set (reterr, r, "Can't make the profile: %s.", strerror (-r));
  return r;
}

int
prof_cpu_profiler_generate_profile (ProfCpuProfiler *profiler, ProfProfile **ret, ProfError *reterr)
{
  return generate (profiler, false, ret, reterr);
}

int
prof_cpu_profiler_take_profile (ProfCpuProfiler *profiler, ProfProfile **ret, ProfError *reterr)
{
  return generate (profiler, true, ret, reterr);
}

/* ---- events for a main loop ---- */

int
prof_cpu_profiler_get_fd (ProfCpuProfiler *profiler)
{
  return profiler->collector.notify_fd;
}

int
prof_cpu_profiler_process_events (ProfCpuProfiler *profiler, ProfError *reterr)
{
  int r = prof_collector_check_owner (&profiler->collector, reterr);
  if (r < 0)
    return r;
  return prof_collector_process_events (&profiler->collector, reterr);
}

/* ---- the command ---- */

pid_t
prof_cpu_profiler_get_command_pid (ProfCpuProfiler *profiler)
{
  return profiler->target.spawn.pid;
}

int
prof_cpu_profiler_wait_command (ProfCpuProfiler *profiler, bool block, int *ret_status)
{
  return prof_cpu_target_wait (&profiler->target, block, ret_status);
}

const char *const *
prof_cpu_profiler_get_notes (ProfCpuProfiler *profiler)
{
  return prof_perf_session_get_notes (profiler->session);
}
