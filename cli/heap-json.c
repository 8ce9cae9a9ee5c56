/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "heap-view.h"
#include "message.h"

static void
add_amount (Json *json, const char *what, int64_t bytes, int64_t objects)
{
  json_begin_object (json, what);
  json_add_integer (json, "bytes", bytes);
  json_add_integer (json, "objects", objects);
  json_end_object (json);
}

static void
add_time (Json *json, const HeapView *view, const char *key, int64_t time_ns)
{
  json_add_integer (json, key, heap_since_start (view, time_ns));
}

static void
add_summary (Json *json, const HeapView *view)
{
  const ProfHeapSummary *summary = &view->summary;
  json_add_integer (json, "version", 1);
  json_add_string (json, "file", view->path);
  json_add_integer (json, "start_ns", summary->start_ns);
  add_time (json, view, "duration_ns", summary->end_ns);
  json_add_bool (json, "has_times", summary->has_times);
  json_add_bool (json, "has_frees", summary->has_frees);
  json_add_unsigned (json, "samples", summary->n_samples);
  json_add_unsigned (json, "processes", summary->n_processes);
  json_add_unsigned (json, "threads", summary->n_threads);
  add_amount (json, "allocated", summary->allocated_bytes, summary->allocated_objects);
  add_amount (json, "live", summary->live_bytes, summary->live_objects);
  json_begin_object (json, "peak");
  add_time (json, view, "time_ns", view->peak.time_ns);
  json_add_integer (json, "bytes", view->peak.live_bytes);
  json_add_integer (json, "objects", view->peak.live_objects);
  json_end_object (json);
  add_recordings (json, &(ReportView){ .recorded = view->recorded });
}

/* ---- selections ---- */

static void
add_function (Json *json, const HeapSelected *selected, const ProfReportFunction *function)
{
  size_t n;
  const ProfFunction *rows = prof_profile_get_functions (selected->profile, &n);
  json_add_string (json, "name", function->name);
  json_add_string (json, "module", function->module);
  json_add_string (json, "file", function->filename);
  json_add_integer (json, "line", function->function < n ? rows[function->function].start_line : 0);
}

static void
add_sites (Json *json, const HeapSelected *selected)
{
  const ReportView *report = &selected->report;
  json_begin_array (json, "functions");
  for (size_t i = 0; i < report->n_functions && i < report->limit; i++) {
    const ProfReportFunction *function = &report->functions[i];
    const ProfReportFunction *objects = &selected->object_functions[selected->object_rows[i]];
    json_begin_object (json, NULL);
    add_function (json, selected, function);
    json_add_integer (json, "bytes", function->self);
    json_add_integer (json, "objects", objects->self);
    json_add_integer (json, "total_bytes", function->total);
    json_add_integer (json, "total_objects", objects->total);
    json_end_object (json);
  }
  json_end_array (json);
}

static int
add_tree (Json *json, const HeapSelected *selected)
{
  const ProfReportNode *nodes;
  size_t n;
  if (prof_report_get_tree (selected->space, PROF_TREE_TOP_DOWN, &nodes, &n) < 0)
    return fail_out_of_memory ();
  cleanup (free) bool *is_shown = choose_heaviest (nodes, n, selected->report.limit);
  if (is_shown == NULL)
    return fail_out_of_memory ();
  json_begin_array (json, "nodes");
  for (size_t i = 1; i < n; i++) {
    if (!is_shown[i])
      continue;
    json_begin_object (json, NULL);
    json_add_unsigned (json, "id", i);
    json_add_unsigned (json, "parent", nodes[i].parent);
    add_function (json, selected, &selected->report.functions[nodes[i].function]);
    json_add_integer (json, "bytes", nodes[i].self);
    json_add_integer (json, "total_bytes", nodes[i].total);
    json_end_object (json);
  }
  json_end_array (json);
  return STATUS_OK;
}

static int
add_stacks (Json *json, const HeapSelected *selected)
{
  size_t n;
  cleanup (free) HeapStack *stacks = heap_list_stacks (selected, &n);
  if (stacks == NULL)
    return fail_out_of_memory ();
  const ProfReportNode *nodes = heap_get_nodes (selected);
  json_begin_array (json, "stacks");
  for (size_t i = 0; i < n && i < selected->report.limit; i++) {
    json_begin_object (json, NULL);
    json_add_integer (json, "bytes", stacks[i].bytes);
    json_begin_array (json, "frames");
    for (uint32_t node = stacks[i].node; node != 0; node = nodes[node].parent) {
      json_begin_object (json, NULL);
      add_function (json, selected, &selected->report.functions[nodes[node].function]);
      json_end_object (json);
    }
    json_end_array (json);
    json_end_object (json);
  }
  json_end_array (json);
  return STATUS_OK;
}

static int
add_selection (Json *json, const HeapView *view, const HeapChoice *choice)
{
  cleanup (heap_selected_finish) HeapSelected selected;
  if (heap_selected_init (&selected, view, choice) < 0)
    return STATUS_FAILURE;
  json_begin_object (json, NULL);
  json_add_string (json, "kind", choice->kind);
  if (choice->wanted.kind == PROF_HEAP_LIVE_AT)
    add_time (json, view, "time_ns", choice->wanted.end_ns);
  if (choice->wanted.kind == PROF_HEAP_TEMPORARY)
    json_add_integer (json, "bound_ns", choice->wanted.max_lifetime_ns);
  json_add_integer (json, "bytes", selected.report.total);
  json_add_integer (json, "objects", prof_report_get_total (selected.objects));
  int status = STATUS_OK;
  if (view->options->tree)
    status = add_tree (json, &selected);
  else if (view->options->stacks)
    status = add_stacks (json, &selected);
  else
    add_sites (json, &selected);
  json_end_object (json);
  return status;
}

/* ---- over time ---- */

static int
add_timeline (Json *json, const HeapView *view)
{
  cleanup (free) ProfHeapPoint *points = NULL;
  size_t n = view->options->timeline;
  if (prof_heap_get_timeline (view->heap, view->start_ns, view->end_ns, n, &points) < 0)
    return fail_out_of_memory ();
  json_begin_array (json, "timeline");
  for (size_t i = 0; i < n; i++) {
    json_begin_object (json, NULL);
    add_time (json, view, "time_ns", points[i].time_ns);
    json_add_integer (json, "live_bytes", points[i].live_bytes);
    json_add_integer (json, "live_objects", points[i].live_objects);
    json_add_integer (json, "allocated_bytes", points[i].allocated_bytes);
    json_add_integer (json, "allocated_objects", points[i].allocated_objects);
    json_add_integer (json, "freed_bytes", points[i].freed_bytes);
    json_add_integer (json, "freed_objects", points[i].freed_objects);
    json_end_object (json);
  }
  json_end_array (json);
  return STATUS_OK;
}

static void
add_site_over_time (Json *json, const ProfHeapSites *sites, size_t site)
{
  json_begin_object (json, NULL);
  json_add_string (json, "name", sites->sites[site].name);
  json_add_string (json, "module", sites->sites[site].module);
  json_add_string (json, "file", sites->sites[site].filename);
  json_add_bool (json, "is_others", sites->has_others && site + 1 == sites->n_sites);
  json_begin_array (json, "live_bytes");
  for (size_t i = 0; i < sites->n_points; i++)
    json_add_integer (json, NULL, sites->values[i * sites->n_sites + site]);
  json_end_array (json);
  json_end_object (json);
}

static int
add_sites_over_time (Json *json, const HeapView *view)
{
  cleanup (free) ProfHeapSites *sites = NULL;
  size_t n = view->options->timeline > 0 ? view->options->timeline : 40;
  if (prof_heap_get_sites (view->heap, view->start_ns, view->end_ns, n, view->limit, &sites) < 0)
    return fail_out_of_memory ();
  json_begin_object (json, "functions_over_time");
  json_begin_array (json, "times_ns");
  for (size_t i = 0; i < n; i++)
    add_time (json, view, NULL, sites->times_ns[i]);
  json_end_array (json);
  json_begin_array (json, "functions");
  for (size_t i = 0; i < sites->n_sites; i++)
    add_site_over_time (json, sites, i);
  json_end_array (json);
  json_end_object (json);
  return STATUS_OK;
}

/* ---- sizes and suppressions ---- */

static int
add_sizes (Json *json, const HeapView *view)
{
  cleanup (free) ProfHeapSizeClass *classes = NULL;
  size_t n;
  int64_t bound_ns = (int64_t)view->options->temporary.bound_ns;
  if (prof_heap_get_sizes (view->heap, bound_ns, &classes, &n) < 0)
    return fail_out_of_memory ();
  json_add_integer (json, "temporary_bound_ns", bound_ns);
  json_begin_array (json, "sizes");
  for (size_t i = 0; i < n; i++) {
    const ProfHeapSizeClass *class = &classes[i];
    json_begin_object (json, NULL);
    json_add_integer (json, "min_bytes", class->min_bytes);
    json_add_integer (json, "max_bytes", class->max_bytes);
    json_add_integer (json, "allocated_objects", class->allocated_objects);
    json_add_integer (json, "allocated_bytes", class->allocated_bytes);
    json_add_integer (json, "live_objects", class->live_objects);
    json_add_integer (json, "live_bytes", class->live_bytes);
    json_add_integer (json, "temporary_objects", class->temporary_objects);
    json_add_integer (json, "temporary_bytes", class->temporary_bytes);
    json_end_object (json);
  }
  json_end_array (json);
  return STATUS_OK;
}

static void
add_suppressions (Json *json, const HeapView *view)
{
  size_t n;
  const ProfSuppressionUse *uses = prof_suppressions_get_uses (view->suppressions, &n);
  json_begin_array (json, "suppressions");
  for (size_t i = 0; i < n; i++) {
    json_begin_object (json, NULL);
    json_add_string (json, "pattern", uses[i].pattern);
    json_add_integer (json, "samples", uses[i].n_samples);
    json_add_integer (json, "objects", uses[i].objects);
    json_add_integer (json, "bytes", uses[i].bytes);
    json_end_object (json);
  }
  json_end_array (json);
}

int
heap_print_json (const HeapView *view, const HeapChoice *choices, size_t n_choices)
{
  Json json = JSON_INIT (stdout);
  int status = STATUS_OK;
  json_begin_object (&json, NULL);
  add_summary (&json, view);
  json_begin_array (&json, "selections");
  for (size_t i = 0; i < n_choices && status == STATUS_OK; i++)
    status = add_selection (&json, view, &choices[i]);
  json_end_array (&json);
  if (status == STATUS_OK && view->options->timeline > 0)
    status = add_timeline (&json, view);
  if (status == STATUS_OK && view->options->sites_over_time)
    status = add_sites_over_time (&json, view);
  if (status == STATUS_OK && view->options->sizes)
    status = add_sizes (&json, view);
  if (view->suppressions != NULL)
    add_suppressions (&json, view);
  json_end_object (&json);
  return status;
}
