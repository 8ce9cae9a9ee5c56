/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <prof/memory.h>

/* Pure: a text of /proc/PID/status fills in the bytes. A process without memory of its own (a
 * zombie, a kernel thread) has 0. -EBADMSG: a number that does not fit. */
int prof_process_status_parse (const char *text, size_t n, ProfProcessMemory *ret);

typedef struct {
  uint64_t minor_faults, major_faults;
  uint64_t user_ticks, kernel_ticks; /* of sysconf (_SC_CLK_TCK) */
  uint64_t start_ticks;              /* since boot */
} ProfProcessStat;

/* Pure: a NUL-terminated text of /proc/PID/stat, in which the name may hold anything. -EBADMSG. */
int prof_process_stat_parse (const char *text, size_t n, ProfProcessStat *ret);

/* -ESRCH: no such process. */
int prof_process_stat_read (pid_t pid, ProfProcessStat *ret);

/* Memory and stat in one. */
int prof_process_memory_read (pid_t pid, ProfProcessMemory *ret, ProfProcessStat *ret_stat);

/* When the process began, on CLOCK_MONOTONIC, as exactly as a tick of the kernel's; 0: no such
 * process. */
uint64_t prof_process_get_birth_ns (uint32_t pid);
