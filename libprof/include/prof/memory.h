/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

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

#ifdef __cplusplus
}
#endif
