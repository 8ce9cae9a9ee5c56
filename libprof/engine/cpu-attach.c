/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/cpu-attach.h"

#include "base/error.h"

/* Events that come by time, not by what programs do: those of other programs are no more than the
 * CPUs have. */
static bool
come_by_time (const ProfPerfSession *session)
{
  size_t n;
  const ProfPerfSessionEvent *events = prof_perf_session_get_events (session, &n);
  for (size_t i = 0; i < n; i++) {
    const struct perf_event_attr *attr = &events[i].event.attr;
    bool is_cycles = attr->type == PERF_TYPE_HARDWARE && attr->config == PERF_COUNT_HW_CPU_CYCLES;
    if (!events[i].event.is_clock && !is_cycles)
      return false;
  }
  return true;
}

/* Nobody is asked for consent to it. *ret stays NULL if the kernel refuses or the events forbid. */
static void
try_by_cpu (const ProfPerfSessionConfig *by_cpu, ProfPerfSession **ret)
{
  ProfPerfSession *session;
  if (prof_perf_session_new (by_cpu, &session, NULL) < 0)
    return;
  if (come_by_time (session))
    *ret = session;
  else
    prof_perf_session_free (session);
}

static int
open_by_task (ProfCpuHelper *helper,
              const ProfCpuConfig *config,
              const ProfPerfSessionConfig *session_config,
              ProfPerfSession **ret,
              ProfError *reterr)
{
  int r = prof_cpu_helper_open_session (helper, config, session_config, ret, reterr);
  bool is_second_best = config->target == PROF_TARGET_PIDS && config->attach == PROF_ATTACH_AUTO;
  if (r < 0 || !is_second_best)
    return r;
  r = prof_perf_session_add_note (
      *ret, "attached by thread: each context switch of the process costs it some microseconds "
            "more; attaching by CPU is for clocks and cycles, and takes CAP_PERFMON or "
            "kernel.perf_event_paranoid of 0 or less");
  if (r < 0) {
    *ret = prof_perf_session_free (*ret);
    prof_error_set (reterr, r, "Can't record: out of memory.");
  }
  return r;
}

int
prof_cpu_attach_open_session (ProfCpuHelper *helper,
                              const ProfCpuConfig *config,
                              const ProfPerfSessionConfig *session_config,
                              ProfPerfSession **ret,
                              bool *ret_is_by_cpu,
                              ProfError *reterr)
{
  ProfPerfSessionConfig by_cpu = *session_config;
  by_cpu.is_system_wide = by_cpu.excludes_idle = true;
  *ret_is_by_cpu = config->attach == PROF_ATTACH_CPU;
  if (*ret_is_by_cpu)
    return prof_cpu_helper_open_session (helper, config, &by_cpu, ret, reterr);
  *ret = NULL;
  bool tries = config->attach == PROF_ATTACH_AUTO && config->target == PROF_TARGET_PIDS
               && config->helper != PROF_HELPER_ALWAYS;
  if (tries)
    try_by_cpu (&by_cpu, ret);
  *ret_is_by_cpu = *ret != NULL;
  return *ret_is_by_cpu ? 0 : open_by_task (helper, config, session_config, ret, reterr);
}
