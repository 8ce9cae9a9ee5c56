/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "elf/module.h"
#include "unwind/register-map.h"
#include "unwind/unwind.h"

/* The call frame information of one module: its .eh_frame through libdw. One thread's. Addresses
 * are the ELF file's own. */
typedef struct ProfCfi ProfCfi;

/* -ENODATA: the module has none, or damaged. -ENOMEM. */
int prof_cfi_new (const ProfRegisterMap *map, const ProfModule *module, ProfCfi **ret);
ProfCfi *prof_cfi_free (ProfCfi *cfi);

size_t prof_cfi_get_bytes (const ProfCfi *cfi); /* of memory, about */

ProfRule prof_cfi_get_rule (ProfCfi *cfi, uint64_t vaddr);
/* For PROF_RULE_SLOW: steps by the row of `vaddr`. */
bool prof_cfi_step (ProfCfi *cfi,
                    uint64_t vaddr,
                    const ProfStackSlice *slice,
                    ProfUnwindRegisters *registers);
