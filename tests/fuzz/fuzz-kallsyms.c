/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>

#include "symbol/sym-kernel.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (const ProfKernelSymbols *symbols)
{
  uint64_t below = 0;
  prof_vec_foreach (row, &symbols->rows) {
    const char *name = prof_kernel_symbols_find (symbols, row->address);
    if (row->address == 0 || row->address < below
        || (name != NULL && strlen (name) >= symbols->names.n))
      abort ();
    prof_kernel_symbols_find (symbols, row->address - 1);
    below = row->address;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfKernelSymbols symbols = { 0 };
  size_t n_used = 0;
  prof_kernel_symbols_add (&symbols, (const char *)data, size, &n_used);
  if (n_used > size || (n_used > 0 && data[n_used - 1] != '\n'))
    abort ();
  prof_kernel_symbols_finish_adding (&symbols);
  check (&symbols);
  prof_kernel_symbols_finish (&symbols);
  return 0;
}
