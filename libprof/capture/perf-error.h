/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/perf_event.h>

#include <prof/error.h>

#include "capture/perf-rights.h"

/* The program's rights to all that recording can use. setcap replaces those set before, so every
 * remedy names the same. */
#define PROF_SET_CAPABILITIES                                                                      \
  "sudo setcap cap_perfmon,cap_sys_ptrace,cap_syslog,cap_ipc_lock+ep $(command -v prof)"

/* A perf_event_open that failed: what was asked for, and by whom. */
typedef struct {
  const char *event;                  /* its name */
  const struct perf_event_attr *attr; /* type and exclude_kernel count */
  const char *target;                 /* "process 1234", "the whole system"; "" for itself */
  bool is_system_wide;                /* a CPU rather than a thread */
  ProfPerfRights rights;
} ProfPerfOpening;

/* Why, as the end of a sentence ("this machine has no such counter"), and what to do ("" if
 * nothing is known to help). */
typedef struct {
  char reason[192];
  char remedy[224];
} ProfPerfFailure;

/* Pure. `errno_value` is positive. */
void prof_perf_failure_explain (ProfPerfFailure *ret,
                                int errno_value,
                                const ProfPerfOpening *opening);

/* Phrases it all in one sentence and returns -errno_value. */
int prof_perf_open_error (ProfError *reterr, int errno_value, const ProfPerfOpening *opening);

/* The same for a ring of `bytes` that mmap refused (EPERM: more than may be locked). */
int prof_perf_map_error (ProfError *reterr,
                         int errno_value,
                         size_t bytes,
                         const ProfPerfRights *rights);
