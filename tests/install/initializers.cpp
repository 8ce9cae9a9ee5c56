/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/prof.h>

/* The initializers are C++20 too: they name each member, in the order of the struct. */
constexpr ProfError error = PROF_ERROR_INIT;
constexpr ProfCpuConfig cpu = PROF_CPU_CONFIG_INIT;
constexpr ProfExporterConfig exporter = PROF_EXPORTER_CONFIG_INIT;
constexpr ProfFilter filter = PROF_FILTER_INIT;
constexpr ProfHeapSelection heap_selection = PROF_HEAP_SELECTION_INIT;
constexpr ProfMemoryConfig memory = PROF_MEMORY_CONFIG_INIT;
constexpr ProfOtlpOptions otlp = PROF_OTLP_OPTIONS_INIT;
constexpr ProfCpuStats cpu_stats = PROF_CPU_STATS_INIT;
constexpr ProfExporterStats exporter_stats = PROF_EXPORTER_STATS_INIT;
constexpr ProfHeapSummary heap_summary = PROF_HEAP_SUMMARY_INIT;
constexpr ProfMemoryPressure pressure = PROF_MEMORY_PRESSURE_INIT;
constexpr ProfMemoryStats memory_stats = PROF_MEMORY_STATS_INIT;
constexpr ProfProcessMemory process_memory = PROF_PROCESS_MEMORY_INIT;
constexpr ProfSamplingOps sampling_ops = PROF_SAMPLING_OPS_INIT;
constexpr ProfSamplingStats sampling_stats = PROF_SAMPLING_STATS_INIT;
constexpr ProfSystemMemory system_memory = PROF_SYSTEM_MEMORY_INIT;
constexpr ProfSession session = PROF_SESSION_INIT;

static_assert (error.code == 0 && error.message[0] == '\0');
static_assert (filter.size == sizeof filter && heap_selection.size == sizeof heap_selection);
static_assert (session.size == sizeof session && exporter.size == sizeof exporter);
static_assert (cpu_stats.size == sizeof cpu_stats && memory_stats.size == sizeof memory_stats);
static_assert (exporter_stats.size == sizeof exporter_stats
               && exporter_stats.last_error[0] == '\0');
static_assert (sampling_ops.size == sizeof sampling_ops);
static_assert (sampling_stats.size == sizeof sampling_stats);
static_assert (heap_summary.size == sizeof heap_summary && pressure.size == sizeof pressure);
static_assert (process_memory.size == sizeof process_memory);
static_assert (system_memory.size == sizeof system_memory);
static_assert (otlp.size == sizeof otlp && otlp.layout == PROF_OTLP_LAYOUT_1_10);

/* What a profiler does that is only asked to record. */
static_assert (cpu.size == sizeof cpu && cpu.target == PROF_TARGET_SELF);
static_assert (cpu.sampling_rate == 100 && cpu.duration_ns == 0 && cpu.max_stack_depth == 64);
static_assert (cpu.sampling == nullptr && cpu.include_thread_names && cpu.collect_thread_ids);
static_assert (memory.size == sizeof memory && memory.target == PROF_MEMORY_SELF);
static_assert (memory.sampling_rate == 512 * 1024 && memory.min_sample_size == 1024);
static_assert (memory.max_stack_depth == 64 && memory.duration_ns == 0);
static_assert (memory.track_deallocations && memory.collect_system_info);
