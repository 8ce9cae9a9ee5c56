/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/memory-pressure.h"
#include "engine/process-memory.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* One text for all that is read of /proc: each parser takes it or refuses it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *text = malloc (size + 1);
  if (text == NULL)
    return 0;
  memcpy (text, data, size);
  text[size] = '\0';
  ProfProcessMemory memory;
  ProfProcessStat stat;
  ProfMemoryPressure pressure;
  int results[] = { prof_process_status_parse (text, size, &memory),
                    prof_process_stat_parse (text, size, &stat),
                    prof_memory_pressure_parse (text, &pressure) };
  for (size_t i = 0; i < sizeof results / sizeof *results; i++)
    if (results[i] != 0 && results[i] != -EBADMSG)
      abort ();
  free (text);
  return 0;
}
