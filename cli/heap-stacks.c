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

/* It was built when the selection was. */
const ProfReportNode *
heap_get_nodes (const HeapSelected *selected)
{
  const ProfReportNode *nodes = NULL;
  size_t n;
  prof_report_get_tree (selected->space, PROF_TREE_TOP_DOWN, &nodes, &n);
  return nodes;
}

static uint64_t
magnitude (int64_t value)
{
  return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static int
compare_stacks (const void *a, const void *b)
{
  const HeapStack *x = a, *y = b;
  uint64_t x_bytes = magnitude (x->bytes), y_bytes = magnitude (y->bytes);
  if (x_bytes != y_bytes)
    return x_bytes > y_bytes ? -1 : 1;
  return (x->node > y->node) - (x->node < y->node);
}

HeapStack *
heap_list_stacks (const HeapSelected *selected, size_t *ret_n)
{
  const ProfReportNode *nodes;
  size_t n_nodes, n = 0;
  if (prof_report_get_tree (selected->space, PROF_TREE_TOP_DOWN, &nodes, &n_nodes) < 0)
    return NULL;
  HeapStack *stacks = calloc (n_nodes, sizeof *stacks);
  if (stacks == NULL)
    return NULL;
  for (size_t i = 0; i < n_nodes; i++)
    if (nodes[i].self != 0)
      stacks[n++] = (HeapStack){ (uint32_t)i, nodes[i].self };
  qsort (stacks, n, sizeof *stacks, compare_stacks);
  *ret_n = n;
  return stacks;
}

static void
print_frame (const HeapSelected *selected, const ProfReportNode *node, unsigned number)
{
  const ProfReportFunction *function = &selected->report.functions[node->function];
  printf ("    #%-3u ", number);
  print_text (function->name, SIZE_MAX);
  printf ("  %s", style_begin (STYLE_DIM));
  print_text (function->module, SIZE_MAX);
  if (selected->report.is_verbose) {
    Place place = find_place (&selected->report, function);
    printf ("%s", place.text[0] != '\0' ? "  " : "");
    print_text (place.text, SIZE_MAX);
  }
  printf ("%s\n", style_end ());
}

int
heap_print_stacks (const HeapView *view, const HeapSelected *selected)
{
  size_t n;
  cleanup (free) HeapStack *stacks = heap_list_stacks (selected, &n);
  if (stacks == NULL)
    return fail_out_of_memory ();
  const ProfReportNode *nodes = heap_get_nodes (selected);
  size_t n_shown = n < view->limit ? n : view->limit;
  for (size_t i = 0; i < n_shown; i++) {
    printf ("%s %s\n", format_bytes ((double)stacks[i].bytes).text,
            format_percent ((double)stacks[i].bytes, (double)selected->report.total).text);
    unsigned number = 0;
    for (uint32_t node = stacks[i].node; node != 0; node = nodes[node].parent)
      print_frame (selected, &nodes[node], number++);
  }
  if (n_shown < n)
    printf (_ ("%s%zu more stacks: --limit 0 shows all%s\n"), style_begin (STYLE_DIM), n - n_shown,
            style_end ());
  return STATUS_OK;
}
