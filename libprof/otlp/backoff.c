/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/backoff.h"

static const uint64_t FIRST_NS = 1000000000, LAST_NS = 30000000000;

ProfOtlpBackoff
prof_otlp_backoff_new (uint64_t seed)
{
  return (ProfOtlpBackoff){ FIRST_NS, { seed } };
}

uint64_t
prof_otlp_backoff_next (ProfOtlpBackoff *backoff)
{
  uint64_t interval_ns = backoff->interval_ns;
  uint64_t longer_ns = interval_ns + interval_ns / 2;
  backoff->interval_ns = longer_ns < LAST_NS ? longer_ns : LAST_NS;
  return (uint64_t)((double)interval_ns * (0.5 + prof_prng_uniform (&backoff->prng)));
}
