/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <prof/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint64_t total_bytes, available_bytes, used_bytes, cached_bytes;
  double used_percent;
} ProfSystemMemory;

/* Reads /proc/meminfo (proc(5)): used is total less available, cached is Cached + Buffers +
 * SReclaimable. Any thread. */
PROF_API int prof_get_system_memory (ProfSystemMemory *ret, ProfError *reterr);

/* Share of the time in which some, or all, tasks waited for memory: the kernel's averages over 10,
 * 60 and 300 s in percent, and the sum. */
typedef struct {
  double some_avg10, some_avg60, some_avg300;
  double full_avg10, full_avg60, full_avg300;
  uint64_t some_total_us, full_total_us;
} ProfMemoryPressure;

/* Reads /proc/pressure/memory (kernel document accounting/psi). -EOPNOTSUPP: the kernel has none.
 * Any thread. */
PROF_API int prof_get_memory_pressure (ProfMemoryPressure *ret, ProfError *reterr);

typedef struct {
  uint64_t rss_bytes, anonymous_bytes, file_bytes, shared_bytes, swap_bytes;
  uint64_t minor_faults, major_faults; /* since its start */
} ProfProcessMemory;

/* Reads /proc/PID/status and /proc/PID/stat. -ESRCH, -EACCES. Any thread. */
PROF_API int prof_get_process_memory (pid_t pid, ProfProcessMemory *ret, ProfError *reterr);

#ifdef __cplusplus
}
#endif
