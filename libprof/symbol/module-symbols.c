/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/module-symbols.h"

#include <elf.h>

#include "base/cleanup.h"
#include "symbol/answer-key.h"
#include "symbol/elf-section.h"

/* ---- reading ---- */

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
read_tables (ProfModuleSymbols *symbols)
{
  int n = add_tables (symbols);
  int n_dynamic
      = n < 0 ? n : prof_elf_symbols_add_table (&symbols->symbols, symbols->elf, SHT_DYNSYM);
  int n_stubs = n_dynamic < 0 ? n_dynamic
                              : prof_elf_symbols_add_plt (&symbols->symbols, symbols->elf,
                                                          &symbols->context->names);
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

/* Debugging information that cannot be used is none. */
static int
read_dwarf (ProfModuleSymbols *symbols)
{
  Elf *files[] = { symbols->elf, symbols->debug.elf };
  int r = -ENODATA;
  for (size_t i = 0; r < 0 && r != -ENOMEM && i < 2; i++)
    if (files[i] != NULL)
      r = prof_dwarf_new (files[i], symbols->alt.elf, find_lowest_code (symbols->module),
                          &symbols->context->names, &symbols->dwarf);
  if (r == 0)
    symbols->level = PROF_SYMBOLS_LINES;
  return r == -ENOMEM ? r : 0;
}

/* About what the open files take in memory; debugging information, which is unpacked in place, has
 * not been read yet. */
static size_t
count_bytes (const ProfModuleSymbols *symbols)
{
  const ProfElfSymbols *table = &symbols->symbols;
  return prof_elf_count_symbol_bytes (symbols->elf)
         + prof_elf_count_symbol_bytes (symbols->debug.elf)
         + prof_elf_count_symbol_bytes (symbols->alt.elf)
         + table->symbols.n * sizeof *table->symbols.items
         + table->map.ranges.n * sizeof *table->map.ranges.items;
}

static int
read_file (ProfModuleSymbols *symbols)
{
  if (symbols->elf == NULL)
    return 0;
  prof_unwind_functions_read (&symbols->unwind, symbols->elf);
  int r = read_tables (symbols);
  symbols->n_bytes = count_bytes (symbols);
  return r == 0 && symbols->context->wants_lines ? read_dwarf (symbols) : r;
}

/* All of it: the cache has but a part. */
static int
read_kernel (ProfModuleSymbols *symbols)
{
  prof_kernel_symbols_finish (&symbols->kernel);
  int fd = symbols->context->kallsyms_fd;
  return fd > 0 ? prof_kernel_symbols_read_fd (&symbols->kernel, fd)
                : prof_kernel_symbols_read (&symbols->kernel);
}

int
prof_module_symbols_read (ProfModuleSymbols *symbols)
{
  if (symbols->is_read)
    return 0;
  symbols->is_read = true;
  int r = 0;
  switch (symbols->module->kind) {
  case PROF_MODULE_FILE:
  case PROF_MODULE_VDSO:
    return read_file (symbols);
  case PROF_MODULE_KERNEL:
    r = read_kernel (symbols);
    break;
  case PROF_MODULE_ANONYMOUS:
    r = prof_perf_map_read (&symbols->perf_map, symbols->module->pid);
    break;
  }
  if (symbols->kernel.rows.n + symbols->perf_map.map.ranges.n > 0)
    symbols->level = PROF_SYMBOLS_TABLE;
  return r == -ENOMEM ? r : 0;
}

int
prof_module_symbols_get_level (ProfModuleSymbols *symbols, ProfSymbolLevel *ret)
{
  int r = 0;
  *ret = symbols->kept_bytes != NULL ? symbols->kept.level : PROF_SYMBOLS_TABLE;
  if (symbols->is_read || (symbols->kept_bytes == NULL && !symbols->has_kernel_table)) {
    r = prof_module_symbols_read (symbols);
    *ret = symbols->level;
  }
  return r;
}

/* ---- opening ---- */

/* The file that holds the DWARF data says where the rest of it is. */
static int
open_files (ProfModuleSymbols *symbols)
{
  const ProfModule *module = symbols->module;
  const char *directory = symbols->context->debug_directory;
  symbols->elf = prof_module_open_elf (module);
  if (symbols->elf == NULL || module->kind != PROF_MODULE_FILE)
    return 0;
  int r = prof_debug_file_find (module, symbols->elf, directory, &symbols->debug);
  if (r == -ENOMEM || !symbols->context->wants_lines)
    return r == -ENOMEM ? r : 0;
  GElf_Shdr header;
  bool is_whole = symbols->debug.elf == NULL
                  || prof_elf_find_section (symbols->elf, ".debug_info", &header) != NULL;
  r = prof_debug_file_find_alt (module, is_whole ? symbols->elf : symbols->debug.elf,
                                is_whole ? module->path : symbols->debug.path, directory,
                                &symbols->alt);
  return r == -ENOMEM ? r : 0;
}

static int
make_key (ProfModuleSymbols *symbols)
{
  switch (symbols->module->kind) {
  case PROF_MODULE_FILE:
    if (symbols->elf == NULL)
      return -ENOENT;
    return prof_answer_key_of_files (symbols->module,
                                     symbols->debug.elf != NULL ? symbols->debug.fd : -1,
                                     symbols->alt.elf != NULL ? symbols->alt.fd : -1,
                                     symbols->context->wants_lines, &symbols->key);
  case PROF_MODULE_KERNEL:
    return prof_answer_key_of_kernel (&symbols->key);
  default:
    return -ENOENT;
  }
}

static int
open_module (ProfModuleSymbols *symbols)
{
  int r = open_files (symbols);
  if (r < 0 || symbols->context->cache.fd < 0)
    return r;
  r = make_key (symbols);
  return r == 0 ? prof_module_symbols_load (symbols) : r == -ENOMEM ? r : 0;
}

PROF_DEFINE_CLEANUP (ProfModuleSymbols *, prof_module_symbols_free)

int
prof_module_symbols_new (ProfModule *module, ProfSymbolContext *context, ProfModuleSymbols **ret)
{
  cleanup (prof_module_symbols_free) ProfModuleSymbols *symbols = calloc (1, sizeof *symbols);
  if (symbols == NULL)
    return -ENOMEM;
  symbols->module = prof_module_ref (module);
  symbols->context = context;
  int r = open_module (symbols);
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
  free (symbols->kept_bytes);
  free (symbols->key);
  free (symbols);
  return NULL;
}
