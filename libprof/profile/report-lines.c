/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "base/sort.h"
#include "profile/report-rows.h"

typedef struct {
  ProfReportLine line;
  uint32_t last_stack; /* 1 + the last stack that counted */
} Row;

typedef struct {
  const ProfReport *report;
  uint32_t function;
  PROF_VEC (Row) rows; /* by line, once they are sorted */
} Lines;

/* A frame of its own has no line. */
static int64_t
get_line (const ProfProfile *profile, const ProfLocation *location, uint32_t frame)
{
  return location->n_lines == 0 ? 0 : profile->lines.items[location->first_line + frame].line;
}

typedef int (*TakeLine) (Lines *lines, uint32_t frame, int64_t line, void *data);

/* Calls `take` for each frame of the location that is the function's, the innermost first. */
static int
walk_location (Lines *lines, uint32_t number, TakeLine take, void *data)
{
  const ProfReport *report = lines->report;
  const ProfLocation *location = &report->profile->locations.items[number];
  const ProfReportFrames *frames = &report->location_frames[number];
  int r = 0;
  for (uint32_t i = 0; r == 0 && i < frames->n; i++)
    if (report->frames.items[frames->first + i] == lines->function)
      r = take (lines, i, get_line (report->profile, location, i), data);
  return r;
}

/* ---- which there are ---- */

static int
add_line (Lines *lines, uint32_t frame, int64_t line, void *data)
{
  (void)frame;
  (void)data;
  return prof_vec_push (&lines->rows, (Row){ .line.line = line });
}

static int
compare_rows (const void *a, const void *b)
{
  const Row *x = a, *y = b;
  return (x->line.line > y->line.line) - (x->line.line < y->line.line);
}

static int
find_lines (Lines *lines)
{
  for (uint32_t i = 0; i < lines->report->profile->locations.n; i++)
    if (walk_location (lines, i, add_line, NULL) < 0)
      return -ENOMEM;
  Row *rows = lines->rows.items;
  prof_sort (rows, lines->rows.n, sizeof *rows, compare_rows);
  size_t n = 0;
  for (size_t i = 0; i < lines->rows.n; i++)
    if (n == 0 || rows[n - 1].line.line != rows[i].line.line)
      rows[n++] = rows[i];
  lines->rows.n = n;
  return 0;
}

/* ---- what they cost ---- */

typedef struct {
  uint32_t stack;
  int64_t value;
  bool is_leaf; /* the location is where the sample was taken */
} Sample;

static int
count_line (Lines *lines, uint32_t frame, int64_t line, void *data)
{
  const Sample *sample = data;
  const Row key = { .line.line = line };
  Row *row = bsearch (&key, lines->rows.items, lines->rows.n, sizeof key, compare_rows);
  if (sample->is_leaf && frame == 0)
    row->line.self = prof_add_saturated (row->line.self, sample->value);
  if (row->last_stack == sample->stack + 1)
    return 0;
  row->last_stack = sample->stack + 1;
  row->line.total = prof_add_saturated (row->line.total, sample->value);
  return 0;
}

static void
count_samples (Lines *lines)
{
  const ProfReport *report = lines->report;
  const uint32_t *stacks = report->profile->stacks.items;
  for (uint32_t i = 0; i < report->stacks.n; i++) {
    const ProfReportStack *stack = &report->stacks.items[i];
    Sample sample = { i, stack->value, true };
    for (uint32_t k = 0; k < stack->n_locations; k++, sample.is_leaf = false)
      walk_location (lines, stacks[stack->first_location + k], count_line, &sample);
  }
}

/* ---- all ---- */

static int
copy_lines (const Lines *lines, ProfReportLine **ret, size_t *ret_n)
{
  ProfReportLine *copies = calloc (lines->rows.n + 1, sizeof *copies);
  if (copies == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < lines->rows.n; i++)
    copies[i] = lines->rows.items[i].line;
  *ret = copies;
  *ret_n = lines->rows.n;
  return 0;
}

int
prof_report_get_lines (const ProfReport *report, uint32_t row, ProfReportLine **ret, size_t *ret_n)
{
  if (row >= report->functions.n)
    return -EINVAL;
  Lines lines = { .report = report, .function = row };
  int r = find_lines (&lines);
  if (r == 0) {
    count_samples (&lines);
    r = copy_lines (&lines, ret, ret_n);
  }
  prof_vec_clear (&lines.rows);
  return r;
}
