/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/answer-file.h"
#include "symbol/cache-directory.h"
#include "symbol/debug-file.h"
#include "symbol/sym-dwarf.h"
#include "symbol/sym-elf.h"
#include "symbol/sym-kernel.h"
#include "symbol/sym-perfmap.h"
#include "symbol/sym-unwind.h"
#include "symbol/symbolizer.h"

/* What all modules of a symbolizer share, and it owns. */
typedef struct {
  bool wants_lines;
  const char *debug_directory;
  int kallsyms_fd; /* borrowed; 0: opened by name */
  ProfCacheDirectory cache;
  ProfNames names;
} ProfSymbolContext;

/* What is known of the names in one module. Its files are opened at once, but read only for an
 * address of which the cache knows nothing. */
typedef struct {
  ProfModule *module; /* a reference */
  ProfSymbolContext *context;

  char *key;             /* for the cache; NULL: nothing is kept */
  char *kept_bytes;      /* what the cache had; NULL: nothing */
  ProfAnswerFile kept;   /* a view of them */
  size_t n_fresh;        /* answers to keep that the cache did not have */
  bool has_kernel_table; /* the cache had the symbols of the kernel itself */

  unsigned n_idle; /* refreshes since somebody asked */
  bool is_read;
  ProfSymbolLevel level; /* once read */
  size_t n_bytes;        /* of memory, about, once read */
  Elf *elf, *minidebug;
  void *minidebug_image;
  ProfDebugFile debug, alt;
  ProfElfSymbols symbols;
  ProfDwarf *dwarf;
  ProfUnwindFunctions unwind;
  ProfKernelSymbols kernel;
  ProfPerfMap perf_map;
} ProfModuleSymbols;

/* What cannot be opened or read is not there: -ENOMEM is the only failure of all these. */
int prof_module_symbols_new (ProfModule *module,
                             ProfSymbolContext *context,
                             ProfModuleSymbols **ret);
ProfModuleSymbols *prof_module_symbols_free (ProfModuleSymbols *symbols);

int prof_module_symbols_read (ProfModuleSymbols *symbols); /* once; for look-ups */
int prof_module_symbols_get_level (ProfModuleSymbols *symbols, ProfSymbolLevel *ret);

/* As prof_symbolizer_lookup, and slow. */
int prof_module_symbols_lookup (ProfModuleSymbols *symbols,
                                uint64_t address,
                                ProfSymbol *ret,
                                size_t max);

/* As lookup, without the cache. *ret_extent: the addresses around this one that have the same
 * answer. */
int prof_module_symbols_lookup_extent (ProfModuleSymbols *symbols,
                                       uint64_t address,
                                       ProfSymbol *ret,
                                       size_t max,
                                       ProfExtent *ret_extent);

/* The addresses that the symbol at this one covers; itself alone, if there is no symbol, or if the
 * module is no file. */
ProfExtent prof_module_symbols_get_function (const ProfModuleSymbols *symbols, uint64_t address);

/* ---- the cache ---- */

int prof_module_symbols_load (ProfModuleSymbols *symbols); /* for new */

/* Whether the answer will be the same for as long as the key is. */
bool prof_module_symbols_is_lasting (const ProfModuleSymbols *symbols,
                                     const ProfSymbol *found,
                                     int n_found);

/* What was found in this run, at one address. */
typedef struct {
  uint64_t address;
  const ProfSymbol *symbols;
  size_t n_symbols;
} ProfFoundSymbols;

/* Keeps what the cache does not have; where it cannot be written nothing is kept. */
void prof_module_symbols_save (ProfModuleSymbols *symbols,
                               const ProfFoundSymbols *found,
                               size_t n_found);
