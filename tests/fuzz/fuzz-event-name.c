/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/perf-attr.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whatever the name: an event with all of its strings, or a sentence. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfPerfEvent event;
  ProfError error = PROF_ERROR_INIT;
  char *name = strndup ((const char *)data, size);
  if (name == NULL)
    return 0;
  int r = prof_perf_event_resolve (name, &event, &error);
  if (r < 0 && (error.code != r || error.message[0] == '\0'))
    abort ();
  if (r >= 0) {
    if (strlen (event.name) == 0 || strlen (event.value_type) == 0 || event.attr.size == 0)
      abort ();
    prof_perf_event_finish (&event);
  }
  free (name);
  return 0;
}
