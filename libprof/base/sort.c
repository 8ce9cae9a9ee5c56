/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/sort.h"

#include <stdlib.h>

static void
swap (char *a, char *b, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    char byte = a[i];
    a[i] = b[i];
    b[i] = byte;
  }
}

void
prof_sort (void *rows, size_t n_rows, size_t row_size, ProfCompare compare)
{
  size_t n_swaps = 0;
  for (size_t i = 1; i < n_rows; i++) {
    char *row = (char *)rows + i * row_size;
    for (; row > (char *)rows && compare (row - row_size, row) > 0; row -= row_size) {
      if (n_swaps++ == n_rows) {
        qsort (rows, n_rows, row_size, compare);
        return;
      }
      swap (row - row_size, row, row_size);
    }
  }
}
