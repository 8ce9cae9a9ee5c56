/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "base/vec.h"
#include "unwind/unwind.h"

/* How many stacks ended for which reason where: the quality report. */
typedef struct {
  uint64_t n_stacks[PROF_STACK_N_ENDS];
} ProfStackEndCounts;

typedef PROF_VEC (ProfStackEndCounts) ProfStackEndVec; /* by module id */
