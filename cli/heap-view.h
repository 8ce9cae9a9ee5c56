/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "handles.h"
#include "heap-options.h"
#include "json.h"
#include "report-view.h"

/* What 'prof heap-report' shows: borrowed from the command. */
typedef struct {
  const HeapOptions *options;
  const char *path;
  ProfProfile *recorded;
  const ProfHeap *heap;
  ProfHeapSummary summary;
  ProfHeapPoint peak;
  int64_t start_ns, end_ns;       /* of the range */
  ProfSuppressions *suppressions; /* NULL: none */
  size_t limit;
} HeapView;

/* Nanoseconds since the start of the recording. */
static inline int64_t
heap_since_start (const HeapView *view, int64_t time_ns)
{
  return time_ns - view->summary.start_ns;
}

/* ---- selections ---- */

typedef struct {
  const char *kind; /* in JSON */
  ProfHeapSelection wanted;
} HeapChoice;

enum { HEAP_MAX_CHOICES = 5 };

/* What the options choose, or what is shown if they choose nothing. */
size_t heap_get_choices (const HeapView *view, HeapChoice *ret);

/* A selection, ready to be shown. */
typedef struct {
  const HeapChoice *choice;
  ProfProfile *profile;
  ProfReport *space, *objects;
  uint32_t *object_rows; /* by function of `space`: that of `objects` */
  const ProfReportFunction *object_functions;
  ReportView report; /* of space */
} HeapSelected;

/* 0, or -1 after a message. */
int heap_selected_init (HeapSelected *selected, const HeapView *view, const HeapChoice *choice);
void heap_selected_finish (HeapSelected *selected);

static inline void
heap_selected_finish_p (HeapSelected *selected)
{
  heap_selected_finish (selected);
}

/* A whole stack: what ends in a node of the tree of `space`. */
typedef struct {
  uint32_t node;
  int64_t bytes;
} HeapStack;

/* The greatest first; to be freed. NULL: out of memory. */
HeapStack *heap_list_stacks (const HeapSelected *selected, size_t *ret_n);
/* The nodes of the tree that `heap_list_stacks` speaks of. */
const ProfReportNode *heap_get_nodes (const HeapSelected *selected);

/* ---- text; functions that return a status have printed what went wrong ---- */

void heap_print_summary (const HeapView *view);
void heap_print_amount (int64_t bytes, int64_t objects); /* "1.00 MiB in 3 blocks" */
int heap_print_selected (const HeapView *view, const HeapChoice *choice);
int heap_print_stacks (const HeapView *view, const HeapSelected *selected);
int heap_print_timeline (const HeapView *view);
int heap_print_sites (const HeapView *view);
int heap_print_sizes (const HeapView *view);
void heap_print_suppressions (const HeapView *view);

/* ---- JSON: all that was chosen, in one document ---- */

int heap_print_json (const HeapView *view, const HeapChoice *choices, size_t n_choices);
