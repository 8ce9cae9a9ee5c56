/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libelf.h>
#include <stdbool.h>

#include "symbol/names.h"
#include "symbol/range-map.h"

typedef struct {
  uint64_t start, size;
  bool has_size;  /* of its own, not one that was made up */
  uint64_t limit; /* where its section ends */
  const char *name;
  unsigned rank; /* of symbols at one address the highest counts */
} ProfElfSymbol;

/* The functions of a file by its symbol tables. Zero-initialized is empty. Names belong to the Elf
 * that they were read from, which must live as long. */
typedef struct {
  PROF_VEC (ProfElfSymbol) symbols;
  ProfRangeMap map; /* to symbols */
} ProfElfSymbols;

/* Adds the functions of a table: SHT_SYMTAB or SHT_DYNSYM. How many; -ENOMEM. A damaged table has
 * none. */
int prof_elf_symbols_add_table (ProfElfSymbols *symbols, Elf *elf, unsigned type);

/* Adds "NAME@plt" for the stubs that call functions of other files (x86-64 only). How many;
 * -ENOMEM. */
int prof_elf_symbols_add_plt (ProfElfSymbols *symbols, Elf *elf, ProfNames *names);

/* Sorts; call it once, after the last add and before the first find. 0 or -ENOMEM. */
int prof_elf_symbols_finish_adding (ProfElfSymbols *symbols);

/* NULL: no symbol covers this address of the file's own. */
const ProfElfSymbol *prof_elf_symbols_find (const ProfElfSymbols *symbols, uint64_t address);

/* Leaves of the extent the addresses around this one that the same symbol covers, or none either.
 */
void prof_elf_symbols_cut (const ProfElfSymbols *symbols, uint64_t address, ProfExtent *extent);

void prof_elf_symbols_finish (ProfElfSymbols *symbols);

/* Unpacks the small ELF file that .gnu_debugdata holds, which has a .symtab of what .dynsym leaves
 * out. free(*ret_image) after elf_end(*ret). 0; -ENOENT: there is none, or it is damaged; -ENOMEM.
 */
int prof_elf_open_minidebug (Elf *elf, void **ret_image, Elf **ret);
