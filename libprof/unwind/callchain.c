/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/callchain.h"

#include <stdbool.h>

#include <linux/perf_event.h>

static bool
is_part (uint64_t mark, ProfCallchainPart part)
{
  if (part == PROF_CALLCHAIN_KERNEL)
    return mark == (uint64_t)PERF_CONTEXT_KERNEL || mark == (uint64_t)PERF_CONTEXT_HV;
  return mark == (uint64_t)PERF_CONTEXT_USER;
}

size_t
prof_callchain_get (
    const uint64_t *chain, size_t n_chain, ProfCallchainPart part, uint64_t *pcs, size_t max)
{
  bool is_inside = false;
  size_t n = 0;
  for (size_t i = 0; i < n_chain && n < max; i++) {
    if (chain[i] >= (uint64_t)PERF_CONTEXT_MAX) {
      is_inside = is_part (chain[i], part);
      continue;
    }
    if (is_inside && chain[i] != 0)
      pcs[n] = chain[i] - (n > 0), n++;
  }
  return n;
}
