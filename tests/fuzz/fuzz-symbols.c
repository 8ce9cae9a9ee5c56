/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbol/symbolizer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { N_ADDRESSES_PER_SEGMENT = 64, MAX_SEGMENTS = 16, MAX_SYMBOLS = 32 };

static ProfModule *
open_module (const uint8_t *data, size_t size)
{
  ProfModule *module = calloc (1, sizeof *module);
  if (module == NULL)
    return NULL;
  module->n_refs = 1;
  module->path = strdup ("/nonexistent/module");
  module->fd = memfd_create ("module", MFD_CLOEXEC);
  if (module->path == NULL || module->fd < 0 || write (module->fd, data, size) != (ssize_t)size
      || prof_module_read_elf (module) < 0)
    return prof_module_unref (module);
  return module;
}

static void
look_up (ProfSymbolizer *symbolizer, const ProfModule *module, uint64_t offset)
{
  ProfSymbol symbols[MAX_SYMBOLS];
  int n = prof_symbolizer_lookup (symbolizer, module, offset, symbols, MAX_SYMBOLS);
  size_t n_bytes = 0;
  for (int i = 0; i < n; i++)
    n_bytes += strlen (symbols[i].name) + strlen (symbols[i].system_name)
               + strlen (symbols[i].filename);
  if (n == 1 && n_bytes == 0 && symbols[0].line == 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfSymbolizerConfig config = { .wants_lines = true, .debug_directory = "/nonexistent" };
  ProfSymbolizer *symbolizer;
  ProfModule *module = open_module (data, size);
  if (module == NULL || prof_symbolizer_new (&config, &symbolizer) < 0)
    return 0;
  for (size_t i = 0; i < module->segments.n && i < MAX_SEGMENTS; i++) {
    const ProfSegment *segment = &module->segments.items[i];
    for (uint64_t j = 0; j < N_ADDRESSES_PER_SEGMENT; j++)
      look_up (symbolizer, module,
               segment->offset + segment->n_file_bytes / N_ADDRESSES_PER_SEGMENT * j);
  }
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
  return 0;
}
