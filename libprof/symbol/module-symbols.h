/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/debug-file.h"
#include "symbol/sym-dwarf.h"
#include "symbol/sym-elf.h"
#include "symbol/sym-kernel.h"
#include "symbol/sym-perfmap.h"
#include "symbol/sym-unwind.h"
#include "symbol/symbolizer.h"

/* Everything that is known of the names in one module. */
typedef struct {
  ProfModule *module; /* a reference */
  ProfSymbolLevel level;
  Elf *elf, *minidebug;
  void *minidebug_image;
  ProfDebugFile debug, alt;
  ProfElfSymbols symbols;
  ProfDwarf *dwarf;
  ProfUnwindFunctions unwind;
  ProfKernelSymbols kernel;
  ProfPerfMap perf_map;
} ProfModuleSymbols;

/* What cannot be opened or read is not there: -ENOMEM is the only failure. */
int prof_module_symbols_new (ProfModule *module,
                             const ProfSymbolizerConfig *config,
                             ProfNames *names,
                             ProfModuleSymbols **ret);
ProfModuleSymbols *prof_module_symbols_free (ProfModuleSymbols *symbols);

/* As prof_symbolizer_lookup, without a cache. */
int prof_module_symbols_lookup (
    ProfModuleSymbols *symbols, ProfNames *names, uint64_t address, ProfSymbol *ret, size_t max);
