/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/vec.h"

typedef PROF_VEC (int) ProfCpuList;

/* Reads "0-3,5" (Documentation/admin-guide/cputopology.rst). -EINVAL: not that; -ENOMEM. On failure
 * the list may be half full. */
int prof_cpu_list_parse (ProfCpuList *list, const char *text);
/* The CPUs that are online. */
int prof_cpu_list_read_online (ProfCpuList *list);
