/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/memory.h>

/* A ProfMemoryConfig with everything it points to, owned. */
typedef struct {
  ProfMemoryConfig values; /* its pointers point into the fields below */
  char **command, **environment;
  char *working_directory, *hook_library, *symbol_cache;
} ProfMemoryConfigCopy;

/* As prof_cpu_config_copy. */
int prof_memory_config_copy (const ProfMemoryConfig *config,
                             ProfMemoryConfigCopy *ret,
                             ProfError *reterr);
void prof_memory_config_finish (ProfMemoryConfigCopy *copy);
