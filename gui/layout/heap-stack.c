/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "heap-stack.h"

#include <errno.h>
#include <stdlib.h>

double
pyro_heap_stack_get_value (const PyroHeapStack *stack, uint32_t point, uint32_t band)
{
  int64_t value = stack->values->values[(size_t)point * stack->n_bands + band];
  return value > 0 ? (double)value : 0;
}

static int
pile_up (PyroHeapStack *stack)
{
  stack->edges = calloc ((size_t)stack->n_points * stack->n_bands + 1, sizeof *stack->edges);
  if (stack->edges == NULL)
    return -ENOMEM;
  for (uint32_t point = 0; point < stack->n_points; point++) {
    double edge = 0;
    for (uint32_t band = 0; band < stack->n_bands; band++) {
      edge += pyro_heap_stack_get_value (stack, point, band);
      stack->edges[(size_t)point * stack->n_bands + band] = edge;
    }
    if (edge > stack->top) {
      stack->top = edge;
      stack->peak = point;
    }
  }
  return 0;
}

static int
read_sites (PyroHeapStack *stack, uint32_t n_points, uint32_t max_sites)
{
  ProfHeapSummary summary = PROF_HEAP_SUMMARY_INIT;
  prof_heap_get_summary (stack->heap, &summary);
  if (!summary.has_times || !summary.has_frees)
    return -ENODATA;
  if (stack->start_ns == 0 && stack->end_ns == 0) {
    stack->start_ns = summary.start_ns;
    stack->end_ns = summary.end_ns;
  }
  int r = prof_heap_get_site_peaks (stack->heap, stack->start_ns, stack->end_ns, n_points,
                                    max_sites, &stack->values);
  if (r < 0)
    return r;
  stack->n_points = (uint32_t)stack->values->n_points;
  stack->n_bands = (uint32_t)stack->values->n_sites;
  stack->sites = stack->values->sites;
  stack->has_others = stack->values->has_others;
  return pile_up (stack);
}

int
pyro_heap_stack_new (ProfProfile *profile,
                     int64_t start_ns,
                     int64_t end_ns,
                     uint32_t n_points,
                     uint32_t max_sites,
                     PyroHeapStack **ret)
{
  PyroHeapStack *stack = calloc (1, sizeof *stack);
  if (stack == NULL)
    return -ENOMEM;
  stack->start_ns = start_ns;
  stack->end_ns = end_ns;
  int r = prof_heap_new (profile, &stack->heap, NULL);
  if (r == 0)
    r = read_sites (stack, n_points, max_sites);
  if (r < 0) {
    pyro_heap_stack_free (stack);
    return r;
  }
  *ret = stack;
  return 0;
}

void
pyro_heap_stack_free (PyroHeapStack *stack)
{
  prof_heap_free (stack->heap);
  free (stack->values);
  free (stack->edges);
  free (stack);
}

uint32_t
pyro_heap_stack_find_point (const PyroHeapStack *stack, double x)
{
  double last = stack->n_points - 1.0;
  double point = x * last + 0.5;
  return point < 0 ? 0 : point > last ? stack->n_points - 1 : (uint32_t)point;
}

uint32_t
pyro_heap_stack_find_band (const PyroHeapStack *stack, uint32_t point, double bytes)
{
  const double *edges = &stack->edges[(size_t)point * stack->n_bands];
  for (uint32_t band = 0; bytes >= 0 && band < stack->n_bands; band++)
    if (bytes < edges[band])
      return band;
  return UINT32_MAX;
}
