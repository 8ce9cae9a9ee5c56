/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "elf/address-space.h"
#include "unwind/unwind.h"

/* The unwinder's world for recorded processes: rules from the modules' CFI through libdw, cached by
 * module and pc. One thread's. */
typedef struct ProfUnwinder ProfUnwinder;

int prof_unwinder_new (const ProfUnwindOptions *options,
                       ProfModuleCache *modules,
                       ProfUnwinder **ret);
ProfUnwinder *prof_unwinder_free (ProfUnwinder *unwinder);

/* If the CFI of all modules takes more than max_bytes, that of those is closed, until it is asked
 * for again, of which no new rule was made since the latest trim. Rules stay. How much is left. */
size_t prof_unwinder_trim (ProfUnwinder *unwinder, size_t max_bytes);

/* As prof_unwind, in the address space of a process. pcs has room for options->max_frames. */
size_t prof_unwinder_unwind (ProfUnwinder *unwinder,
                             ProfAddressSpace *space,
                             const ProfUnwindRegisters *registers,
                             const ProfStackSlice *slice,
                             uint64_t *pcs,
                             ProfStackEnd *ret_end);

/* True if the latest stack has outer frames that were beyond the slice: they are those that the
 * thread had at a stack shortly before, from the same place on. */
bool prof_unwinder_has_stitched (const ProfUnwinder *unwinder);

/* From here on stacks tell the witness (unwind/stack-witness.h) what decided; NULL: no more. */
void prof_unwinder_set_witness (ProfUnwinder *unwinder, struct ProfStackWitness *witness);

/* True if the function at this pc has no caller: the chain that ends here is whole. */
bool prof_unwinder_is_root (ProfUnwinder *unwinder, ProfAddressSpace *space, uint64_t pc);
