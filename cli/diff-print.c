/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "json.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

enum { MAX_FRAMES = 12 };

static double
get_change (int64_t base, int64_t new)
{
  return (double)new - (double)base;
}

static void
print_figures (const DiffView *view, const ComparisonRow *row)
{
  double self = get_change (row->base_self, row->new_self);
  double total = get_change (row->base_total, row->new_total);
  char signed_self[40], signed_share[40], signed_total[40];
  double whole = (double)view->comparison->base_total;
  snprintf (signed_self, sizeof signed_self, "%s%s", self > 0 ? "+" : "",
            format_value (self, view->unit).text);
  snprintf (signed_share, sizeof signed_share, "%s%s", self > 0 && whole != 0 ? "+" : "",
            format_percent (self, whole).text);
  snprintf (signed_total, sizeof signed_total, "%s%s", total > 0 ? "+" : "",
            format_value (total, view->unit).text);
  const char *style = self > 0   ? style_begin (STYLE_RED)
                      : self < 0 ? style_begin (STYLE_GREEN)
                                 : "";
  printf ("%s%11s %8s%s  %10s %10s  %11s  ", style, signed_self, signed_share,
          self != 0 ? style_end () : "", format_value ((double)row->base_self, view->unit).text,
          format_value ((double)row->new_self, view->unit).text, signed_total);
}

static void
print_function_name (const ProfReportFunction *function)
{
  print_text (function->name, SIZE_MAX);
  printf ("  %s", style_begin (STYLE_DIM));
  print_text (function->module, SIZE_MAX);
  printf ("%s\n", style_end ());
}

/* The frames of a stack, its leaf first, one below the other. */
static void
print_stack (const Comparison *comparison, uint32_t node)
{
  unsigned n = 0, n_left = 0;
  for (; node != 0; node = comparison->nodes[node].parent) {
    if (n == MAX_FRAMES) {
      n_left++;
      continue;
    }
    if (n++ > 0)
      printf ("%59s", "");
    print_function_name (&comparison->functions[comparison->nodes[node].function]);
  }
  if (n_left > 0)
    printf (ngettext ("%59s(%u more caller)\n", "%59s(%u more callers)\n", n_left), "", n_left);
}

static void
print_header (const DiffView *view)
{
  const Comparison *comparison = view->comparison;
  double base = (double)comparison->base_total, new = (double)comparison->new_total;
  print_text (view->base_path, SIZE_MAX);
  printf (" -> ");
  print_text (view->new_path, SIZE_MAX);
  printf ("\n%s", style_begin (STYLE_BOLD));
  print_text (view->type, SIZE_MAX);
  printf (": %s -> %s (%s%s)%s\n", format_value (base, view->unit).text,
          format_value (new, view->unit).text, new > base ? "+" : "",
          format_percent (new - base, base).text, style_end ());
  double durations[] = { (double)view->base_duration_ns, (double)view->new_duration_ns };
  bool is_far = durations[0] > 0 && durations[1] > 0
                && (durations[0] > 1.05 * durations[1] || durations[1] > 1.05 * durations[0]);
  if (is_far && strcmp (view->normalize, "none") == 0)
    printf (_ ("The recordings took %s and %s: --normalize duration takes that into account.\n"),
            format_ns (durations[0]).text, format_ns (durations[1]).text);
  putchar ('\n');
}

void
print_diff (const DiffView *view)
{
  const Comparison *comparison = view->comparison;
  print_header (view);
  printf ("%s%s %s  %s %s  %s  %s%s\n", style_begin (STYLE_BOLD), cell (11, _ ("self")).text,
          cell (8, _ ("of base")).text, cell (10, _ ("base self")).text,
          cell (10, _ ("new self")).text, cell (11, _ ("total")).text,
          comparison->nodes != NULL ? _ ("stack") : _ ("function"), style_end ());
  for (size_t i = 0; i < comparison->n_rows && i < view->limit; i++) {
    const ComparisonRow *row = &comparison->rows[i];
    print_figures (view, row);
    if (comparison->nodes != NULL)
      print_stack (comparison, row->index);
    else
      print_function_name (&comparison->functions[row->index]);
  }
  if (comparison->n_rows > view->limit)
    printf (_ ("%s%zu more: --limit 0 shows all%s\n"), style_begin (STYLE_DIM),
            comparison->n_rows - view->limit, style_end ());
}

static void
add_function (Json *json, const ProfReportFunction *function)
{
  json_add_string (json, "name", function->name);
  json_add_string (json, "module", function->module);
  json_add_string (json, "file", function->filename);
}

static void
add_stack (Json *json, const Comparison *comparison, uint32_t node)
{
  json_begin_array (json, "frames");
  for (; node != 0; node = comparison->nodes[node].parent) {
    json_begin_object (json, NULL);
    add_function (json, &comparison->functions[comparison->nodes[node].function]);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_row (Json *json, const Comparison *comparison, const ComparisonRow *row)
{
  json_begin_object (json, NULL);
  if (comparison->nodes != NULL)
    add_stack (json, comparison, row->index);
  else
    add_function (json, &comparison->functions[row->index]);
  json_add_integer (json, "base_self", row->base_self);
  json_add_integer (json, "new_self", row->new_self);
  json_add_integer (json, "base_total", row->base_total);
  json_add_integer (json, "new_total", row->new_total);
  json_end_object (json);
}

void
print_diff_json (const DiffView *view)
{
  const Comparison *comparison = view->comparison;
  Json json = JSON_INIT (stdout);
  json_begin_object (&json, NULL);
  json_add_integer (&json, "version", 1);
  json_add_string (&json, "base", view->base_path);
  json_add_string (&json, "new", view->new_path);
  json_add_string (&json, "normalize", view->normalize);
  json_add_string (&json, "type", view->type);
  json_add_string (&json, "unit", view->unit);
  json_add_integer (&json, "base_total", comparison->base_total);
  json_add_integer (&json, "new_total", comparison->new_total);
  json_begin_array (&json, comparison->nodes != NULL ? "stacks" : "functions");
  for (size_t i = 0; i < comparison->n_rows && i < view->limit; i++)
    add_row (&json, comparison, &comparison->rows[i]);
  json_end_array (&json);
  json_end_object (&json);
}
