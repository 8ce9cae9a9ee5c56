/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <linux/perf_event.h>

/* perf_event_open(2), which glibc does not have. A descriptor, or negative errno. A signal may
 * interrupt it while the thread is in an exec. */
static inline int
prof_perf_open_with (const struct perf_event_attr *attr, pid_t tid, int cpu, unsigned long flags)
{
  long fd;
  do
    fd = syscall (SYS_perf_event_open, attr, tid, cpu, -1, flags | PERF_FLAG_FD_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  return fd < 0 ? -errno : (int)fd;
}

static inline int
prof_perf_open (const struct perf_event_attr *attr, pid_t tid, int cpu)
{
  return prof_perf_open_with (attr, tid, cpu, 0);
}
