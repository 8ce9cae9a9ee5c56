/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/pprof.h>

#include "pprof/pprof-limits.h"

/* prof_pprof_read with other limits; `name` is what messages call the file. */
int prof_pprof_read_limited (
    int fd, const char *name, const ProfPprofLimits *limits, ProfProfile **ret, ProfError *reterr);
