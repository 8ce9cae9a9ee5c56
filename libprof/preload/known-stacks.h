/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "capture/heap-layout.h"

/* Where an allocation function was called: filled by the entry stubs, which know its layout. */
typedef struct {
  uint64_t pc, sp; /* after the return */
  uint64_t registers[PROF_HEAP_N_REGISTERS];
} Caller;

/* The number of the known stack that the caller has, of those in the n_bytes at `area`; 0: none.
 * What lies from the caller's sp to `readable_end` is looked at. */
uint32_t known_stacks_find (const void *area,
                            uint64_t n_bytes,
                            const Caller *caller,
                            uint64_t readable_end);
