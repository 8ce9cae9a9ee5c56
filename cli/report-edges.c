/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "message.h"
#include "report-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

static size_t
match_exactly (const ReportView *view, const char *name, uint32_t *rows)
{
  size_t n = 0;
  for (size_t i = 0; i < view->n_functions; i++)
    if (strcmp (view->functions[i].name, name) == 0)
      rows[n++] = (uint32_t)i;
  return n;
}

/* -1 after a message. */
static long
match_expression (const ReportView *view, const char *name, uint32_t *rows)
{
  regex_t expression;
  int r = regcomp (&expression, name, REG_EXTENDED | REG_NOSUB);
  if (r != 0) {
    char reason[128];
    regerror (r, &expression, reason, sizeof reason);
    message ("no function is called '%s', and it is no regular expression: %s", name, reason);
    return -1;
  }
  long n = 0;
  for (size_t i = 0; i < view->n_functions; i++)
    if (regexec (&expression, view->functions[i].name, 0, NULL, 0) == 0)
      rows[n++] = (uint32_t)i;
  regfree (&expression);
  if (n == 0)
    message ("no function of the profile is called '%s' or matches it", name);
  return n > 0 ? n : -1;
}

long
find_functions (const ReportView *view, const char *name, uint32_t **ret)
{
  cleanup (free) uint32_t *rows = calloc (view->n_functions + 1, sizeof *rows);
  if (rows == NULL) {
    fail_out_of_memory ();
    return -1;
  }
  long n = (long)match_exactly (view, name, rows);
  if (n == 0)
    n = match_expression (view, name, rows);
  if (n > 0) {
    *ret = rows;
    rows = NULL;
  }
  return n;
}

int
get_edges (const ProfReport *report,
           uint32_t row,
           EdgeDirection direction,
           ProfReportEdge **ret,
           size_t *ret_n)
{
  if (direction == EDGES_CALLERS)
    return prof_report_get_callers (report, row, ret, ret_n);
  return prof_report_get_callees (report, row, ret, ret_n);
}

static void
print_edge (const ReportView *view, const ProfReportEdge *edge, int64_t whole)
{
  const ProfReportFunction *function = &view->functions[edge->function];
  printf ("%10s %7s  ", format_value ((double)edge->value, view->unit).text,
          format_percent ((double)edge->value, (double)whole).text);
  print_text (function->name, SIZE_MAX);
  printf ("  %s", style_begin (STYLE_DIM));
  print_text (find_module_name (view, function), SIZE_MAX);
  printf ("%s\n", style_end ());
}

void
print_function_title (const ReportView *view, uint32_t row, const char *words)
{
  const ProfReportFunction *function = &view->functions[row];
  printf ("%s%s ", style_begin (STYLE_BOLD), words);
  print_text (function->name, SIZE_MAX);
  printf (_ ("%s  self %s (%s), total %s (%s)\n"), style_end (),
          format_value ((double)function->self, view->unit).text,
          format_percent ((double)function->self, (double)view->whole).text,
          format_value ((double)function->total, view->unit).text,
          format_percent ((double)function->total, (double)view->whole).text);
}

static int
print_edges_of (const ReportView *view, uint32_t row, EdgeDirection direction)
{
  cleanup (free) ProfReportEdge *edges = NULL;
  size_t n;
  if (get_edges (view->report, row, direction, &edges, &n) < 0)
    return fail_out_of_memory ();
  print_function_title (view, row,
                        direction == EDGES_CALLERS ? _ ("Callers of") : _ ("Callees of"));
  for (size_t i = 0; i < n && i < view->limit; i++)
    print_edge (view, &edges[i], view->functions[row].total);
  if (n == 0)
    printf ("  %s\n", direction == EDGES_CALLERS ? _ ("none: it begins its stacks")
                                                 : _ ("none: it calls nothing"));
  else if (n > view->limit)
    printf (_ ("%s%zu more: --limit 0 shows all%s\n"), style_begin (STYLE_DIM), n - view->limit,
            style_end ());
  return STATUS_OK;
}

int
print_edges (const ReportView *view, const char *name, EdgeDirection direction)
{
  cleanup (free) uint32_t *rows = NULL;
  long n = find_functions (view, name, &rows);
  if (n < 0)
    return STATUS_FAILURE;
  int status = STATUS_OK;
  for (long i = 0; status == STATUS_OK && i < n; i++) {
    if (i > 0)
      putchar ('\n');
    status = print_edges_of (view, rows[i], direction);
  }
  return status;
}
