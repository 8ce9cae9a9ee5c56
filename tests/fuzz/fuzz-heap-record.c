/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "capture/heap-record.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (const ProfHeapEvent *event, const void *words, size_t size)
{
  bool has_stack = event->kind == PROF_HEAP_ALLOCATION && event->stack_number == 0;
  if (has_stack != (event->stack != NULL) || has_stack != (event->registers != NULL))
    abort ();
  const uint8_t *end = (const uint8_t *)words + size;
  if (has_stack && event->n_stack_bytes > (size_t)(end - event->stack))
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfHeapEvent event;
  uint64_t *words = malloc (size + 1);
  if (words == NULL)
    return 0;
  memcpy (words, data, size);
  if (prof_heap_record_parse (words, size, &event) == 0)
    check (&event, words, size);
  free (words);
  return 0;
}
