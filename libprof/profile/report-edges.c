/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/report-rows.h"

typedef struct {
  int64_t value;
  uint32_t last_stack; /* 1 + the last stack that counted */
} Sum;

typedef PROF_VEC (ProfReportEdge) Edges;

static void
count (Sum *sum, uint32_t stack, int64_t value)
{
  if (sum->last_stack == stack + 1)
    return;
  sum->last_stack = stack + 1;
  sum->value = prof_add_saturated (sum->value, value);
}

/* Adds each stack with a call of, or by, the function to the sum of the other end. */
static void
count_calls (const ProfReport *report, uint32_t row, bool of_callers, Sum *sums)
{
  for (uint32_t i = 0; i < report->stacks.n; i++) {
    const ProfReportStack *stack = &report->stacks.items[i];
    ProfReportCursor cursor = prof_report_start (report, stack);
    uint32_t callee, caller;
    if (!prof_report_next (&cursor, &callee))
      continue;
    for (; prof_report_next (&cursor, &caller); callee = caller) {
      if (of_callers && callee == row)
        count (&sums[caller], i, stack->value);
      if (!of_callers && caller == row)
        count (&sums[callee], i, stack->value);
    }
  }
}

static int
gather_edges (const Sum *sums, size_t n, Edges *edges)
{
  for (uint32_t i = 0; i < n; i++)
    if (sums[i].last_stack != 0 && prof_vec_push (edges, (ProfReportEdge){ i, sums[i].value }) < 0)
      return -ENOMEM;
  return 0;
}

static int
compare_edges (const void *a, const void *b)
{
  const ProfReportEdge *x = a, *y = b;
  uint64_t x_value = prof_magnitude (x->value), y_value = prof_magnitude (y->value);
  if (x_value != y_value)
    return x_value > y_value ? -1 : 1;
  return x->function < y->function ? -1 : x->function > y->function;
}

static int
get_edges (
    const ProfReport *report, uint32_t row, bool of_callers, ProfReportEdge **ret, size_t *ret_n)
{
  size_t n_functions = report->functions.n;
  if (row >= n_functions)
    return -EINVAL;
  cleanup (prof_free) Sum *sums = calloc (n_functions, sizeof *sums);
  if (sums == NULL)
    return -ENOMEM;
  count_calls (report, row, of_callers, sums);
  Edges edges = { 0 };
  if (gather_edges (sums, n_functions, &edges) < 0) {
    prof_vec_clear (&edges);
    return -ENOMEM;
  }
  if (edges.n > 0)
    qsort (edges.items, edges.n, sizeof *edges.items, compare_edges);
  *ret = edges.items;
  *ret_n = edges.n;
  return 0;
}

int
prof_report_get_callers (const ProfReport *report,
                         uint32_t row,
                         ProfReportEdge **ret,
                         size_t *ret_n)
{
  return get_edges (report, row, true, ret, ret_n);
}

int
prof_report_get_callees (const ProfReport *report,
                         uint32_t row,
                         ProfReportEdge **ret,
                         size_t *ret_n)
{
  return get_edges (report, row, false, ret, ret_n);
}
