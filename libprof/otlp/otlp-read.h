/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/otlp.h>

#include "otlp/limits.h"

/* prof_otlp_read with other limits. */
int prof_otlp_read_limited (int fd,
                            const ProfOtlpLimits *limits,
                            ProfProfile ***ret_profiles,
                            size_t *ret_n,
                            ProfError *reterr);
