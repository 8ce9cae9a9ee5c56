/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* Which of two names of one address is the better: the one with fewer leading underscores, without
 * a version after a '@', then the longer. Below 0: `a` is worse; never 0 for different names. */
int prof_compare_aliases (const char *a, const char *b);
