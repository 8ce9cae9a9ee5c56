/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <sys/types.h>

#include "trace/process-context.h"

/* Looks now and then whether a recorded program has published a process context (OTEP 4719). One
 * thread's; zero-initialized, it looks at once. */
typedef struct {
  uint64_t next_ns, interval_ns;
  ProfContextBytes payload; /* the latest one; empty: none was seen */
} ProfContextWatch;

void prof_context_watch_finish (ProfContextWatch *watch);

static inline bool
prof_context_watch_is_due (const ProfContextWatch *watch, uint64_t now_ns)
{
  return now_ns >= watch->next_ns;
}

/* Takes that of the first of the processes that has one. What can't be read is not there. */
void prof_context_watch_look (ProfContextWatch *watch,
                              uint64_t now_ns,
                              const pid_t *pids,
                              size_t n_pids);

/* A copy of what was seen, for another thread. 0 or -ENOMEM. */
int prof_context_watch_copy (const ProfContextWatch *watch, ProfContextBytes *ret);

/* The payload of a process. -ENOENT: it has none; -ESRCH, -EACCES, -EPERM: it can't be read. */
int prof_process_context_read (pid_t pid, ProfContextBytes *ret);
