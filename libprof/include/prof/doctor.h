/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include <prof/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a check found. */
typedef enum {
  PROF_CHECK_OK,
  PROF_CHECK_LIMITED, /* works with less: the detail says what */
  PROF_CHECK_MISSING, /* can't be done: the remedy says what would help */
} ProfCheckStatus;

/* One thing that profiling needs, e.g. "CPU events of own processes". Strings are never NULL. */
typedef struct {
  const char *id;    /* stable: "own-process", "kernel-stacks", "kernel-symbols",
                        "hardware-counters", "other-process", "system-wide", "tracepoints",
                        "ring-memory", "open-files", "process-memory", "container" */
  const char *title; /* one line */
  ProfCheckStatus status;
  const char *detail; /* what was found */
  const char *remedy; /* what to do, with the command; "" if nothing */
} ProfCheck;

/* The checks of one moment. Immutable: any thread. */
typedef struct ProfDoctor ProfDoctor;

/* Tries what the calling user may profile on this machine: own processes, other users' processes,
 * the whole system, kernel stacks, hardware counters, tracepoints, ring memory, kernel symbols,
 * open files. Opens and closes events; changes nothing. Takes milliseconds. Any thread. -ENOMEM,
 * -EINVAL. */
PROF_API int prof_doctor_new (ProfDoctor **ret, ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfDoctor *prof_doctor_free (ProfDoctor *doctor);
/* In the order of `prof doctor`; borrowed from the doctor. */
PROF_API const ProfCheck *prof_doctor_get_checks (const ProfDoctor *doctor, size_t *ret_n);

#ifdef __cplusplus
}
#endif
