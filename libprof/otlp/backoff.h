/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/prng.h"

/* How long to wait between tries: 1 s at first, each time 1.5 times as long, 30 s at most; and by
 * chance up to half more or less, so that those that failed together don't come back together. */
typedef struct {
  uint64_t interval_ns;
  ProfPrng prng;
} ProfOtlpBackoff;

ProfOtlpBackoff prof_otlp_backoff_new (uint64_t seed);
uint64_t prof_otlp_backoff_next (ProfOtlpBackoff *backoff);
