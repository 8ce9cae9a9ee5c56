/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The chain of a sample as the kernel walked it, with PERF_CONTEXT_* marks before each part
 * (linux/perf_event.h). */
typedef enum {
  PROF_CALLCHAIN_KERNEL,
  PROF_CALLCHAIN_USER,
} ProfCallchainPart;

/* Writes the pcs of one part, leaf first, at most max: the first as it is, callers' as return
 * address - 1. Returns how many. */
size_t prof_callchain_get (
    const uint64_t *chain, size_t n_chain, ProfCallchainPart part, uint64_t *pcs, size_t max);
