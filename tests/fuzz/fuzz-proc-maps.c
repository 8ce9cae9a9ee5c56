/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "capture/proc-maps.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int
check (void *user_data, const ProfProcMap *map)
{
  size_t *n_lines = user_data;
  if (map->start >= map->end || strlen (map->filename) > 4095)
    abort ();
  (*n_lines)++;
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  size_t n_good = 0, n_lines = 0;
  int n_bad = prof_proc_maps_parse ((const char *)data, size, check, &n_good);
  for (size_t i = 0; i < size; i++)
    n_lines += data[i] == '\n' || i == size - 1;
  if (n_bad < 0 || n_good + (size_t)n_bad != n_lines)
    abort ();
  return 0;
}
