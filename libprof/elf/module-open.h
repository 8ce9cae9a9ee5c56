/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "elf/module.h"

/* Opens the regular file that `pid` mapped at [start, limit), and not one that took its name since.
 * A descriptor, or negative errno; -ESTALE: only a replacement is left. */
int prof_module_open_file (pid_t pid, const ProfModuleKey *key, uint64_t start, uint64_t limit);
