/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-kernel.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfKernelSymbols symbols;
  char *bytes = malloc (size + 1);
  if (bytes == NULL)
    return 0;
  memcpy (bytes, data, size);
  if (prof_kernel_symbols_decode (bytes, size, &symbols) < 0)
    return 0;
  prof_vec_foreach (row, &symbols.rows) {
    const char *name = prof_kernel_symbols_find (&symbols, row->address);
    if (name != NULL && strlen (name) >= symbols.names.n)
      abort ();
    prof_kernel_symbols_find (&symbols, row->address + 5000);
  }
  prof_kernel_symbols_finish (&symbols);
  return 0;
}
