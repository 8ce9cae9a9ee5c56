/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/cpu.h>

#include "capture/helper-channel.h"
#include "capture/perf-session.h"

/* prof-helper, for a recording that uses it. */
typedef struct {
  ProfHelperChannel channel;
  bool is_open;
  int kallsyms_fd; /* with addresses; 0: the helper gave none */
} ProfCpuHelper;

/* Makes the session, with the helper's help if the configuration asks for it, or allows it and the
 * kernel refuses. As prof_perf_session_new. */
int prof_cpu_helper_open_session (ProfCpuHelper *helper,
                                  const ProfCpuConfig *config,
                                  const ProfPerfSessionConfig *session_config,
                                  ProfPerfSession **ret,
                                  ProfError *reterr);
void prof_cpu_helper_finish (ProfCpuHelper *helper);
