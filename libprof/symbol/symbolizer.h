/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/module.h"

/* Names for addresses in the modules of one cache, which it keeps. One thread's; opens its own ELF
 * and DWARF handles on the modules' files. */
typedef struct ProfSymbolizer ProfSymbolizer;

typedef struct {
  bool wants_lines;            /* DWARF: files, lines, inlined frames */
  const char *debug_directory; /* NULL: /usr/lib/debug */
  const char *cache_directory; /* answers are kept there between recordings; NULL: they are not */
  size_t max_bytes;            /* what a refresh lets grow; 0: 64 MiB */
  int kallsyms_fd;             /* /proc/kallsyms, borrowed; 0: opened by name */
} ProfSymbolizerConfig;

/* One function at an address; strings are never NULL, borrowed until the symbolizer is freed. */
typedef struct {
  const char *name;        /* demangled; "module+0xOFFSET" where it begins if that is all; or "" */
  const char *system_name; /* as linked */
  const char *filename;    /* "" if not known */
  uint32_t line, column;   /* 0: not known */
  uint32_t start_line;
} ProfSymbol;

int prof_symbolizer_new (const ProfSymbolizerConfig *config, ProfSymbolizer **ret);
ProfSymbolizer *prof_symbolizer_free (ProfSymbolizer *symbolizer);

/* Before more look-ups, in a recording that goes on: forgets the answers, so that their number is
 * bounded, and the names of just-in-time compiled code, which change. While what was read of files
 * is more than max_bytes, closes those that nobody has asked about for the longest time, but for
 * those of since the last refresh. */
void prof_symbolizer_refresh (ProfSymbolizer *symbolizer);

/* The functions at `address`, innermost first (more than one: inlined). `address` is a file offset
 * for files and the vDSO, the run-time address for the kernel and anonymous code. Returns how many,
 * at most `max`; 0 if nothing is known; -ENOMEM. Ask in the order of addresses, module by module:
 * that is fastest. */
int prof_symbolizer_lookup (ProfSymbolizer *symbolizer,
                            const ProfModule *module,
                            uint64_t address,
                            ProfSymbol *ret,
                            size_t max);

/* What was found for a module, for the quality report and for pprof's Mapping flags. */
typedef enum {
  PROF_SYMBOLS_NONE,
  PROF_SYMBOLS_EXPORTED, /* .dynsym only */
  PROF_SYMBOLS_TABLE,    /* .symtab, .gnu_debugdata, kallsyms, a perf map */
  PROF_SYMBOLS_LINES,    /* DWARF */
} ProfSymbolLevel;

ProfSymbolLevel prof_symbolizer_get_level (ProfSymbolizer *symbolizer, const ProfModule *module);
