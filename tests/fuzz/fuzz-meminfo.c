/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdlib.h>

#include "engine/system-memory.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfSystemMemory memory;
  if (prof_system_memory_parse ((const char *)data, size, &memory) < 0)
    return 0;
  if (memory.used_bytes > memory.total_bytes || !(memory.used_percent >= 0)
      || memory.used_percent > 100)
    abort ();
  return 0;
}
