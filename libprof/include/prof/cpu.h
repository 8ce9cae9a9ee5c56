/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <prof/profile.h>
#include <prof/sampling.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Samples where programs spend CPU time or cause events (perf_event_open(2)), unwinds the stacks
 * while recording, and makes a symbolized profile. One handle belongs to one thread at a time. In
 * a child of fork it is of no use: there free does nothing, and the others return -EOWNERDEAD. */
typedef struct ProfCpuProfiler ProfCpuProfiler;

/* How stacks are walked. */
typedef enum {
  PROF_UNWIND_AUTO,           /* unwind tables, and frame pointers where there are none */
  PROF_UNWIND_FRAME_POINTERS, /* the kernel's walk: cheapest, needs -fno-omit-frame-pointer */
  PROF_UNWIND_DWARF,          /* unwind tables only */
} ProfUnwindMode;

/* What is recorded. */
typedef enum {
  PROF_TARGET_SELF,    /* all threads of this process */
  PROF_TARGET_PIDS,    /* running processes, all their threads, and children from now on */
  PROF_TARGET_COMMAND, /* a program that the profiler starts */
  PROF_TARGET_SYSTEM,  /* all that runs on all CPUs */
  PROF_TARGET_CGROUP, /* what runs in a control group and in those below it, as it comes and goes */
} ProfTarget;

/* Whether prof-helper, a small program with root's rights, opens the events. It is started through
 * pkexec, which asks for an administrator's consent, so that new may wait for a person. */
typedef enum {
  PROF_HELPER_NEVER,
  PROF_HELPER_IF_REFUSED, /* when the kernel does not let this user open them */
  PROF_HELPER_ALWAYS,     /* also to see what own programs do in the kernel */
} ProfHelperUse;

/* How processes and commands are sampled. */
typedef enum {
  /* Running processes by CPU where this user may, and all events are clocks or cycles; else, and
   * commands, by thread. */
  PROF_ATTACH_AUTO,
  /* Each CPU has its events, and what other programs have in them is dropped before anything is
   * kept of it: costs a process that sleeps often the least. Takes CAP_PERFMON, or
   * kernel.perf_event_paranoid of 0 or less. */
  PROF_ATTACH_CPU,
  /* Each thread has its events, which the kernel sets up anew at each context switch. */
  PROF_ATTACH_TASK,
} ProfAttach;

/* What to record, and how. Copied by new, with all it points to. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */

  ProfTarget target;
  const pid_t *pids; /* PROF_TARGET_PIDS: one that is given twice counts once */
  size_t n_pids;
  const char *const *command;     /* PROF_TARGET_COMMAND: argv, NULL-terminated, found by PATH */
  const char *const *environment; /* "NAME=value" to set or "NAME" to unset, NULL-terminated. With
                                   * a TRACEPARENT in what the command gets, all samples have its
                                   * trace_id and span_id as labels */
  const char *working_directory;  /* NULL: this process's */
  bool no_inherit;                /* do not follow child processes */

  const char *const *events; /* event names, NULL-terminated; NULL: "cycles", else "cpu-clock" */
  unsigned sampling_rate;    /* Hz; 1 to 1,000,000, of which the kernel may allow less */
  uint64_t period;           /* one sample per so many events; 0: by sampling_rate */
  uint64_t delay_ns;         /* after start, before the first sample */
  uint64_t duration_ns;      /* 0: until stopped */
  unsigned max_stack_depth;  /* frames; 1 to 8192 */
  ProfUnwindMode unwind_mode;
  uint32_t stack_bytes; /* stack copied with a sample for unwinding by tables, a multiple of 8 below
                           65536; 0: chosen */
  size_t ring_bytes;    /* for each CPU; 0: chosen */
  /* Samples kept apart, so that memory stays bounded (about 64 bytes for each): beyond, time gets
   * coarser and equal stacks become one. If there are more different stacks than this, the samples
   * of those that come later only count in the totals, without stack and thread. */
  size_t max_samples;
  ProfSampling *sampling; /* NULL: always; the profiler takes its own reference */
  bool exclude_kernel;
  bool include_thread_names; /* label "thread" */
  bool collect_thread_ids;   /* labels "tid" and "pid" */
  bool collect_timestamps;   /* label "end_timestamp_ns" */
  bool collect_system_info;  /* counter series in the session: memory, faults, CPU time */
  const char *cgroup;        /* PROF_TARGET_CGROUP: its directory, /sys/fs/cgroup/… */
  /* Directory where the names that are found are kept for later recordings, which then end sooner
   * and with less memory; made if it is not there. At most 128 MiB, in files that may be removed at
   * any time. Not used where other users can write. NULL: none. */
  const char *symbol_cache;
  ProfHelperUse helper;    /* for processes of this user and the whole system, not control groups */
  bool helper_on_terminal; /* where no desktop can ask for consent, the terminal does */
  /* A SOCK_SEQPACKET socket to a prof-helper that the caller has started; -1: it is started when it
   * is needed. Not used after new. */
  int helper_fd;
  /* For PROF_TARGET_PIDS and, without a delay, PROF_TARGET_COMMAND; AUTO for other targets. */
  ProfAttach attach;
} ProfCpuConfig;

/* This process at 100 Hz of CPU time, stacks of up to 64 frames, until stopped. */
#define PROF_CPU_CONFIG_INIT                                                                       \
  {                                                                                                \
    .size = sizeof (ProfCpuConfig), .target = PROF_TARGET_SELF, .pids = NULL, .n_pids = 0,         \
    .command = NULL, .environment = NULL, .working_directory = NULL, .no_inherit = false,          \
    .events = NULL, .sampling_rate = 100, .period = 0, .delay_ns = 0, .duration_ns = 0,            \
    .max_stack_depth = 64, .unwind_mode = PROF_UNWIND_AUTO, .stack_bytes = 0, .ring_bytes = 0,     \
    .max_samples = 100000, .sampling = NULL, .exclude_kernel = false,                              \
    .include_thread_names = true, .collect_thread_ids = true, .collect_timestamps = true,          \
    .collect_system_info = true, .cgroup = NULL, .symbol_cache = NULL,                             \
    .helper = PROF_HELPER_NEVER, .helper_on_terminal = false, .helper_fd = -1,                     \
    .attach = PROF_ATTACH_AUTO                                                                     \
  }

/* How a recording goes. */
typedef struct {
  size_t size;               /* set by the initializer; lets the struct grow */
  uint64_t total_samples;    /* that the strategy took */
  uint64_t dropped_samples;  /* lost by the kernel; refused ones are in the strategy's stats */
  uint64_t throttled;        /* times the kernel paused an event that fired too often */
  uint64_t truncated_stacks; /* stacks that did not reach their root */
  uint64_t without_stack;    /* samples beyond max_samples that only count in the totals */
  uint64_t duration_ns;      /* so far, or until the end */
  uint64_t avg_sample_interval_ns;
  uint64_t unique_functions; /* known after generate_profile */
  uint64_t unique_locations;
  uint64_t n_processes, n_threads; /* seen so far */
  /* By CPU: other programs' samples that were dropped. What the kernel lost may be theirs too. */
  uint64_t foreign_samples;
  ProfAttach attach; /* as it came to be: by thread or by CPU */
} ProfCpuStats;

/* All 0. */
#define PROF_CPU_STATS_INIT                                                                        \
  {                                                                                                \
    .size = sizeof (ProfCpuStats), .total_samples = 0, .dropped_samples = 0, .throttled = 0,       \
    .truncated_stacks = 0, .without_stack = 0, .duration_ns = 0, .avg_sample_interval_ns = 0,      \
    .unique_functions = 0, .unique_locations = 0, .n_processes = 0, .n_threads = 0,                \
    .foreign_samples = 0, .attach = PROF_ATTACH_AUTO                                               \
  }

/* What has happened since the last call: a set of flags. */
typedef enum {
  PROF_EVENT_STOPPED = 1 << 0,      /* the duration is over or the target exited */
  PROF_EVENT_SAMPLES_LOST = 1 << 1, /* by the kernel; dropped_samples has their number */
  PROF_EVENT_FAILED = 1 << 2,       /* told as an error by process_events, never in its result */
} ProfEvents;

/* Opens the events; a command is started, and waits before its first instruction. `config` is
 * copied. Errors: -ENOENT (command, pid, event), -EACCES/-EPERM (rights: the message has the
 * remedy), -ESRCH, -EMFILE, -EINVAL (names the field). */
PROF_API int prof_cpu_profiler_new (const ProfCpuConfig *config,
                                    ProfCpuProfiler **ret,
                                    ProfError *reterr);
/* Stops if running. A command that was never started is killed; a started one goes on. Returns
 * NULL, which it takes as well. */
PROF_API ProfCpuProfiler *prof_cpu_profiler_free (ProfCpuProfiler *profiler);
/* Samples count from its return on, or from the end of the delay. Once for a profiler (-EALREADY).
 * Errors as of new; -ESRCH: all of the pids have ended. */
PROF_API int prof_cpu_profiler_start (ProfCpuProfiler *profiler, ProfError *reterr);
/* Sampling ends before it returns; what is in the rings is still taken. A command goes on.
 * -EINVAL: not started; once stopped, 0. */
PROF_API int prof_cpu_profiler_stop (ProfCpuProfiler *profiler, ProfError *reterr);
/* Samples of a pause are not taken; its time counts to the duration. The events stay open, so that
 * nothing that programs map meanwhile is missed. Again what it is already: 0. -EINVAL: not
 * running. */
PROF_API int prof_cpu_profiler_set_paused (ProfCpuProfiler *profiler,
                                           bool is_paused,
                                           ProfError *reterr);
/* From start to stop, the end of the duration or of the target. Any thread. */
PROF_API bool prof_cpu_profiler_is_running (ProfCpuProfiler *profiler);
/* At any time, from any thread, without waiting. -EINVAL: *ret is not set by PROF_CPU_STATS_INIT.
 */
PROF_API int prof_cpu_profiler_get_stats (ProfCpuProfiler *profiler, ProfCpuStats *ret);
/* Symbolizes in the calling thread: may take seconds, so not from a UI thread. Works while running
 * and after stop, again and again: each profile is of all since start, or since the last take. It
 * is the caller's: sample types samples/count and cpu/nanoseconds, or those of the events. -EINVAL:
 * not started; -ENOMEM.
 */
PROF_API int prof_cpu_profiler_generate_profile (ProfCpuProfiler *profiler,
                                                 ProfProfile **ret,
                                                 ProfError *reterr);

/* As generate_profile, but of all since the last take, or since start: for a profile each minute,
 * day after day. What was taken is forgotten; what is known of the programs that run stays. */
PROF_API int prof_cpu_profiler_take_profile (ProfCpuProfiler *profiler,
                                             ProfProfile **ret,
                                             ProfError *reterr);

/* Becomes readable (POLLIN) when there is something to process: for any main loop. Borrowed, the
 * same as long as the profiler is. Samples are collected without it. */
PROF_API int prof_cpu_profiler_get_fd (ProfCpuProfiler *profiler);
/* What has happened: a set of ProfEvents, or a negative errno with the reason why the recording
 * ended. Never waits. */
PROF_API int prof_cpu_profiler_process_events (ProfCpuProfiler *profiler, ProfError *reterr);

/* The started command: its pid, or 0. */
PROF_API pid_t prof_cpu_profiler_get_command_pid (ProfCpuProfiler *profiler);
/* Waits for the command's end: 0 and its status as of waitpid(2), to `ret_status` unless it is
 * NULL. With `block` false: -EAGAIN while it runs. -ECHILD: there is none. */
PROF_API int prof_cpu_profiler_wait_command (ProfCpuProfiler *profiler,
                                             bool block,
                                             int *ret_status);

/* Sentences for the user: fallbacks ("cycles can't be counted here; …"), missing rights, known
 * after new; smaller buffers, known once the events are open (start, or the end of the delay).
 * NULL-terminated, borrowed, the same as long as the profiler is. */
PROF_API const char *const *prof_cpu_profiler_get_notes (ProfCpuProfiler *profiler);

#ifdef __cplusplus
}
#endif
