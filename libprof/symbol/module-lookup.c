/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>

#include "symbol/module-symbols.h"

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

/* What the cache has of the kernel's table may do. */
static int
lookup_in_kernel (ProfModuleSymbols *symbols, uint64_t address, ProfSymbol *ret)
{
  const char *name = prof_kernel_symbols_find (&symbols->kernel, address);
  if (name == NULL && !symbols->is_read) {
    int r = prof_module_symbols_read (symbols);
    if (r < 0)
      return r;
    name = prof_kernel_symbols_find (&symbols->kernel, address);
  }
  return lookup_by_name (name, &symbols->context->names, ret);
}

static int
lookup_afresh (ProfModuleSymbols *symbols, uint64_t address, ProfSymbol *ret, size_t max)
{
  ProfNames *names = &symbols->context->names;
  if (symbols->module->kind == PROF_MODULE_KERNEL)
    return lookup_in_kernel (symbols, address, ret);
  int r = prof_module_symbols_read (symbols);
  if (r < 0)
    return r;
  switch (symbols->module->kind) {
  case PROF_MODULE_FILE:
  case PROF_MODULE_VDSO:
    return lookup_in_file (symbols, names, address, ret, max);
  case PROF_MODULE_ANONYMOUS:
    return lookup_by_name (prof_perf_map_find (&symbols->perf_map, address), names, ret);
  default:
    return 0;
  }
}

int
prof_module_symbols_lookup (ProfModuleSymbols *symbols,
                            uint64_t address,
                            ProfSymbol *ret,
                            size_t max)
{
  if (max == 0)
    return 0;
  int n = prof_answer_file_find (&symbols->kept, address, ret, max);
  if (n == -ENOENT) {
    n = lookup_afresh (symbols, address, ret, max);
    symbols->n_fresh += prof_module_symbols_is_lasting (symbols, ret, n);
  }
  return n;
}

/* ---- extents ---- */

/* False: what is known of the address is known of it alone. `ret_vaddr`: in the file's own. */
static bool
has_extent (const ProfModuleSymbols *symbols, uint64_t offset, uint64_t *ret_vaddr)
{
  return symbols->module->kind == PROF_MODULE_FILE && symbols->is_read
         && prof_module_offset_to_vaddr (symbols->module, offset, ret_vaddr)
         && prof_elf_symbols_find (&symbols->symbols, *ret_vaddr) != NULL;
}

/* From the file's own addresses to offsets, of which there are none below 0. */
static ProfExtent
make_offsets (ProfExtent extent, uint64_t offset, uint64_t vaddr)
{
  uint64_t n_before = vaddr - extent.start, n_after = extent.end - vaddr;
  return (ProfExtent){ offset - (n_before < offset ? n_before : offset), offset + n_after };
}

ProfExtent
prof_module_symbols_get_function (const ProfModuleSymbols *symbols, uint64_t offset)
{
  uint64_t vaddr;
  if (!has_extent (symbols, offset, &vaddr))
    return (ProfExtent){ offset, offset + 1 };
  ProfExtent extent = { 0, UINT64_MAX };
  prof_elf_symbols_cut (&symbols->symbols, vaddr, &extent);
  return make_offsets (extent, offset, vaddr);
}

int
prof_module_symbols_lookup_extent (ProfModuleSymbols *symbols,
                                   uint64_t offset,
                                   ProfSymbol *ret,
                                   size_t max,
                                   ProfExtent *ret_extent)
{
  uint64_t vaddr;
  int n = lookup_afresh (symbols, offset, ret, max);
  *ret_extent = (ProfExtent){ offset, offset + 1 };
  if (n < 0 || !has_extent (symbols, offset, &vaddr))
    return n;
  ProfExtent extent = { 0, UINT64_MAX };
  prof_elf_symbols_cut (&symbols->symbols, vaddr, &extent);
  if (symbols->dwarf != NULL)
    prof_dwarf_cut (symbols->dwarf, vaddr, &extent);
  *ret_extent = make_offsets (extent, offset, vaddr);
  return n;
}
