/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include <prof/cpu.h>

#include "engine/cpu-helper.h"

/* Makes the session, and chooses whether processes and commands are attached to by CPU. As
 * prof_cpu_helper_open_session. */
int prof_cpu_attach_open_session (ProfCpuHelper *helper,
                                  const ProfCpuConfig *config,
                                  const ProfPerfSessionConfig *session_config,
                                  ProfPerfSession **ret,
                                  bool *ret_is_by_cpu,
                                  ProfError *reterr);
