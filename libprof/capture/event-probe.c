/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/event-probe.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/perf-error.h"
#include "capture/perf-open.h"

static int
try_open (const ProfPerfEvent *event, bool exclude_kernel)
{
  struct perf_event_attr attr = event->attr;
  attr.disabled = 1;
  attr.exclude_kernel |= exclude_kernel;
  int fd = prof_perf_open (&attr, 0, -1);
  if (fd < 0)
    return fd;
  close (fd);
  return 0;
}

void
prof_event_probe (const ProfPerfEvent *event, const ProfPerfRights *rights, ProfEventProbe *ret)
{
  *ret = (ProfEventProbe){ 0 };
  int r = try_open (event, false);
  if ((r == -EACCES || r == -EPERM) && !event->is_in_kernel && !event->attr.exclude_kernel)
    r = try_open (event, true);
  ret->is_countable = r == 0;
  if (r == 0)
    return;
  struct perf_event_attr attr = event->attr;
  attr.exclude_kernel |= !event->is_in_kernel;
  ProfPerfOpening opening
      = { .event = event->name, .attr = &attr, .target = "", .rights = *rights };
  ProfPerfFailure failure;
  prof_perf_failure_explain (&failure, -r, &opening);
  snprintf (ret->reason, sizeof ret->reason, "%s", failure.reason);
}
