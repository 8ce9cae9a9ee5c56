/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/pprof.h>

#include "pprof/pprof-limits.h"

/* prof_collapsed_read with other limits: field_bytes is that of a line. */
int prof_collapsed_read_limited (int fd,
                                 const ProfPprofLimits *limits,
                                 ProfProfile **ret,
                                 ProfError *reterr);
