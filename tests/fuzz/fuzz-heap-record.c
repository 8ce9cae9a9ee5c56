/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>

#include "capture/heap-record.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfHeapEvent event;
  if (prof_heap_record_parse (data, size, &event) < 0)
    return 0;
  bool has_stack = event.kind == PROF_HEAP_ALLOCATION && event.stack_number == 0;
  if (has_stack != (event.stack != NULL))
    abort ();
  if (has_stack
      && (event.stack < data || event.n_stack_bytes > (size_t)(data + size - event.stack)))
    abort ();
  return 0;
}
