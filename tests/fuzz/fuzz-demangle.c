/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/demangle.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *name = strndup ((const char *)data, size), *demangled = NULL;
  if (name != NULL && prof_demangle (name, &demangled) == 0 && demangled != NULL
      && strlen (demangled) > (64 << 10) + size)
    abort ();
  free (demangled);
  free (name);
  return 0;
}
