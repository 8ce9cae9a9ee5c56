/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "message.h"
#include "report-view.h"

static void
add_strings (Json *json, const char *key, const char *const *strings, size_t n)
{
  json_begin_array (json, key);
  for (size_t i = 0; i < n; i++)
    json_add_string (json, NULL, strings[i]);
  json_end_array (json);
}

static void
add_session_events (Json *json, const ProfSession *session)
{
  json_begin_array (json, "events");
  for (size_t i = 0; i < session->n_events; i++) {
    const ProfSessionEvent *event = &session->events[i];
    json_begin_object (json, NULL);
    json_add_string (json, "name", event->name);
    json_add_string (json, "requested", event->requested);
    json_add_unsigned (json, "frequency_hz", event->frequency_hz);
    json_add_unsigned (json, "period", event->period);
    json_add_bool (json, "excludes_kernel", event->excludes_kernel);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_stack_ends (Json *json, const ProfSession *session)
{
  json_begin_array (json, "stack_ends");
  for (size_t i = 0; i < session->n_stack_ends; i++) {
    const ProfSessionStackEnd *end = &session->stack_ends[i];
    json_begin_object (json, NULL);
    json_add_string (json, "module", end->module);
    json_add_string (json, "reason", end->reason);
    json_add_unsigned (json, "stacks", end->n_stacks);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_resource (Json *json, const ProfSession *session)
{
  json_begin_object (json, "resource");
  for (size_t i = 0; i < session->n_resource; i++)
    json_add_string (json, session->resource[i].key, session->resource[i].value);
  json_end_object (json);
}

static void
add_session (Json *json, const ProfSession *session)
{
  json_begin_object (json, NULL);
  add_strings (json, "command", session->command, session->n_command);
  json_begin_array (json, "pids");
  for (size_t i = 0; i < session->n_pids; i++)
    json_add_integer (json, NULL, session->pids[i]);
  json_end_array (json);
  json_add_bool (json, "system_wide", session->is_system_wide);
  json_add_string (json, "host", session->host);
  json_add_string (json, "kernel", session->kernel);
  json_add_unsigned (json, "start_ns", session->start_ns);
  json_add_unsigned (json, "duration_ns", session->duration_ns);
  json_add_unsigned (json, "samples", session->n_samples);
  json_add_unsigned (json, "lost", session->n_lost);
  json_add_unsigned (json, "throttled", session->n_throttled);
  json_add_unsigned (json, "refused", session->n_refused);
  json_add_unsigned (json, "truncated", session->n_truncated);
  json_add_string (json, "attach", session->attach);
  json_add_string (json, "unwind", session->unwind);
  json_add_string (json, "sampling", session->sampling);
  add_session_events (json, session);
  add_stack_ends (json, session);
  add_strings (json, "notes", session->notes, session->n_notes);
  add_resource (json, session);
  json_end_object (json);
}

void
add_recordings (Json *json, const ReportView *view)
{
  json_begin_array (json, "recordings");
  for (size_t i = 0; i < prof_profile_get_n_sessions (view->recorded); i++) {
    cleanup (prof_session_free) ProfSession *session = NULL;
    if (prof_profile_get_session (view->recorded, i, &session, NULL) == 0)
      add_session (json, session);
  }
  json_end_array (json);
}

static void
begin_report (Json *json, const ReportView *view)
{
  json_begin_object (json, NULL);
  json_add_integer (json, "version", 1);
  json_add_string (json, "file", view->path);
  json_add_string (json, "type", view->type);
  json_add_string (json, "unit", view->unit);
  json_add_integer (json, "total", view->total);
  json_add_integer (json, "recorded_total", view->recorded_total);
  json_add_integer (json, "time_ns", prof_profile_get_time_ns (view->recorded));
  json_add_integer (json, "duration_ns", prof_profile_get_duration_ns (view->recorded));
  add_recordings (json, view);
}

static void
add_function (Json *json, const ReportView *view, const ProfReportFunction *function)
{
  size_t n;
  const ProfFunction *rows = prof_profile_get_functions (view->profile, &n);
  json_add_string (json, "name", function->name);
  json_add_string (json, "module", function->module);
  json_add_string (json, "file", function->filename);
  json_add_integer (json, "line", function->function < n ? rows[function->function].start_line : 0);
}

static void
add_values (Json *json, const ReportView *view, int64_t self, int64_t total)
{
  json_add_integer (json, "self", self);
  json_add_number (json, "self_percent", view_share (view, self));
  json_add_integer (json, "total", total);
  json_add_number (json, "total_percent", view_share (view, total));
}

int
print_flat_json (const ReportView *view)
{
  Json json = JSON_INIT (stdout);
  begin_report (&json, view);
  json_begin_array (&json, "functions");
  for (size_t i = 0; i < view->n_functions && i < view->limit; i++) {
    json_begin_object (&json, NULL);
    add_function (&json, view, &view->functions[i]);
    add_values (&json, view, view->functions[i].self, view->functions[i].total);
    json_end_object (&json);
  }
  json_end_array (&json);
  json_end_object (&json);
  return STATUS_OK;
}

/* A flat list, not nested: a stack may be deeper than a reader of JSON can go. */
int
print_tree_json (const ReportView *view, ProfTreeDirection direction)
{
  const ProfReportNode *nodes;
  size_t n;
  if (prof_report_get_tree (view->report, direction, &nodes, &n) < 0)
    return fail_out_of_memory ();
  cleanup (free) bool *is_shown = choose_heaviest (nodes, n, view->limit);
  if (is_shown == NULL)
    return fail_out_of_memory ();
  Json json = JSON_INIT (stdout);
  begin_report (&json, view);
  json_add_string (&json, "direction", direction == PROF_TREE_TOP_DOWN ? "top-down" : "bottom-up");
  json_begin_array (&json, "nodes");
  for (size_t i = 1; i < n; i++) {
    if (!is_shown[i])
      continue;
    json_begin_object (&json, NULL);
    json_add_unsigned (&json, "id", i);
    json_add_unsigned (&json, "parent", nodes[i].parent);
    add_function (&json, view, &view->functions[nodes[i].function]);
    add_values (&json, view, nodes[i].self, nodes[i].total);
    json_end_object (&json);
  }
  json_end_array (&json);
  json_end_object (&json);
  return STATUS_OK;
}

static int
add_edges (Json *json, const ReportView *view, uint32_t row, EdgeDirection direction)
{
  cleanup (free) ProfReportEdge *edges = NULL;
  size_t n;
  int r = get_edges (view->report, row, direction, &edges, &n);
  if (r < 0)
    return r;
  json_begin_array (json, direction == EDGES_CALLERS ? "callers" : "callees");
  for (size_t i = 0; i < n && i < view->limit; i++) {
    json_begin_object (json, NULL);
    add_function (json, view, &view->functions[edges[i].function]);
    json_add_integer (json, "value", edges[i].value);
    json_end_object (json);
  }
  json_end_array (json);
  return 0;
}

static int
add_callers (Json *json, const ReportView *view, uint32_t row)
{
  return add_edges (json, view, row, EDGES_CALLERS);
}

static int
add_callees (Json *json, const ReportView *view, uint32_t row)
{
  return add_edges (json, view, row, EDGES_CALLEES);
}

static int
add_lines (Json *json, const ReportView *view, uint32_t row)
{
  cleanup (free) ProfReportLine *lines = NULL;
  size_t n;
  int r = prof_report_get_lines (view->report, row, &lines, &n);
  if (r < 0)
    return r;
  json_begin_array (json, "lines");
  for (size_t i = 0; i < n; i++) {
    json_begin_object (json, NULL);
    json_add_integer (json, "line", lines[i].line);
    add_values (json, view, lines[i].self, lines[i].total);
    json_end_object (json);
  }
  json_end_array (json);
  return 0;
}

/* The functions called `name`, each with what `add` knows of it. */
static int
print_functions_json (const ReportView *view,
                      const char *name,
                      int (*add) (Json *json, const ReportView *view, uint32_t row))
{
  cleanup (free) uint32_t *rows = NULL;
  long n = find_functions (view, name, &rows);
  if (n < 0)
    return STATUS_FAILURE;
  Json json = JSON_INIT (stdout);
  begin_report (&json, view);
  json_begin_array (&json, "functions");
  for (long i = 0; i < n; i++) {
    const ProfReportFunction *function = &view->functions[rows[i]];
    json_begin_object (&json, NULL);
    add_function (&json, view, function);
    add_values (&json, view, function->self, function->total);
    if (add (&json, view, rows[i]) < 0)
      return fail_out_of_memory ();
    json_end_object (&json);
  }
  json_end_array (&json);
  json_end_object (&json);
  return STATUS_OK;
}

int
print_edges_json (const ReportView *view, const char *name, EdgeDirection direction)
{
  return print_functions_json (view, name, direction == EDGES_CALLERS ? add_callers : add_callees);
}

int
print_lines_json (const ReportView *view, const char *name)
{
  return print_functions_json (view, name, add_lines);
}
