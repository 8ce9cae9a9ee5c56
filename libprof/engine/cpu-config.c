/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/cpu-config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"

#define MAX_DEPTH 8192
#define MAX_RATE_HZ 1000000
#define MAX_STACK_BYTES 65528 /* the kernel's: a multiple of 8 below 64 KiB */

/* One that is there twice would be recorded twice. */
static int
copy_pids (ProfCpuConfigCopy *copy)
{
  ProfCpuConfig *values = &copy->values;
  copy->pids = calloc (values->n_pids, sizeof *copy->pids);
  if (copy->pids == NULL)
    return -ENOMEM;
  size_t n = 0;
  for (size_t i = 0; i < values->n_pids; i++) {
    size_t same = 0;
    while (same < n && copy->pids[same] != values->pids[i])
      same++;
    if (same == n)
      copy->pids[n++] = values->pids[i];
  }
  values->n_pids = n;
  return 0;
}

static int
copy_pointers (ProfCpuConfigCopy *copy)
{
  ProfCpuConfig *values = &copy->values;
  if (prof_strings_copy (values->command, &copy->command) < 0
      || prof_strings_copy (values->environment, &copy->environment) < 0
      || prof_strings_copy (values->events, &copy->events) < 0
      || prof_string_copy (values->working_directory, &copy->working_directory) < 0
      || prof_string_copy (values->cgroup, &copy->cgroup) < 0
      || prof_string_copy (values->symbol_cache, &copy->symbol_cache) < 0)
    return -ENOMEM;
  if (values->n_pids > 0 && copy_pids (copy) < 0)
    return -ENOMEM;
  values->command = (const char *const *)copy->command;
  values->environment = (const char *const *)copy->environment;
  values->events = (const char *const *)copy->events;
  values->working_directory = copy->working_directory;
  values->cgroup = copy->cgroup;
  values->symbol_cache = copy->symbol_cache;
  values->pids = copy->pids;
  return 0;
}

static const char *
find_attach_fault (const ProfCpuConfig *config)
{
  if (config->attach < PROF_ATTACH_AUTO || config->attach > PROF_ATTACH_TASK)
    return "attach is none of PROF_ATTACH_*";
  bool is_command = config->target == PROF_TARGET_COMMAND;
  if (config->attach != PROF_ATTACH_AUTO && !is_command && config->target != PROF_TARGET_PIDS)
    return "attach is for PROF_TARGET_PIDS and PROF_TARGET_COMMAND";
  /* Children that begin in the delay are told of by nobody. */
  if (config->attach == PROF_ATTACH_CPU && is_command && config->delay_ns > 0)
    return "attach can't be PROF_ATTACH_CPU for a command with a delay";
  return NULL;
}

static const char *
find_fault (const ProfCpuConfig *config)
{
  if (config->target < PROF_TARGET_SELF || config->target > PROF_TARGET_CGROUP)
    return "target is none of PROF_TARGET_*";
  if (config->target == PROF_TARGET_PIDS && config->n_pids == 0)
    return "pids is empty";
  if (config->target == PROF_TARGET_CGROUP && config->cgroup == NULL)
    return "cgroup is not set";
  if (config->n_pids > 0 && config->pids == NULL)
    return "n_pids is not 0, but pids is NULL";
  if (config->target == PROF_TARGET_COMMAND
      && (config->command == NULL || config->command[0] == NULL))
    return "command is empty";
  if (config->events != NULL && config->events[0] == NULL)
    return "events is empty";
  if (config->period == 0 && (config->sampling_rate == 0 || config->sampling_rate > MAX_RATE_HZ))
    return "sampling_rate must be from 1 to 1000000 Hz";
  if (config->max_stack_depth == 0 || config->max_stack_depth > MAX_DEPTH)
    return "max_stack_depth must be from 1 to 8192";
  if (config->max_samples == 0)
    return "max_samples must be at least 1";
  if (config->unwind_mode < PROF_UNWIND_AUTO || config->unwind_mode > PROF_UNWIND_DWARF)
    return "unwind_mode is none of PROF_UNWIND_*";
  if (config->helper < PROF_HELPER_NEVER || config->helper > PROF_HELPER_ALWAYS)
    return "helper is none of PROF_HELPER_*";
  if (config->helper == PROF_HELPER_ALWAYS && config->target == PROF_TARGET_CGROUP)
    return "helper can't be PROF_HELPER_ALWAYS for a control group";
  if (config->stack_bytes % 8 != 0 || config->stack_bytes > MAX_STACK_BYTES)
    return "stack_bytes must be a multiple of 8 below 65536";
  return find_attach_fault (config);
}

int
prof_cpu_config_copy (const ProfCpuConfig *config, ProfCpuConfigCopy *ret, ProfError *reterr)
{
  *ret = (ProfCpuConfigCopy){ .values = PROF_CPU_CONFIG_INIT };
  if (config == NULL || config->size < sizeof config->size || config->size > sizeof *config)
    return prof_error_set (reterr, -EINVAL,
                           "Can't use this ProfCpuConfig: its size field is not set. Initialize "
                           "it with PROF_CPU_CONFIG_INIT.");
  memcpy (&ret->values, config, config->size);
  const char *fault = find_fault (&ret->values);
  if (fault != NULL)
    return prof_error_set (reterr, -EINVAL, "Can't use this ProfCpuConfig: %s.", fault);
  int r = copy_pointers (ret);
  if (r < 0) {
    prof_cpu_config_finish (ret);
    return prof_error_set (reterr, r, "Can't copy the configuration: out of memory.");
  }
  return 0;
}

void
prof_cpu_config_finish (ProfCpuConfigCopy *copy)
{
  free (copy->pids);
  prof_strings_free (copy->command);
  prof_strings_free (copy->environment);
  prof_strings_free (copy->events);
  free (copy->working_directory);
  free (copy->cgroup);
  free (copy->symbol_cache);
  *copy = (ProfCpuConfigCopy){ 0 };
}
