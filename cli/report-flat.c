/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "report-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

enum { FIGURES_WIDTH = 42 }; /* of the four columns before the names */

Place
find_place (const ReportView *view, const ProfReportFunction *function)
{
  Place place = { "" };
  if (function->filename[0] == '\0')
    return place;
  size_t n;
  const ProfFunction *rows = prof_profile_get_functions (view->profile, &n);
  int64_t line = function->function < n ? rows[function->function].start_line : 0;
  if (line > 0)
    snprintf (place.text, sizeof place.text, "%s:%lld", function->filename, (long long)line);
  else
    snprintf (place.text, sizeof place.text, "%s", function->filename);
  return place;
}

static size_t
find_name_width (const ReportView *view, size_t n_shown)
{
  size_t width = strlen ("function");
  for (size_t i = 0; i < n_shown; i++) {
    size_t columns = count_columns (view->functions[i].name);
    width = columns > width ? columns : width;
  }
  /* Templates are long: a few of them may not push the modules out of sight. */
  size_t most = 60, available = terminal_width ();
  if (available != SIZE_MAX)
    most = available > FIGURES_WIDTH + 40 ? available - FIGURES_WIDTH - 20 : 20;
  return width < most ? width : most;
}

const char *
find_module_name (const ReportView *view, const ProfReportFunction *function)
{
  const char *slash = strrchr (function->module, '/');
  return view->is_verbose || slash == NULL || slash[1] == '\0' ? function->module : slash + 1;
}

static void
print_row (const ReportView *view, const ProfReportFunction *function, size_t name_width)
{
  printf ("%10s %7s  %10s %7s  ", format_value ((double)function->self, view->unit).text,
          format_percent ((double)function->self, (double)view->whole).text,
          format_value ((double)function->total, view->unit).text,
          format_percent ((double)function->total, (double)view->whole).text);
  bool is_cut = terminal_width () != SIZE_MAX;
  size_t columns = count_columns (function->name);
  print_padded (function->name, is_cut || columns < name_width ? name_width : columns);
  printf ("  %s", style_begin (STYLE_DIM));
  print_text (find_module_name (view, function), SIZE_MAX);
  if (view->is_verbose) {
    Place place = find_place (view, function);
    printf ("%s", place.text[0] != '\0' ? "  " : "");
    print_text (place.text, SIZE_MAX);
  }
  printf ("%s\n", style_end ());
}

void
print_flat (const ReportView *view)
{
  size_t n = view->n_functions < view->limit ? view->n_functions : view->limit;
  size_t name_width = find_name_width (view, n);
  printf ("%s%s %s  %s %s  %s  %s%s\n", style_begin (STYLE_BOLD), cell (10, _ ("self")).text,
          cell (7, _ ("self%")).text, cell (10, _ ("total")).text, cell (7, _ ("total%")).text,
          cell (-(int)name_width, _ ("function")).text, _ ("module"), style_end ());
  for (size_t i = 0; i < n; i++)
    print_row (view, &view->functions[i], name_width);
  if (n < view->n_functions)
    printf (_ ("%s%zu more functions: --limit 0 shows all%s\n"), style_begin (STYLE_DIM),
            view->n_functions - n, style_end ());
}
