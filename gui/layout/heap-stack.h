/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include <prof/heap.h>

/* Memory in use over time, by who allocated it: bands that lie one on another, the greatest one at
 * the bottom. Immutable once made. */
typedef struct {
  int64_t start_ns, end_ns; /* of the first and the last point; each point is the highest moment
                               since the one before it */
  uint32_t n_points, n_bands;
  const ProfHeapSite *sites; /* of each band */
  bool has_others;           /* the last band is of all other sites, and has no name */
  double *edges;             /* upper ones: edges[point * n_bands + band] */
  double top;                /* of the greatest point */
  uint32_t peak;             /* that point */
  ProfHeap *heap;
  ProfHeapSites *values;
} PyroHeapStack;

/* n_points (at least 2) from start_ns to end_ns; both 0: of the whole recording. -EINVAL: no
 * profile of a heap; -ENODATA: it says nothing of times or of frees; -ENOMEM. Free *ret with
 * pyro_heap_stack_free. */
int pyro_heap_stack_new (ProfProfile *profile,
                         int64_t start_ns,
                         int64_t end_ns,
                         uint32_t n_points,
                         uint32_t max_sites,
                         PyroHeapStack **ret);
void pyro_heap_stack_free (PyroHeapStack *stack);

double pyro_heap_stack_get_value (const PyroHeapStack *stack, uint32_t point, uint32_t band);
/* The point next to a part of the width, 0 to 1. */
uint32_t pyro_heap_stack_find_point (const PyroHeapStack *stack, double x);
/* The band that holds that many bytes above the ground; UINT32_MAX: there is none. */
uint32_t pyro_heap_stack_find_band (const PyroHeapStack *stack, uint32_t point, double bytes);
