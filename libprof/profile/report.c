/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/report.h>

#include "base/error.h"
#include "base/saturate.h"
#include "profile/report-rows.h"

PROF_DEFINE_CLEANUP (ProfReport *, prof_report_free)

/* ---- sums ---- */

static void
add_to (int64_t *sum, int64_t value)
{
  *sum = prof_add_saturated (*sum, value);
}

/* What most frames change, kept together and small for the cache. */
typedef struct {
  int64_t total;
  uint32_t last_stack; /* 1 + the last stack that counted in the total */
} Count;

typedef struct {
  ProfReport *report;
  uint32_t *only; /* by location: its function; MANY: it has another number of them */
  Count *counts;  /* by function */
} Counter;

static const uint32_t MANY = UINT32_MAX;

static void
count_function (Count *count, uint32_t stack, int64_t value)
{
  if (count->last_stack == stack + 1)
    return;
  count->last_stack = stack + 1;
  add_to (&count->total, value);
}

/* Most locations have one function: these need no look at the frames. */
static void
count_totals (const Counter *counter, uint32_t row)
{
  const ProfReport *report = counter->report;
  const ProfReportStack *stack = &report->stacks.items[row];
  const uint32_t *location = report->profile->stacks.items + stack->first_location;
  for (const uint32_t *end = location + stack->n_locations; location < end; location++) {
    uint32_t function = counter->only[*location];
    if (function != MANY) {
      count_function (&counter->counts[function], row, stack->value);
      continue;
    }
    ProfReportFrames frames = report->location_frames[*location];
    for (uint32_t i = 0; i < frames.n; i++)
      count_function (&counter->counts[report->frames.items[frames.first + i]], row, stack->value);
  }
}

static void
count_leaf (ProfReport *report, const ProfReportStack *stack)
{
  uint32_t row;
  ProfReportCursor cursor = prof_report_start (report, stack);
  add_to (&report->total, stack->value);
  add_to (&report->base_total, stack->base_value);
  if (!prof_report_next (&cursor, &row))
    return;
  add_to (&report->functions.items[row].self, stack->value);
  add_to (&report->functions.items[row].base_self, stack->base_value);
}

/* Only differences have any. */
static void
count_base (const Counter *counter, uint32_t i)
{
  ProfReport *report = counter->report;
  const ProfReportStack *stack = &report->stacks.items[i];
  ProfReportCursor cursor = prof_report_start (report, stack);
  uint32_t row;
  while (prof_report_next (&cursor, &row)) {
    Count count = { report->functions.items[row].base_total, counter->counts[row].last_stack };
    count_function (&count, i, stack->base_value);
    report->functions.items[row].base_total = count.total;
    counter->counts[row].last_stack = count.last_stack;
  }
}

static int
init_counter (Counter *counter, ProfReport *report)
{
  size_t n_locations = report->profile->locations.n;
  *counter = (Counter){
    .report = report,
    .only = malloc (n_locations * sizeof *counter->only),
    .counts = calloc (report->functions.n + 1, sizeof *counter->counts),
  };
  if (counter->only == NULL || counter->counts == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n_locations; i++) {
    ProfReportFrames frames = report->location_frames[i];
    counter->only[i] = frames.n == 1 ? report->frames.items[frames.first] : MANY;
  }
  return 0;
}

static void
count_all (const Counter *counter)
{
  ProfReport *report = counter->report;
  for (uint32_t i = 0; i < report->stacks.n; i++) {
    count_leaf (report, &report->stacks.items[i]);
    count_totals (counter, i);
  }
  for (size_t i = 0; i < report->functions.n; i++) {
    report->functions.items[i].total = counter->counts[i].total;
    counter->counts[i].last_stack = 0;
  }
  for (uint32_t i = 0; i < report->stacks.n; i++)
    if (report->stacks.items[i].base_value != 0)
      count_base (counter, i);
}

static int
count_stacks (ProfReport *report)
{
  Counter counter;
  int r = init_counter (&counter, report);
  if (r == 0)
    count_all (&counter);
  free (counter.only);
  free (counter.counts);
  return r;
}

/* ---- order ---- */

static int
compare_functions (const void *a, const void *b)
{
  const ProfReportFunction *x = *(ProfReportFunction *const *)a;
  const ProfReportFunction *y = *(ProfReportFunction *const *)b;
  uint64_t x_self = prof_magnitude (x->self), y_self = prof_magnitude (y->self);
  if (x_self != y_self)
    return x_self > y_self ? -1 : 1;
  uint64_t x_total = prof_magnitude (x->total), y_total = prof_magnitude (y->total);
  if (x_total != y_total)
    return x_total > y_total ? -1 : 1;
  int order = strcmp (x->name, y->name);
  if (order == 0)
    order = strcmp (x->filename, y->filename);
  if (order == 0)
    order = strcmp (x->module, y->module);
  return order;
}

/* Puts functions in the order of `sorted`, pointers to them, and renumbers the frames. */
static int
reorder (ProfReport *report, ProfReportFunction *const *sorted)
{
  size_t n = report->functions.n;
  cleanup (prof_free) ProfReportFunction *copy = malloc ((n + 1) * sizeof *copy);
  cleanup (prof_free) uint32_t *new_rows = malloc ((n + 1) * sizeof *new_rows);
  if (copy == NULL || new_rows == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++) {
    copy[i] = *sorted[i];
    new_rows[sorted[i] - report->functions.items] = (uint32_t)i;
  }
  if (n > 0)
    memcpy (report->functions.items, copy, n * sizeof *copy);
  prof_vec_foreach (frame, &report->frames)
    *frame = new_rows[*frame];
  return 0;
}

static int
sort_functions (ProfReport *report)
{
  size_t n = report->functions.n;
  cleanup (prof_free) ProfReportFunction **sorted = malloc ((n + 1) * sizeof *sorted);
  if (sorted == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    sorted[i] = &report->functions.items[i];
  qsort (sorted, n, sizeof *sorted, compare_functions);
  return reorder (report, sorted);
}

/* ---- the report ---- */

static int
build (ProfReport *report)
{
  int r = prof_string_table_init (&report->strings);
  if (r == 0)
    r = prof_report_build_stacks (report);
  if (r == 0)
    r = prof_report_build_rows (report);
  if (r == 0)
    r = count_stacks (report);
  return r == 0 ? sort_functions (report) : r;
}

int
prof_report_new (ProfProfile *profile, unsigned value_type, ProfReport **ret, ProfError *reterr)
{
  if (profile == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_report_new: NULL argument.");
  if (value_type >= profile->value_types.n)
    return prof_error_set (reterr, -EINVAL,
                           "Can't report sample type number %u: the profile has %zu, counted from "
                           "0.",
                           value_type, profile->value_types.n);
  cleanup (prof_report_free) ProfReport *report = calloc (1, sizeof *report);
  if (report == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't make the report: out of memory.");
  report->profile = prof_profile_ref (profile);
  report->value_type = value_type;
  int r = build (report);
  if (r == -EFBIG)
    return prof_error_set (reterr, r,
                           "Can't make the report: the profile has more inlined calls in its "
                           "stacks "
                           "than any real one; it may be damaged.");
  if (r < 0)
    return prof_error_set (reterr, r, "Can't make the report: %s.", strerror (-r));
  *ret = steal (&report);
  return 0;
}

ProfReport *
prof_report_free (ProfReport *report)
{
  if (report == NULL)
    return NULL;
  prof_profile_unref (report->profile);
  prof_string_table_finish (&report->strings);
  prof_vec_clear (&report->stacks);
  prof_vec_clear (&report->functions);
  prof_vec_clear (&report->frames);
  free (report->location_frames);
  free (report->trees[PROF_TREE_TOP_DOWN].nodes);
  free (report->trees[PROF_TREE_BOTTOM_UP].nodes);
  free (report);
  return NULL;
}

int64_t
prof_report_get_total (const ProfReport *report)
{
  return report->total;
}

int64_t
prof_report_get_base_total (const ProfReport *report)
{
  return report->base_total;
}

const ProfReportFunction *
prof_report_get_functions (const ProfReport *report, size_t *ret_n)
{
  *ret_n = report->functions.n;
  return report->functions.items;
}
