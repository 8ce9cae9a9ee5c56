/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

typedef int (*ProfCompare) (const void *a, const void *b);

/* qsort for rows that mostly come in order, as symbols do: rows that are out of place by little
 * are moved there, and only a table that needs more than that is sorted. Not stable. */
void prof_sort (void *rows, size_t n_rows, size_t row_size, ProfCompare compare);
