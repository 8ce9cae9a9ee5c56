/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/memory-config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"

#define MAX_DEPTH 8192
#define MIN_RING_BYTES (64u << 10)
#define MAX_RING_BYTES (1u << 30)
#define MAX_STACK_BYTES (1u << 20)

static int
copy_pointers (ProfMemoryConfigCopy *copy)
{
  ProfMemoryConfig *values = &copy->values;
  if (prof_strings_copy (values->command, &copy->command) < 0
      || prof_strings_copy (values->environment, &copy->environment) < 0
      || prof_string_copy (values->working_directory, &copy->working_directory) < 0
      || prof_string_copy (values->hook_library, &copy->hook_library) < 0
      || prof_string_copy (values->symbol_cache, &copy->symbol_cache) < 0)
    return -ENOMEM;
  values->command = (const char *const *)copy->command;
  values->environment = (const char *const *)copy->environment;
  values->working_directory = copy->working_directory;
  values->hook_library = copy->hook_library;
  values->symbol_cache = copy->symbol_cache;
  return 0;
}

static bool
is_power_of_two (size_t n)
{
  return (n & (n - 1)) == 0;
}

static const char *
find_fault (const ProfMemoryConfig *config)
{
  if (config->target < PROF_MEMORY_SELF || config->target > PROF_MEMORY_CHILDREN)
    return "target is none of PROF_MEMORY_*";
  if (config->target == PROF_MEMORY_COMMAND
      && (config->command == NULL || config->command[0] == NULL))
    return "command is empty";
  if (config->sampling_rate == 0)
    return "sampling_rate must be at least 1 byte";
  if (config->max_stack_depth == 0 || config->max_stack_depth > MAX_DEPTH)
    return "max_stack_depth must be from 1 to 8192";
  if (config->max_samples == 0)
    return "max_samples must be at least 1";
  if (config->stack_bytes % 8 != 0 || config->stack_bytes > MAX_STACK_BYTES)
    return "stack_bytes must be a multiple of 8 and at most 1 MiB";
  if (config->ring_bytes != 0
      && (!is_power_of_two (config->ring_bytes) || config->ring_bytes < MIN_RING_BYTES
          || config->ring_bytes > MAX_RING_BYTES || config->ring_bytes / 4 < config->stack_bytes))
    return "ring_bytes must be a power of two from 64 KiB to 1 GiB, and four times stack_bytes";
  return NULL;
}

int
prof_memory_config_copy (const ProfMemoryConfig *config,
                         ProfMemoryConfigCopy *ret,
                         ProfError *reterr)
{
  *ret = (ProfMemoryConfigCopy){ .values = PROF_MEMORY_CONFIG_INIT };
  if (config == NULL || config->size < sizeof config->size || config->size > sizeof *config)
    return prof_error_set (reterr, -EINVAL,
                           "Can't use this ProfMemoryConfig: its size field is not set. Initialize "
                           "it with PROF_MEMORY_CONFIG_INIT.");
  memcpy (&ret->values, config, config->size);
  const char *fault = find_fault (&ret->values);
  if (fault != NULL)
    return prof_error_set (reterr, -EINVAL, "Can't use this ProfMemoryConfig: %s.", fault);
  int r = copy_pointers (ret);
  if (r < 0) {
    prof_memory_config_finish (ret);
    return prof_error_set (reterr, r, "Can't copy the configuration: out of memory.");
  }
  return 0;
}

void
prof_memory_config_finish (ProfMemoryConfigCopy *copy)
{
  prof_strings_free (copy->command);
  prof_strings_free (copy->environment);
  free (copy->working_directory);
  free (copy->hook_library);
  free (copy->symbol_cache);
  *copy = (ProfMemoryConfigCopy){ 0 };
}
