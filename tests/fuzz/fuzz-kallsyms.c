/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "symbol/sym-kernel.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *text = malloc (size + 1);
  if (text == NULL)
    return 0;
  memcpy (text, data, size);
  text[size] = '\0';
  ProfKernelSymbols symbols = { 0 };
  prof_kernel_symbols_parse (&symbols, text, size);
  uint64_t end = 0;
  prof_vec_foreach (range, &symbols.map.ranges) {
    if (range->start < end || range->end <= range->start
        || prof_kernel_symbols_find (&symbols, range->start) != symbols.text + range->value
        || strlen (prof_kernel_symbols_find (&symbols, range->end - 1)) == 0)
      abort ();
    end = range->end;
  }
  prof_kernel_symbols_finish (&symbols);
  return 0;
}
