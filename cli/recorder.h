/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <poll.h>
#include <stdbool.h>

#include <prof/cpu.h>
#include <prof/memory.h>

/* The profilers of one recording: of CPU, of the heap, or both of one command. */
typedef struct {
  ProfCpuProfiler *cpu;
  ProfMemoryProfiler *heap;
  const char **environment; /* of a command whose CPU and heap are recorded */
  bool tracks_frees;
} Recorder;

/* What is recorded; NULL: not. */
typedef struct {
  const ProfCpuConfig *cpu;
  const ProfMemoryConfig *heap;
} RecorderConfig;

typedef struct {
  uint64_t duration_ns;
  uint64_t n_samples, n_lost, n_truncated; /* of CPU and heap */
  uint64_t n_cpu_samples, n_heap_samples;
  uint64_t live_bytes, peak_bytes, allocated_bytes;
  bool has_live; /* else live_bytes and peak_bytes mean nothing */
} RecorderStats;

int recorder_open (Recorder *recorder, const RecorderConfig *config, ProfError *reterr);
void recorder_close (Recorder *recorder);
static inline void
recorder_close_p (Recorder *recorder)
{
  recorder_close (recorder);
}

int recorder_start (Recorder *recorder, ProfError *reterr);
int recorder_stop (Recorder *recorder, ProfError *reterr);
bool recorder_is_running (Recorder *recorder);
int recorder_set_paused (Recorder *recorder, bool is_paused, ProfError *reterr);

/* Readable when there are events. Returns how many descriptors, at most 2. */
unsigned recorder_get_fds (Recorder *recorder, struct pollfd *ret);
/* A set of ProfEvents; STOPPED when the recording is over. */
int recorder_process_events (Recorder *recorder, ProfError *reterr);

RecorderStats recorder_get_stats (Recorder *recorder);
/* Calls func for each note that is known before the start, and for each that is after the end. */
void recorder_print_early_notes (Recorder *recorder, void (*func) (const char *note));
void recorder_print_late_notes (Recorder *recorder, void (*func) (const char *note));
int recorder_generate_profile (Recorder *recorder, ProfProfile **ret, ProfError *reterr);

pid_t recorder_get_command_pid (Recorder *recorder);
int recorder_wait_command (Recorder *recorder, bool block, int *ret_status);
