/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <limits.h>
#include <sys/types.h>

#include "otlp/container-id.h"
#include "trace/process-context.h"

/* What the kernel says of a process that is recorded. Texts are "" where nothing is known. */
typedef struct {
  char executable[PATH_MAX];
  char container_id[PROF_CONTAINER_ID_SIZE];
} ProfTargetIdentity;

void prof_target_identity_read (pid_t pid, ProfTargetIdentity *ret);

/* As attributes of the resource, but for those that the process has said itself. 0 or -ENOMEM. */
int prof_target_identity_add (const ProfTargetIdentity *identity,
                              ProfContextAttributes *attributes);
