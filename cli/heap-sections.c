/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "heap-view.h"
#include "message.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

enum { BAR_WIDTH = 30, MAX_CHART = 60 };

static void
print_heading (const char *title)
{
  printf ("\n%s%s%s\n", style_begin (STYLE_BOLD), title, style_end ());
}

static void
print_bar (int64_t value, int64_t most)
{
  const char *cell = terminal_is_utf8 () ? "█" : "#";
  int n = most > 0 && value > 0 ? (int)((double)value / (double)most * BAR_WIDTH + 0.5) : 0;
  for (int i = 0; i < n; i++)
    printf ("%s%s", i == 0 ? "  " : "", cell);
  putchar ('\n');
}

/* ---- over time ---- */

int
heap_print_timeline (const HeapView *view)
{
  cleanup (free) ProfHeapPoint *points = NULL;
  size_t n = view->options->timeline;
  int64_t most = 0;
  if (prof_heap_get_timeline (view->heap, view->start_ns, view->end_ns, n, &points) < 0)
    return fail_out_of_memory ();
  for (size_t i = 0; i < n; i++)
    most = points[i].live_bytes > most ? points[i].live_bytes : most;
  print_heading (_ ("over time"));
  printf ("%s%s %s %s %s %s%s\n", style_begin (STYLE_BOLD), cell (10, _ ("time")).text,
          cell (10, _ ("live")).text, cell (10, _ ("blocks")).text, cell (10, _ ("allocated")).text,
          cell (10, _ ("freed")).text, style_end ());
  for (size_t i = 0; i < n; i++) {
    printf ("%10s %10s %10s %10s %10s",
            format_ns ((double)heap_since_start (view, points[i].time_ns)).text,
            format_bytes ((double)points[i].live_bytes).text,
            format_count ((double)points[i].live_objects).text,
            format_bytes ((double)points[i].allocated_bytes).text,
            format_bytes ((double)points[i].freed_bytes).text);
    print_bar (points[i].live_bytes, most);
  }
  return STATUS_OK;
}

/* A line as high as the values are, compared with the greatest of all sites. */
static void
print_chart (const ProfHeapSites *sites, size_t site, int64_t most)
{
  static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  static const char *const signs[] = { " ", ".", ":", "-", "=", "+", "*", "#", "@" };
  const char *const *levels = terminal_is_utf8 () ? blocks : signs;
  for (size_t i = 0; i < sites->n_points; i++) {
    int64_t value = sites->values[i * sites->n_sites + site];
    int level = value > 0 && most > 0 ? 1 + (int)((double)value / (double)most * 7.5) : 0;
    fputs (levels[level < 8 ? level : 8], stdout);
  }
}

static int64_t
find_most (const ProfHeapSites *sites, size_t first, size_t end)
{
  int64_t most = 0;
  for (size_t i = 0; i < sites->n_points; i++)
    for (size_t j = first; j < end; j++)
      most = sites->values[i * sites->n_sites + j] > most ? sites->values[i * sites->n_sites + j]
                                                          : most;
  return most;
}

int
heap_print_sites (const HeapView *view)
{
  cleanup (free) ProfHeapSites *sites = NULL;
  size_t n = view->options->timeline > 0 ? view->options->timeline : 40;
  n = n < MAX_CHART ? n : MAX_CHART;
  if (prof_heap_get_sites (view->heap, view->start_ns, view->end_ns, n, view->limit, &sites) < 0)
    return fail_out_of_memory ();
  print_heading (_ ("live by function, over time"));
  printf ("%s%s  %s  %s%s\n", style_begin (STYLE_BOLD), cell (10, _ ("most")).text,
          cell (-(int)n, _ ("over time")).text, _ ("allocated by"), style_end ());
  int64_t most = find_most (sites, 0, sites->n_sites);
  for (size_t i = 0; i < sites->n_sites; i++) {
    bool is_others = sites->has_others && i + 1 == sites->n_sites;
    printf ("%10s  ", format_bytes ((double)find_most (sites, i, i + 1)).text);
    print_chart (sites, i, most);
    printf ("  ");
    print_text (is_others                         ? _ ("(all others)")
                : sites->sites[i].name[0] == '\0' ? _ ("(no stack)")
                                                  : sites->sites[i].name,
                SIZE_MAX);
    putchar ('\n');
  }
  return STATUS_OK;
}

/* ---- sizes ---- */

int
heap_print_sizes (const HeapView *view)
{
  cleanup (free) ProfHeapSizeClass *classes = NULL;
  size_t n;
  int64_t most = 0;
  if (prof_heap_get_sizes (view->heap, (int64_t)view->options->temporary.bound_ns, &classes, &n)
      < 0)
    return fail_out_of_memory ();
  for (size_t i = 0; i < n; i++)
    most = classes[i].allocated_objects > most ? classes[i].allocated_objects : most;
  print_heading (_ ("sizes of blocks"));
  printf ("%s%s %s %s %s %s%s\n", style_begin (STYLE_BOLD), cell (21, _ ("size")).text,
          cell (10, _ ("blocks")).text, cell (10, _ ("bytes")).text, cell (10, _ ("live")).text,
          cell (10, _ ("temporary")).text, style_end ());
  for (size_t i = 0; i < n; i++) {
    const ProfHeapSizeClass *class = &classes[i];
    printf ("%9s - %9s %10s %10s %10s %10s", format_bytes ((double)class->min_bytes).text,
            format_bytes ((double)class->max_bytes).text,
            format_count ((double)class->allocated_objects).text,
            format_bytes ((double)class->allocated_bytes).text,
            format_bytes ((double)class->live_bytes).text,
            format_percent ((double)class->temporary_objects,
                            view->summary.has_times ? (double)class->allocated_objects : 0)
                .text);
    print_bar (class->allocated_objects, most);
  }
  return STATUS_OK;
}
