/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/range-map.h"

/* The kernel's functions: "name", or "name [module]". Zero-initialized is empty. */
typedef struct {
  char *text;
  ProfRangeMap map; /* to offsets in the text */
} ProfKernelSymbols;

/* Takes what /proc/kallsyms held, allocated and followed by a NUL. Where addresses are hidden
 * (kptr_restrict) all are 0, and no name comes of it. 0 or -ENOMEM. */
int prof_kernel_symbols_parse (ProfKernelSymbols *symbols, char *text, size_t n_bytes);

/* Reads /proc/kallsyms. 0 or negative errno. */
int prof_kernel_symbols_read (ProfKernelSymbols *symbols);

void prof_kernel_symbols_finish (ProfKernelSymbols *symbols);

/* NULL: not known. */
const char *prof_kernel_symbols_find (const ProfKernelSymbols *symbols, uint64_t address);
