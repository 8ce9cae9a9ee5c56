/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "message.h"
#include "report-view.h"
#include "source-text.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

static void
print_line (const ReportView *view, const ProfReportLine *line, SourceText *source)
{
  size_t n_text;
  const char *text = source_text_get_line (source, line->line, &n_text);
  cleanup (free) char *copy = strndup (text, n_text);
  printf ("%10s %7s  %10s %7s", format_value ((double)line->self, view->unit).text,
          format_percent ((double)line->self, (double)view->whole).text,
          format_value ((double)line->total, view->unit).text,
          format_percent ((double)line->total, (double)view->whole).text);
  if (line->line > 0)
    printf ("  %6lld  ", (long long)line->line);
  else
    printf ("  %6s  ", "?");
  if (copy != NULL)
    print_text (copy, SIZE_MAX);
  putchar ('\n');
}

static int
print_lines_of (const ReportView *view, uint32_t row)
{
  const ProfReportFunction *function = &view->functions[row];
  cleanup (free) ProfReportLine *lines = NULL;
  cleanup (source_text_clear) SourceText source = { 0 };
  size_t n;
  if (prof_report_get_lines (view->report, row, &lines, &n) < 0)
    return fail_out_of_memory ();
  print_function_title (view, row, _ ("Lines of"));
  source_text_read (&source, function->filename);
  printf ("%s", style_begin (STYLE_DIM));
  print_text (function->filename[0] != '\0' ? function->filename : _ ("(no file is known)"),
              SIZE_MAX);
  if (function->filename[0] != '\0' && source.text == NULL)
    fputs (_ (" (not on this computer)"), stdout);
  printf ("%s\n%s %s  %s %s  %s  %s\n", style_end (), cell (10, _ ("self")).text,
          cell (7, _ ("self%")).text, cell (10, _ ("total")).text, cell (7, _ ("total%")).text,
          cell (6, _ ("line")).text, _ ("source"));
  for (size_t i = 0; i < n; i++)
    print_line (view, &lines[i], &source);
  return STATUS_OK;
}

int
print_lines (const ReportView *view, const char *name)
{
  cleanup (free) uint32_t *rows = NULL;
  long n = find_functions (view, name, &rows);
  int status = n < 0 ? STATUS_FAILURE : STATUS_OK;
  for (long i = 0; status == STATUS_OK && i < n; i++) {
    if (i > 0)
      putchar ('\n');
    status = print_lines_of (view, rows[i]);
  }
  return status;
}
