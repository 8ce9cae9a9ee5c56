/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "function-map.h"
#include "heap-view.h"
#include "message.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

/* ---- which ---- */

static HeapChoice
make_choice (const HeapView *view, const char *kind, ProfHeapSelectionKind what)
{
  HeapChoice choice = { .kind = kind, .wanted = PROF_HEAP_SELECTION_INIT };
  choice.wanted.kind = what;
  choice.wanted.start_ns = view->start_ns;
  choice.wanted.end_ns = view->options->range.end != 0 ? view->end_ns : 0;
  choice.wanted.max_lifetime_ns = (int64_t)view->options->temporary.bound_ns;
  if (what == PROF_HEAP_LEAKED)
    choice.wanted.suppressions = view->suppressions;
  return choice;
}

static HeapChoice
make_moment (const HeapView *view, const HeapAt *at)
{
  if (at->moment == HEAP_AT_PEAK)
    return make_choice (view, "peak", PROF_HEAP_LIVE_AT_PEAK);
  HeapChoice choice = make_choice (view, "live", PROF_HEAP_LIVE_AT);
  int64_t room = INT64_MAX - view->summary.start_ns;
  int64_t time = at->time_ns < (uint64_t)room ? (int64_t)at->time_ns : room;
  choice.wanted.end_ns
      = at->moment == HEAP_AT_END ? view->summary.end_ns : view->summary.start_ns + time;
  return choice;
}

static bool
chooses_a_section (const HeapOptions *options)
{
  return options->sizes || options->sites_over_time || options->timeline > 0;
}

size_t
heap_get_choices (const HeapView *view, HeapChoice *ret)
{
  const HeapOptions *options = view->options;
  size_t n = 0;
  if (options->at.moment != HEAP_AT_NOTHING)
    ret[n++] = make_moment (view, &options->at);
  if (options->allocated)
    ret[n++] = make_choice (view, "allocated", PROF_HEAP_ALLOCATED_IN);
  if (options->stayed)
    ret[n++] = make_choice (view, "stayed", PROF_HEAP_STAYED_FROM);
  if (options->temporary.is_wanted)
    ret[n++] = make_choice (view, "temporary", PROF_HEAP_TEMPORARY);
  if (options->leaks)
    ret[n++] = make_choice (view, "leaks", PROF_HEAP_LEAKED);
  if (n > 0 || chooses_a_section (options))
    return n;
  if (!view->summary.has_frees)
    ret[n++] = make_choice (view, "allocated", PROF_HEAP_ALLOCATED_IN);
  else if (view->summary.has_times)
    ret[n++] = make_choice (view, "peak", PROF_HEAP_LIVE_AT_PEAK);
  if (view->summary.has_frees)
    ret[n++] = make_choice (view, "leaks", PROF_HEAP_LEAKED);
  return n;
}

/* ---- what it holds ---- */

static void
set_report (HeapSelected *selected, const HeapView *view)
{
  ReportView *report = &selected->report;
  *report = (ReportView){
    .path = view->path,
    .recorded = view->recorded,
    .profile = selected->profile,
    .report = selected->space,
    .value_type = 1,
    .type = "space",
    .unit = "bytes",
    .total = prof_report_get_total (selected->space),
    .limit = view->limit,
    .is_verbose = view->options->verbose,
  };
  report->recorded_total = report->whole = report->total;
  report->functions = prof_report_get_functions (selected->space, &report->n_functions);
}

static int
make_reports (HeapSelected *selected, const HeapView *view, ProfError *reterr)
{
  int r = prof_heap_select (view->heap, &selected->choice->wanted, &selected->profile, reterr);
  if (r == 0)
    r = prof_report_new (selected->profile, 0, &selected->objects, reterr);
  if (r == 0)
    r = prof_report_new (selected->profile, 1, &selected->space, reterr);
  return r;
}

int
heap_selected_init (HeapSelected *selected, const HeapView *view, const HeapChoice *choice)
{
  ProfError error = PROF_ERROR_INIT;
  const ProfReportNode *nodes;
  size_t n;
  *selected = (HeapSelected){ .choice = choice };
  if (make_reports (selected, view, &error) < 0) {
    fail (&error);
    return -1;
  }
  set_report (selected, view);
  selected->object_functions = prof_report_get_functions (selected->objects, &n);
  selected->object_rows = map_functions (selected->report.functions, selected->report.n_functions,
                                         selected->object_functions, n);
  if (selected->object_rows == NULL
      || prof_report_get_tree (selected->space, PROF_TREE_TOP_DOWN, &nodes, &n) < 0) {
    fail_out_of_memory ();
    return -1;
  }
  return 0;
}

void
heap_selected_finish (HeapSelected *selected)
{
  prof_report_free (selected->space);
  prof_report_free (selected->objects);
  prof_profile_unref (selected->profile);
  free (selected->object_rows);
}

/* ---- text ---- */

static void
print_range (const HeapView *view, const HeapChoice *choice)
{
  if (view->options->range.start == 0 && view->options->range.end == 0)
    return;
  printf (_ (" from %s"), format_ns ((double)heap_since_start (view, view->start_ns)).text);
  if (choice->wanted.end_ns != 0)
    printf (_ (" to %s"), format_ns ((double)heap_since_start (view, view->end_ns)).text);
}

static void
print_title (const HeapView *view, const HeapSelected *selected)
{
  const HeapChoice *choice = selected->choice;
  printf ("\n%s", style_begin (STYLE_BOLD));
  switch (choice->wanted.kind) {
  case PROF_HEAP_LIVE_AT:
    printf (_ ("live at %s"),
            format_ns ((double)heap_since_start (view, choice->wanted.end_ns)).text);
    break;
  case PROF_HEAP_LIVE_AT_PEAK:
    printf (_ ("live at the peak, at %s"),
            format_ns ((double)heap_since_start (view, view->peak.time_ns)).text);
    break;
  case PROF_HEAP_ALLOCATED_IN:
    fputs (_ ("allocated"), stdout);
    print_range (view, choice);
    break;
  case PROF_HEAP_STAYED_FROM:
    fputs (_ ("allocated"), stdout);
    print_range (view, choice);
    fputs (_ (" and still live then"), stdout);
    break;
  case PROF_HEAP_LEAKED:
    fputs (_ ("still live at the end"), stdout);
    break;
  case PROF_HEAP_TEMPORARY:
    printf (_ ("freed within %s"), format_ns ((double)choice->wanted.max_lifetime_ns).text);
    print_range (view, choice);
    break;
  }
  printf (": ");
  heap_print_amount (selected->report.total, prof_report_get_total (selected->objects));
  printf ("%s\n", style_end ());
}

static void
print_site (const HeapSelected *selected, size_t row)
{
  const ReportView *report = &selected->report;
  const ProfReportFunction *function = &report->functions[row];
  int64_t objects = selected->object_functions[selected->object_rows[row]].self;
  printf ("%10s %7s %10s  ", format_bytes ((double)function->self).text,
          format_percent ((double)function->self, (double)report->total).text,
          format_count ((double)objects).text);
  print_text (function->name, SIZE_MAX);
  const char *slash = strrchr (function->module, '/');
  const char *module = report->is_verbose || slash == NULL ? function->module : slash + 1;
  printf ("  %s", style_begin (STYLE_DIM));
  print_text (module, SIZE_MAX);
  if (report->is_verbose) {
    Place place = find_place (report, function);
    printf ("%s", place.text[0] != '\0' ? "  " : "");
    print_text (place.text, SIZE_MAX);
  }
  printf ("%s\n", style_end ());
}

/* Functions are sorted by what they allocated themselves; others only call them. */
static int
print_flat_sites (const HeapSelected *selected)
{
  const ReportView *report = &selected->report;
  size_t n = 0;
  while (n < report->n_functions && report->functions[n].self != 0)
    n++;
  size_t n_shown = n < report->limit ? n : report->limit;
  if (n > 0)
    printf ("%s%s %s %s  %s%s\n", style_begin (STYLE_BOLD), cell (10, _ ("bytes")).text,
            cell (7, _ ("bytes%")).text, cell (10, _ ("blocks")).text, _ ("allocated by"),
            style_end ());
  for (size_t i = 0; i < n_shown; i++)
    print_site (selected, i);
  if (n_shown < n)
    printf (_ ("%s%zu more functions: --limit 0 shows all%s\n"), style_begin (STYLE_DIM),
            n - n_shown, style_end ());
  return STATUS_OK;
}

int
heap_print_selected (const HeapView *view, const HeapChoice *choice)
{
  cleanup (heap_selected_finish) HeapSelected selected;
  if (heap_selected_init (&selected, view, choice) < 0)
    return STATUS_FAILURE;
  print_title (view, &selected);
  if (view->options->stacks)
    return heap_print_stacks (view, &selected);
  if (view->options->tree)
    return print_tree (&selected.report, PROF_TREE_TOP_DOWN);
  return print_flat_sites (&selected);
}
