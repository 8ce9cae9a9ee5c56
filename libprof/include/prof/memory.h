/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <prof/cpu.h>
#include <prof/error.h>
#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Records the heap of programs through libprof-heap.so, which takes the place of malloc and its
 * kin in the recorded program and samples by bytes: each byte that is allocated has the same small
 * chance, and what a sample stands for is scaled up by its own chance, so that sums are unbiased.
 * The program's stacks are unwound here, not there. One handle belongs to one thread at a time. In
 * a child of fork it is of no use: there free does nothing, and the others return -EOWNERDEAD. */
typedef struct ProfMemoryProfiler ProfMemoryProfiler;

/* Whose heap is recorded. */
typedef enum {
  /* This process: needs libprof-heap.so loaded, by linking it (pkg-config libprof-heap) or by
   * LD_PRELOAD. */
  PROF_MEMORY_SELF,
  /* A command that the profiler starts. */
  PROF_MEMORY_COMMAND,
  /* Whatever the caller starts with prof_memory_profiler_get_child_environ. */
  PROF_MEMORY_CHILDREN,
} ProfMemoryTarget;

/* What to record, and how. Copied by new, with all it points to. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */

  ProfMemoryTarget target;
  const char *const *command;     /* PROF_MEMORY_COMMAND: argv, NULL-terminated, found by PATH */
  const char *const *environment; /* as in ProfCpuConfig */
  const char *working_directory;  /* NULL: this process's */
  bool no_inherit;                /* do not follow forks and execs */

  uint64_t sampling_rate;   /* mean bytes between two samples; 1: every allocation */
  uint64_t min_sample_size; /* smaller allocations are never sampled */
  uint64_t duration_ns;     /* 0: until stopped */
  unsigned max_stack_depth;
  bool track_deallocations; /* else nothing is known of what is live */
  bool collect_system_info; /* counter series in the session: memory of system and processes */
  uint32_t stack_bytes;     /* stack copied with a sample; 0: chosen */
  size_t ring_bytes;        /* for each process, a power of two; 0: chosen */
  /* Rows of the profile: beyond, times get coarser and equal allocations become one, so that memory
   * stays bounded (about 64 bytes for each). What is live at one time comes on top. */
  size_t max_samples;
  const char *hook_library;  /* path of libprof-heap.so; NULL: beside libprof.so */
  bool include_thread_names; /* label "thread" */
  bool collect_thread_ids;   /* labels "tid" and "pid" */
  const char *symbol_cache;  /* as in ProfCpuConfig */
} ProfMemoryConfig;

/* This process, a sample each 512 KiB, blocks of 1 KiB and more, stacks of up to 64 frames. */
#define PROF_MEMORY_CONFIG_INIT                                                                    \
  {                                                                                                \
    .size = sizeof (ProfMemoryConfig), .target = PROF_MEMORY_SELF, .command = NULL,                \
    .environment = NULL, .working_directory = NULL, .no_inherit = false,                           \
    .sampling_rate = 512 * 1024, .min_sample_size = 1024, .duration_ns = 0, .max_stack_depth = 64, \
    .track_deallocations = true, .collect_system_info = true, .stack_bytes = 0, .ring_bytes = 0,   \
    .max_samples = 200000, .hook_library = NULL, .include_thread_names = true,                     \
    .collect_thread_ids = true, .symbol_cache = NULL                                               \
  }

/* How a recording goes. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  uint64_t total_samples;
  uint64_t dropped_samples;         /* the ring was full, frees included, or too many were live */
  uint64_t truncated_stacks;        /* stacks that did not reach their root */
  uint64_t total_allocated_bytes;   /* estimates, scaled up from the samples */
  uint64_t current_allocated_bytes; /* 0 without track_deallocations */
  uint64_t peak_allocated_bytes;
  uint64_t total_allocations;      /* estimate */
  uint64_t duration_ns;            /* so far, or until the end */
  uint64_t n_processes, n_threads; /* seen so far */
} ProfMemoryStats;

/* All 0. */
#define PROF_MEMORY_STATS_INIT                                                                     \
  {                                                                                                \
    .size = sizeof (ProfMemoryStats), .total_samples = 0, .dropped_samples = 0,                    \
    .truncated_stacks = 0, .total_allocated_bytes = 0, .current_allocated_bytes = 0,               \
    .peak_allocated_bytes = 0, .total_allocations = 0, .duration_ns = 0, .n_processes = 0,         \
    .n_threads = 0                                                                                 \
  }

/* Prepares the recording; a command is forked and waits before its first instruction. `config` is
 * copied. Errors: -ENOENT (command, libprof-heap.so), -EACCES, -ENOEXEC (a command whose heap can't
 * be recorded: static, set-user-ID, with a sanitizer; the message says which), -EOPNOTSUPP
 * (PROF_MEMORY_SELF and libprof-heap.so is not loaded), -EBUSY (this process is being recorded
 * already), -EINVAL (names the field). */
PROF_API int prof_memory_profiler_new (const ProfMemoryConfig *config,
                                       ProfMemoryProfiler **ret,
                                       ProfError *reterr);
/* Stops if running. A command that was never started is killed; a started one goes on. Returns
 * NULL, which it takes as well. */
PROF_API ProfMemoryProfiler *prof_memory_profiler_free (ProfMemoryProfiler *profiler);
/* PROF_MEMORY_SELF: recording begins with what the calling thread allocates next, and with other
 * threads that run already within their next 64 KiB. Once for a profiler (-EALREADY); -ENOMEM,
 * -EAGAIN (no thread for the recorder). */
PROF_API int prof_memory_profiler_start (ProfMemoryProfiler *profiler, ProfError *reterr);
/* Sampling ends before it returns; what is in the rings is still taken. A command goes on,
 * unslowed. -EINVAL: not started; once stopped, 0. */
PROF_API int prof_memory_profiler_stop (ProfMemoryProfiler *profiler, ProfError *reterr);
/* Allocations of a pause are not taken; frees of what was allocated before are. Else as
 * prof_cpu_profiler_set_paused. */
PROF_API int prof_memory_profiler_set_paused (ProfMemoryProfiler *profiler,
                                              bool is_paused,
                                              ProfError *reterr);
/* From start to stop, the end of the duration or of the command. Any thread. */
PROF_API bool prof_memory_profiler_is_running (ProfMemoryProfiler *profiler);
/* At any time, from any thread, without waiting. */
PROF_API int prof_memory_profiler_get_stats (ProfMemoryProfiler *profiler, ProfMemoryStats *ret);
/* Symbolizes in the calling thread: may take seconds. Works while running and after stop. The
 * profile is the caller's: sample types alloc_objects/count, alloc_space/bytes,
 * inuse_objects/count, inuse_space/bytes (the default one); labels "bytes" (size of the block),
 * "end_timestamp_ns" (when it was allocated), "freed_timestamp_ns" (absent: it was not),
 * "exited_timestamp_ns" (it was not, and its process ended before the recording), and those
 * of the thread. -EINVAL: not started; -ENOMEM. */
PROF_API int prof_memory_profiler_generate_profile (ProfMemoryProfiler *profiler,
                                                    ProfProfile **ret,
                                                    ProfError *reterr);
/* As prof_cpu_profiler_get_fd. */
PROF_API int prof_memory_profiler_get_fd (ProfMemoryProfiler *profiler);
/* As prof_cpu_profiler_process_events. */
PROF_API int prof_memory_profiler_process_events (ProfMemoryProfiler *profiler, ProfError *reterr);

/* The environment that makes a program's heap recorded by this profiler: "NAME=value" settings,
 * NULL-terminated, borrowed; fit for ProfCpuConfig.environment, so that one command's CPU and heap
 * are recorded together. */
PROF_API const char *const *prof_memory_profiler_get_child_environ (ProfMemoryProfiler *profiler);

/* As prof_cpu_profiler_get_command_pid. */
PROF_API pid_t prof_memory_profiler_get_command_pid (ProfMemoryProfiler *profiler);
/* As prof_cpu_profiler_wait_command. */
PROF_API int prof_memory_profiler_wait_command (ProfMemoryProfiler *profiler,
                                                bool block,
                                                int *ret_status);
/* Sentences for the user, complete after stop: processes without samples and why, drops.
 * NULL-terminated, borrowed until the next call. */
PROF_API const char *const *prof_memory_profiler_get_notes (ProfMemoryProfiler *profiler);

/* -ENOEXEC with a sentence if the heap of this program can't be recorded: a static binary, one that
 * runs as another user, one with a sanitizer in it. `command` is found by PATH. */
PROF_API int prof_memory_check_command (const char *command, ProfError *reterr);

/* ---- system memory ---- */

/* The memory of the machine. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  uint64_t total_bytes, available_bytes, used_bytes, cached_bytes;
  double used_percent;
} ProfSystemMemory;

/* All 0. */
#define PROF_SYSTEM_MEMORY_INIT                                                                    \
  {                                                                                                \
    .size = sizeof (ProfSystemMemory), .total_bytes = 0, .available_bytes = 0, .used_bytes = 0,    \
    .cached_bytes = 0, .used_percent = 0                                                           \
  }

/* Reads /proc/meminfo (proc(5)): used is total less available, cached is Cached + Buffers +
 * SReclaimable. -errno of reading it; -EINVAL: *ret is not set by its initializer. Any thread. */
PROF_API int prof_get_system_memory (ProfSystemMemory *ret, ProfError *reterr);

/* Share of the time in which some, or all, tasks waited for memory: the kernel's averages over 10,
 * 60 and 300 s in percent, and the sum. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  double some_avg10, some_avg60, some_avg300;
  double full_avg10, full_avg60, full_avg300;
  uint64_t some_total_us, full_total_us;
} ProfMemoryPressure;

/* All 0. */
#define PROF_MEMORY_PRESSURE_INIT                                                                  \
  {                                                                                                \
    .size = sizeof (ProfMemoryPressure), .some_avg10 = 0, .some_avg60 = 0, .some_avg300 = 0,       \
    .full_avg10 = 0, .full_avg60 = 0, .full_avg300 = 0, .some_total_us = 0, .full_total_us = 0     \
  }

/* Reads /proc/pressure/memory (kernel document accounting/psi). -EOPNOTSUPP: the kernel has none;
 * -EINVAL: *ret is not set by its initializer. Any thread. */
PROF_API int prof_get_memory_pressure (ProfMemoryPressure *ret, ProfError *reterr);

/* The memory of a process. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  uint64_t rss_bytes, anonymous_bytes, file_bytes, shared_bytes, swap_bytes;
  uint64_t minor_faults, major_faults; /* since its start */
} ProfProcessMemory;

/* All 0. */
#define PROF_PROCESS_MEMORY_INIT                                                                   \
  {                                                                                                \
    .size = sizeof (ProfProcessMemory), .rss_bytes = 0, .anonymous_bytes = 0, .file_bytes = 0,     \
    .shared_bytes = 0, .swap_bytes = 0, .minor_faults = 0, .major_faults = 0                       \
  }

/* Reads /proc/PID/status and /proc/PID/stat. -ESRCH, -EACCES; -EINVAL: *ret is not set by its
 * initializer. Any thread. */
PROF_API int prof_get_process_memory (pid_t pid, ProfProcessMemory *ret, ProfError *reterr);

#ifdef __cplusplus
}
#endif
