/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

/* A line of /proc/kallsyms. */
typedef struct {
  uint64_t address;
  uint32_t name; /* offset in the names: "name", or "name [module]" */
  char type;
} ProfKernelSymbol;

/* The kernel's symbols. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfKernelSymbol) rows; /* once finished: by address */
  PROF_VEC (char) names;
  char *image; /* of decoded ones: has the rows and names; NULL: they are vecs of their own */
} ProfKernelSymbols;

/* Adds the whole lines of a part of /proc/kallsyms; *ret_n_bytes is where the last of them ends.
 * Where addresses are hidden (kptr_restrict) all are 0, and nothing is added. 0, -ENOMEM, or -EFBIG
 * when there are more names than any kernel has. */
int prof_kernel_symbols_add (ProfKernelSymbols *symbols,
                             const char *text,
                             size_t n_bytes,
                             size_t *ret_n_bytes);

/* Call it once, after the last add and before the first find. */
void prof_kernel_symbols_finish_adding (ProfKernelSymbols *symbols);

/* Reads /proc/kallsyms. 0 or negative errno. */
int prof_kernel_symbols_read (ProfKernelSymbols *symbols);
/* The same, from its beginning: who opened it decides what it shows. */
int prof_kernel_symbols_read_fd (ProfKernelSymbols *symbols, int fd);

void prof_kernel_symbols_finish (ProfKernelSymbols *symbols);

/* The function at an address: "name", or "name [module]". NULL: not known. */
const char *prof_kernel_symbols_find (const ProfKernelSymbols *symbols, uint64_t address);

/* ---- for a cache of this machine ---- */

/* The kernel's own symbols, without those of loadable modules. 0, -ENOMEM or -EFBIG. */
int prof_kernel_symbols_encode (const ProfKernelSymbols *symbols,
                                char **ret_bytes,
                                size_t *ret_n_bytes);

/* Takes the bytes, which are aligned to 8, in any case. 0 or -EBADMSG. */
int prof_kernel_symbols_decode (char *bytes, size_t n_bytes, ProfKernelSymbols *ret);
