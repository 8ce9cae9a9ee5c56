/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handles.h"
#include "json.h"

/* What 'prof report' shows: borrowed from the command. */
typedef struct {
  const char *path;
  ProfProfile *recorded; /* before filtering */
  ProfProfile *profile;
  ProfReport *report;
  unsigned value_type;
  const char *type, *unit;
  int64_t recorded_total, total;
  int64_t whole; /* what percentages are of: the total; in a diff that of the base */
  const ProfReportFunction *functions;
  size_t n_functions;
  size_t limit; /* rows of a table */
  bool is_verbose;
} ReportView;

/* In percent. */
static inline double
view_share (const ReportView *view, int64_t value)
{
  return view->whole != 0 ? 100.0 * (double)value / fabs ((double)view->whole) : 0;
}

/* In text. Functions that return an exit status have printed what went wrong. */
void print_report_header (const ReportView *view);
void print_recordings (const ReportView *view); /* the first part of it */
void print_flat (const ReportView *view);
int print_tree (const ReportView *view, ProfTreeDirection direction);

/* Rows of the functions that a person means by `name`: those so called, else those that match it as
 * a regular expression. *ret is to be freed; returns their number, or -1 after a message. */
long find_functions (const ReportView *view, const char *name, uint32_t **ret);

typedef enum { EDGES_CALLERS, EDGES_CALLEES } EdgeDirection;

/* Direct callers or callees; *ret is to be freed. */
int get_edges (const ProfReport *report,
               uint32_t row,
               EdgeDirection direction,
               ProfReportEdge **ret,
               size_t *ret_n);
/* Whether each node is among the `limit` heaviest, as a tree: to be freed. NULL: out of memory. */
bool *choose_heaviest (const ProfReportNode *nodes, size_t n_nodes, size_t limit);

/* How far stacks and names can be trusted; in text or JSON. */
int print_quality (const ReportView *view, bool as_json);

/* "Callers of f  self …": the name of a function and what it cost, after `words`. */
void print_function_title (const ReportView *view, uint32_t row, const char *words);
int print_edges (const ReportView *view, const char *name, EdgeDirection direction);
int print_lines (const ReportView *view, const char *name);

/* "file:line" of a function as the profile knows it; "" if it does not. */
typedef struct {
  char text[512];
} Place;

/* The module's file name, or its path in a verbose report. */
const char *find_module_name (const ReportView *view, const ProfReportFunction *function);
Place find_place (const ReportView *view, const ProfReportFunction *function);

/* In JSON. */
void add_recordings (Json *json, const ReportView *view);
int print_flat_json (const ReportView *view);
int print_tree_json (const ReportView *view, ProfTreeDirection direction);
int print_edges_json (const ReportView *view, const char *name, EdgeDirection direction);
int print_lines_json (const ReportView *view, const char *name);
