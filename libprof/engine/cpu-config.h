/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/cpu.h>

/* A ProfCpuConfig with everything it points to, owned. */
typedef struct {
  ProfCpuConfig values; /* its pointers point into the fields below */
  pid_t *pids;
  char **command, **environment, **events;
  char *working_directory, *cgroup, *symbol_cache;
} ProfCpuConfigCopy;

/* Copies `config`, which may be of an older, smaller version, and checks it: -EINVAL names the
 * field at fault. */
int prof_cpu_config_copy (const ProfCpuConfig *config, ProfCpuConfigCopy *ret, ProfError *reterr);
void prof_cpu_config_finish (ProfCpuConfigCopy *copy);
