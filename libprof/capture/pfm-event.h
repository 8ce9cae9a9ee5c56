/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include <linux/perf_event.h>

/* libpfm4's tables of what the counters of processors (their PMUs) can count. Any thread. */
typedef struct {
  const char *pmu;               /* "skl" */
  const char *name;              /* "MEM_LOAD_RETIRED" */
  const char *umask;             /* "L3_MISS"; NULL: the event itself */
  const char *description;       /* of the event; may be "" */
  const char *umask_description; /* may be "" */
  bool counts_threads;           /* not only for a whole processor, as uncore PMUs do */
} ProfPfmEvent;

/* Calls back for each event, then for each of its unit masks. A PMU is wanted by its name, else all
 * are that this processor has; those of the kernel's generic events never. The callback may end it
 * with a negative value, which is returned then. -ENODEV: no PMU of that name. */
typedef int (*ProfPfmFunc) (const ProfPfmEvent *event, void *user_data);
int prof_pfm_foreach (const char *pmu, ProfPfmFunc func, void *user_data);

/* Encodes a name with its unit masks and modifiers. 0, or an error of libpfm4 (PFM_ERR_…; they are
 * negative, and no errno values). */
int prof_pfm_encode (const char *name, struct perf_event_attr *attr);
