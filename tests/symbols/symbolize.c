/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* symbolize [-n] FILE: reads addresses of the ELF file's own, hexadecimal, a line each, and prints
 * for each its frames, innermost first: the linked name, then file:line:column; then an empty line.
 * -n: prints nothing but the time it took. DEBUG_DIRECTORY in the environment: where separate debug
 * files are, instead of /usr/lib/debug. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "symbol/symbolizer.h"

static ProfModule *
open_module (const char *path)
{
  ProfModule *module = calloc (1, sizeof *module);
  if (module == NULL)
    return NULL;
  module->n_refs = 1;
  module->fd = open (path, O_RDONLY | O_CLOEXEC);
  module->path = realpath (path, NULL);
  if (module->path == NULL || prof_module_read_elf (module) < 0)
    return prof_module_unref (module);
  return module;
}

static bool
find_offset (const ProfModule *module, uint64_t address, uint64_t *ret_offset)
{
  prof_vec_foreach (segment, &module->segments) {
    *ret_offset = address - segment->vaddr + segment->offset;
    if (address >= segment->vaddr && address - segment->vaddr < segment->n_file_bytes)
      return true;
  }
  return false;
}

static void
print (const ProfSymbol *symbols, int n)
{
  if (n == 0)
    puts ("??\n??:0:0");
  for (int i = 0; i < n; i++)
    printf ("%s\n%s:%" PRIu32 ":%" PRIu32 "\n", symbols[i].system_name, symbols[i].filename,
            symbols[i].line, symbols[i].column);
  putchar ('\n');
}

int
main (int argc, char **argv)
{
  bool is_quiet = argc > 1 && strcmp (argv[1], "-n") == 0;
  ProfModule *module = argc > 1 + is_quiet ? open_module (argv[1 + is_quiet]) : NULL;
  ProfSymbolizerConfig config
      = { .wants_lines = true, .debug_directory = getenv ("DEBUG_DIRECTORY") };
  ProfSymbolizer *symbolizer;
  if (module == NULL || prof_symbolizer_new (&config, &symbolizer) < 0) {
    fprintf (stderr, "usage: symbolize [-n] FILE < ADDRESSES\n");
    return 2;
  }
  uint64_t started_ns = prof_monotonic_ns (), first_ns = 0, n_addresses = 0;
  char line[64];
  while (fgets (line, sizeof line, stdin) != NULL) {
    ProfSymbol symbols[128];
    uint64_t offset;
    int n = find_offset (module, strtoull (line, NULL, 16), &offset)
                ? prof_symbolizer_lookup (symbolizer, module, offset, symbols, 128)
                : 0;
    if (n_addresses++ == 0)
      first_ns = prof_monotonic_ns () - started_ns;
    if (!is_quiet)
      print (symbols, n);
  }
  if (is_quiet)
    printf ("%" PRIu64 " addresses in %.3f s, the first in %.3f s\n", n_addresses,
            (double)(prof_monotonic_ns () - started_ns) / 1e9, (double)first_ns / 1e9);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
  return 0;
}
