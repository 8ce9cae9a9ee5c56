/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/cpu-helper.h"

#include <errno.h>
#include <unistd.h>

#include "capture/helper-process.h"

static int
open_with_helper (ProfCpuHelper *helper,
                  const ProfCpuConfig *config,
                  const ProfPerfSessionConfig *session_config,
                  ProfPerfSession **ret,
                  ProfError *reterr)
{
  ProfPerfSessionConfig helped = *session_config;
  int r = config->helper_fd >= 0
              ? prof_helper_connect (config->helper_fd, &helper->channel, reterr)
              : prof_helper_start (config->helper_on_terminal, &helper->channel, reterr);
  if (r < 0)
    return r;
  helper->is_open = true;
  helped.helper = &helper->channel;
  r = prof_perf_session_new (&helped, ret, reterr);
  if (r < 0)
    return r;
  int fd = prof_helper_channel_open_kallsyms (&helper->channel);
  helper->kallsyms_fd = fd > 0 ? fd : 0;
  return r;
}

/* It takes no control groups. */
static bool
can_help (const ProfCpuConfig *config, int error)
{
  ProfHelperParts parts;
  bool is_refused = error == -EACCES || error == -EPERM;
  if (!is_refused || config->helper != PROF_HELPER_IF_REFUSED
      || config->target == PROF_TARGET_CGROUP)
    return false;
  prof_helper_parts_find (&parts);
  return config->helper_fd >= 0 || prof_helper_parts_are_whole (&parts);
}

int
prof_cpu_helper_open_session (ProfCpuHelper *helper,
                              const ProfCpuConfig *config,
                              const ProfPerfSessionConfig *session_config,
                              ProfPerfSession **ret,
                              ProfError *reterr)
{
  if (config->helper == PROF_HELPER_ALWAYS)
    return open_with_helper (helper, config, session_config, ret, reterr);
  int r = prof_perf_session_new (session_config, ret, reterr);
  return can_help (config, r) ? open_with_helper (helper, config, session_config, ret, reterr) : r;
}

void
prof_cpu_helper_finish (ProfCpuHelper *helper)
{
  if (helper->kallsyms_fd > 0)
    close (helper->kallsyms_fd);
  if (helper->is_open)
    prof_helper_channel_finish (&helper->channel);
  *helper = (ProfCpuHelper){ 0 };
}
