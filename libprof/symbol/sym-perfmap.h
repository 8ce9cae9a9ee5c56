/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <sys/types.h>

#include "symbol/range-map.h"

/* Names of code that a just-in-time compiler made: lines "START SIZE name", hexadecimal; where two
 * overlap the later one holds, because the compiler used the memory again. Zero-initialized is
 * empty. */
typedef struct {
  char *text;
  ProfRangeMap map; /* to offsets in the text */
} ProfPerfMap;

/* Takes what a perf-PID.map held, allocated and followed by a NUL. Other lines are skipped.
 * 0 or -ENOMEM. */
int prof_perf_map_parse (ProfPerfMap *map, char *text, size_t n_bytes);

/* Reads /tmp/perf-PID.map as the process sees it, else our own (it may have ended). Negative errno;
 * -EPERM: the file is neither the process's user's nor root's, who alone may name its code. */
int prof_perf_map_read (ProfPerfMap *map, pid_t pid);

void prof_perf_map_finish (ProfPerfMap *map);

/* NULL: not known. */
const char *prof_perf_map_find (const ProfPerfMap *map, uint64_t address);
