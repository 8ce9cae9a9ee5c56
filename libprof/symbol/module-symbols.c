/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/module-symbols.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Minidebug data only has what .dynsym has not, and a .symtab has all. */
static int
add_tables (ProfModuleSymbols *symbols)
{
  int n = prof_elf_symbols_add_table (&symbols->symbols, symbols->elf, SHT_SYMTAB);
  if (n == 0 && symbols->debug.elf != NULL)
    n = prof_elf_symbols_add_table (&symbols->symbols, symbols->debug.elf, SHT_SYMTAB);
  if (n == 0) {
    int r = prof_elf_open_minidebug (symbols->elf, &symbols->minidebug_image, &symbols->minidebug);
    if (r == 0)
      n = prof_elf_symbols_add_table (&symbols->symbols, symbols->minidebug, SHT_SYMTAB);
    else if (r == -ENOMEM)
      return r;
  }
  return n;
}

static int
read_tables (ProfModuleSymbols *symbols, ProfNames *names)
{
  int n = add_tables (symbols);
  int n_dynamic
      = n < 0 ? n : prof_elf_symbols_add_table (&symbols->symbols, symbols->elf, SHT_DYNSYM);
  int n_stubs = n_dynamic < 0 ? n_dynamic
                              : prof_elf_symbols_add_plt (&symbols->symbols, symbols->elf, names);
  if (n_stubs < 0)
    return n_stubs;
  if (n > 0)
    symbols->level = PROF_SYMBOLS_TABLE;
  else if (n_dynamic + n_stubs > 0)
    symbols->level = PROF_SYMBOLS_EXPORTED;
  return prof_elf_symbols_finish_adding (&symbols->symbols);
}

static uint64_t
find_lowest_code (const ProfModule *module)
{
  uint64_t lowest = UINT64_MAX;
  prof_vec_foreach (segment, &module->segments) {
    if (segment->is_executable && segment->vaddr < lowest)
      lowest = segment->vaddr;
  }
  return lowest;
}

static int
read_dwarf_of (
    ProfModuleSymbols *symbols, Elf *elf, const char *path, const char *directory, ProfNames *names)
{
  int r = prof_debug_file_find_alt (symbols->module, elf, path, directory, &symbols->alt);
  if (r == -ENOMEM)
    return r;
  r = prof_dwarf_new (elf, symbols->alt.elf, find_lowest_code (symbols->module), names,
                      &symbols->dwarf);
  if (r < 0)
    prof_debug_file_finish (&symbols->alt);
  return r;
}

static int
read_dwarf (ProfModuleSymbols *symbols, const char *directory, ProfNames *names)
{
  int r = read_dwarf_of (symbols, symbols->elf, symbols->module->path, directory, names);
  if (r < 0 && r != -ENOMEM && symbols->debug.elf != NULL)
    r = read_dwarf_of (symbols, symbols->debug.elf, symbols->debug.path, directory, names);
  if (r == 0)
    symbols->level = PROF_SYMBOLS_LINES;
  return r == -ENOMEM ? r : 0;
}

static int
read_file (ProfModuleSymbols *symbols, const ProfSymbolizerConfig *config, ProfNames *names)
{
  symbols->elf = prof_module_open_elf (symbols->module);
  if (symbols->elf == NULL)
    return 0;
  const char *directory
      = config->debug_directory != NULL ? config->debug_directory : "/usr/lib/debug";
  int r = 0;
  if (symbols->module->kind == PROF_MODULE_FILE)
    r = prof_debug_file_find (symbols->module, symbols->elf, directory, &symbols->debug);
  if (r == -ENOMEM)
    return r;
  prof_unwind_functions_read (&symbols->unwind, symbols->elf);
  r = read_tables (symbols, names);
  return r == 0 && config->wants_lines ? read_dwarf (symbols, directory, names) : r;
}

static int
read_symbols (ProfModuleSymbols *symbols, const ProfSymbolizerConfig *config, ProfNames *names)
{
  int r = 0;
  switch (symbols->module->kind) {
  case PROF_MODULE_FILE:
  case PROF_MODULE_VDSO:
    return read_file (symbols, config, names);
  case PROF_MODULE_KERNEL:
    r = prof_kernel_symbols_read (&symbols->kernel);
    break;
  case PROF_MODULE_ANONYMOUS:
    r = prof_perf_map_read (&symbols->perf_map, symbols->module->pid);
    break;
  }
  if (symbols->kernel.rows.n + symbols->perf_map.map.ranges.n > 0)
    symbols->level = PROF_SYMBOLS_TABLE;
  return r == -ENOMEM ? r : 0;
}

PROF_DEFINE_CLEANUP (ProfModuleSymbols *, prof_module_symbols_free)

int
prof_module_symbols_new (ProfModule *module,
                         const ProfSymbolizerConfig *config,
                         ProfNames *names,
                         ProfModuleSymbols **ret)
{
  cleanup (prof_module_symbols_free) ProfModuleSymbols *symbols = calloc (1, sizeof *symbols);
  if (symbols == NULL)
    return -ENOMEM;
  symbols->module = prof_module_ref (module);
  int r = read_symbols (symbols, config, names);
  if (r < 0)
    return r;
  *ret = steal (&symbols);
  return 0;
}

ProfModuleSymbols *
prof_module_symbols_free (ProfModuleSymbols *symbols)
{
  if (symbols == NULL)
    return NULL;
  prof_dwarf_free (symbols->dwarf);
  prof_elf_symbols_finish (&symbols->symbols);
  prof_kernel_symbols_finish (&symbols->kernel);
  prof_perf_map_finish (&symbols->perf_map);
  prof_debug_file_finish (&symbols->alt);
  prof_debug_file_finish (&symbols->debug);
  elf_end (symbols->minidebug);
  free (symbols->minidebug_image);
  elf_end (symbols->elf);
  prof_module_unref (symbols->module);
  free (symbols);
  return NULL;
}

static int
set_name (ProfNames *names, const char *name, ProfSymbol *symbol)
{
  symbol->system_name = prof_names_intern (names, name);
  symbol->name = prof_names_demangle (names, name);
  return symbol->system_name != NULL && symbol->name != NULL ? 0 : -ENOMEM;
}

/* A compiler makes "f.cold", "f.isra.0" and the like from parts and variants of f. */
static bool
is_clone_of (const char *name, const char *function)
{
  size_t n = strlen (function);
  return strncmp (name, function, n) == 0 && name[n] == '.';
}

static bool
is_nothing (const ProfSymbol *symbol)
{
  return symbol->name[0] == '\0' && symbol->filename[0] == '\0' && symbol->line == 0;
}

/* A function that no symbol covers is named by its module and where in that file it begins. */
static int
name_by_place (ProfModuleSymbols *symbols,
               ProfNames *names,
               uint64_t offset,
               uint64_t address,
               ProfSymbol *ret)
{
  uint64_t start;
  if (!prof_unwind_functions_find (&symbols->unwind, address, &start))
    return 0;
  const char *slash = strrchr (symbols->module->path, '/');
  char text[128];
  snprintf (text, sizeof text, "%.100s+0x%" PRIx64,
            slash != NULL ? slash + 1 : symbols->module->path, offset - (address - start));
  const char *name = prof_names_intern (names, text);
  *ret = (ProfSymbol){ .name = name, .system_name = name, .filename = "" };
  return name != NULL ? 1 : -ENOMEM;
}

/* The function itself is named as it is where there is no DWARF data, and as other tools do: by the
 * symbol table, which has the public one of several names. Inlined functions are not in there. */
static int
lookup_in_file (
    ProfModuleSymbols *symbols, ProfNames *names, uint64_t offset, ProfSymbol *ret, size_t max)
{
  uint64_t address;
  if (!prof_module_offset_to_vaddr (symbols->module, offset, &address))
    return 0;
  int n = symbols->dwarf != NULL ? prof_dwarf_lookup (symbols->dwarf, address, ret, max) : 0;
  const ProfElfSymbol *symbol = prof_elf_symbols_find (&symbols->symbols, address);
  if (n == 1 && is_nothing (&ret[0]))
    n = 0;
  if (n == 0 && symbol == NULL)
    return name_by_place (symbols, names, offset, address, ret);
  if (n < 0 || symbol == NULL)
    return n;
  if (n == 0)
    ret[n++] = (ProfSymbol){ .name = "", .system_name = "", .filename = "" };
  ProfSymbol *function = &ret[n - 1];
  bool has_name = function->name[0] != '\0';
  if (has_name && (!symbol->has_size || is_clone_of (symbol->name, function->system_name)))
    return n;
  int r = set_name (names, symbol->name, function);
  return r < 0 ? r : n;
}

static int
lookup_by_name (const char *name, ProfNames *names, ProfSymbol *ret)
{
  if (name == NULL)
    return 0;
  *ret = (ProfSymbol){ .filename = "" };
  int r = set_name (names, name, ret);
  return r < 0 ? r : 1;
}

int
prof_module_symbols_lookup (
    ProfModuleSymbols *symbols, ProfNames *names, uint64_t address, ProfSymbol *ret, size_t max)
{
  if (max == 0)
    return 0;
  switch (symbols->module->kind) {
  case PROF_MODULE_FILE:
  case PROF_MODULE_VDSO:
    return lookup_in_file (symbols, names, address, ret, max);
  case PROF_MODULE_KERNEL:
    return lookup_by_name (prof_kernel_symbols_find (&symbols->kernel, address), names, ret);
  case PROF_MODULE_ANONYMOUS:
    return lookup_by_name (prof_perf_map_find (&symbols->perf_map, address), names, ret);
  }
  return 0;
}
