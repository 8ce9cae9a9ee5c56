/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/heap.h"

enum { DIGIT_BITS = 11, N_DIGITS = 1 << DIGIT_BITS };

static unsigned
get_digit (const ProfHeapMoment *moment, int64_t first_ns, unsigned shift)
{
  return (unsigned)((uint64_t)(moment->time_ns - first_ns) >> shift) & (N_DIGITS - 1);
}

/* One pass of a radix sort: by a digit, the order of equal ones is kept. */
static void
sort_by_digit (
    const ProfHeapMoment *from, ProfHeapMoment *to, size_t n, int64_t first_ns, unsigned shift)
{
  uint32_t starts[N_DIGITS] = { 0 }, sum = 0;
  for (size_t i = 0; i < n; i++)
    starts[get_digit (&from[i], first_ns, shift)]++;
  for (size_t i = 0; i < N_DIGITS; i++) {
    uint32_t count = starts[i];
    starts[i] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; i++)
    to[starts[get_digit (&from[i], first_ns, shift)]++] = from[i];
}

int
prof_heap_sort_moments (ProfHeapMoment *moments, size_t n)
{
  cleanup (prof_free) ProfHeapMoment *scratch = malloc ((n + 1) * sizeof *scratch);
  if (scratch == NULL)
    return -ENOMEM;
  int64_t first_ns = INT64_MAX, last_ns = 0;
  for (size_t i = 0; i < n; i++) {
    first_ns = moments[i].time_ns < first_ns ? moments[i].time_ns : first_ns;
    last_ns = moments[i].time_ns > last_ns ? moments[i].time_ns : last_ns;
  }
  ProfHeapMoment *from = moments, *to = scratch;
  for (unsigned shift = 0; n > 1 && shift < 64 && (last_ns - first_ns) >> shift > 0;
       shift += DIGIT_BITS) {
    sort_by_digit (from, to, n, first_ns, shift);
    ProfHeapMoment *sorted = to;
    to = from;
    from = sorted;
  }
  if (from != moments)
    memcpy (moments, from, n * sizeof *moments);
  return 0;
}
