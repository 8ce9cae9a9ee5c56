/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stack-recorder.h"

/* The oracle: recorded stacks unwound by elfutils' libdwfl, from the same files. */
typedef struct DwflUnwinder DwflUnwinder;

/* NULL: out of memory. */
DwflUnwinder *dwfl_unwinder_new (void);
DwflUnwinder *dwfl_unwinder_free (DwflUnwinder *unwinder);

/* Writes at most max pcs, as prof_unwind does, and returns how many. *ret_reason: why libdwfl went
 * no further; good until the next call. */
size_t dwfl_unwinder_unwind (DwflUnwinder *unwinder,
                             const RecordedStack *stack,
                             uint64_t *pcs,
                             size_t max,
                             const char **ret_reason);
