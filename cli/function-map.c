/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "function-map.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* What makes functions the same in prof/report.h. */
static int
compare_functions (const ProfReportFunction *a, const ProfReportFunction *b)
{
  int order = strcmp (a->name, b->name);
  if (order == 0)
    order = strcmp (a->filename, b->filename);
  return order != 0 || a->filename[0] != '\0' ? order : strcmp (a->module, b->module);
}

static int
compare_function_rows (const void *a, const void *b, void *functions)
{
  const ProfReportFunction *rows = functions;
  return compare_functions (&rows[*(const uint32_t *)a], &rows[*(const uint32_t *)b]);
}

static uint32_t *
sort_functions (const ProfReportFunction *functions, size_t n)
{
  uint32_t *order = calloc (n + 1, sizeof *order);
  if (order == NULL)
    return NULL;
  for (size_t i = 0; i < n; i++)
    order[i] = (uint32_t)i;
  qsort_r (order, n, sizeof *order, compare_function_rows, (void *)functions);
  return order;
}

uint32_t *
map_functions (const ProfReportFunction *from,
               size_t n_from,
               const ProfReportFunction *to,
               size_t n_to)
{
  cleanup (free) uint32_t *order = sort_functions (to, n_to);
  cleanup (free) uint32_t *from_order = sort_functions (from, n_from);
  uint32_t *map = calloc (n_from + 1, sizeof *map);
  if (order == NULL || from_order == NULL || map == NULL) {
    free (map);
    return NULL;
  }
  size_t j = 0;
  for (size_t i = 0; i < n_from; i++) {
    const ProfReportFunction *function = &from[from_order[i]];
    while (j + 1 < n_to && compare_functions (&to[order[j]], function) < 0)
      j++;
    map[from_order[i]] = order[j];
  }
  return map;
}
