/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "message.h"
#include "report-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

/* A tree being printed. A function that alone continues its caller stands straight below it;
 * where calls part, each goes one level to the right. */
typedef struct {
  const ReportView *view;
  const ProfReportNode *nodes;
  size_t n_nodes;
  bool *is_shown;
  bool *level_goes_on; /* for each level to the right: a sibling is still to come */
  size_t n_levels;
  bool has_self; /* bottom-up, every node's own work is that of its first frame */
} Tree;

static inline void
tree_finish_p (Tree *tree)
{
  free (tree->is_shown);
  free (tree->level_goes_on);
}

static uint64_t
magnitude (int64_t value)
{
  return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static int
compare_descending (const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

/* A node weighs as much as the heaviest below it, though in a diff its own total may be less. */
static uint64_t *
weigh (const ProfReportNode *nodes, size_t n_nodes)
{
  uint64_t *weights = calloc (n_nodes, sizeof *weights);
  for (size_t i = n_nodes - 1; weights != NULL && i > 0; i--) {
    uint64_t own = magnitude (nodes[i].total), *parent = &weights[nodes[i].parent];
    weights[i] = weights[i] > own ? weights[i] : own;
    *parent = *parent > weights[i] ? *parent : weights[i];
  }
  return weights;
}

/* What a node must weigh to be among the `limit` heaviest, and how many of just that weight are. */
static int
find_threshold (
    const uint64_t *weights, size_t n, size_t limit, uint64_t *ret_threshold, size_t *ret_n)
{
  *ret_threshold = 0;
  *ret_n = n;
  if (limit >= n)
    return 0;
  cleanup (free) uint64_t *sorted = calloc (n, sizeof *sorted);
  if (sorted == NULL)
    return -ENOMEM;
  memcpy (sorted, weights, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare_descending);
  *ret_threshold = sorted[limit - 1];
  for (*ret_n = 0; *ret_n < limit && sorted[limit - 1 - *ret_n] == *ret_threshold;)
    ++*ret_n;
  return 0;
}

/* Parents come before their children: of nodes of one weight a parent is chosen first. */
bool *
choose_heaviest (const ProfReportNode *nodes, size_t n_nodes, size_t limit)
{
  bool *is_chosen = calloc (n_nodes, sizeof *is_chosen);
  cleanup (free) uint64_t *weights = weigh (nodes, n_nodes);
  uint64_t threshold;
  size_t n_equal;
  if (is_chosen == NULL || weights == NULL
      || find_threshold (weights + 1, n_nodes - 1, limit, &threshold, &n_equal) < 0) {
    free (is_chosen);
    return NULL;
  }
  is_chosen[0] = true;
  for (size_t i = 1; i < n_nodes; i++) {
    bool is_equal = weights[i] == threshold && n_equal > 0;
    is_chosen[i] = weights[i] > threshold || is_equal;
    n_equal -= is_equal;
  }
  return is_chosen;
}

/* The first shown child of a node from `node` on; 0: none. */
static uint32_t
find_shown (const Tree *tree, const ProfReportNode *parent, uint32_t node)
{
  uint32_t end = parent->first_child + parent->n_children;
  while (node < end && !tree->is_shown[node])
    node++;
  return node < end ? node : 0;
}

static uint32_t
find_first_child (const Tree *tree, uint32_t node)
{
  const ProfReportNode *parent = &tree->nodes[node];
  return find_shown (tree, parent, parent->first_child);
}

static uint32_t
find_next_sibling (const Tree *tree, uint32_t node)
{
  return find_shown (tree, &tree->nodes[tree->nodes[node].parent], node + 1);
}

/* One of several that are shown side by side: it has a level of its own. */
static bool
is_branch (const Tree *tree, uint32_t node)
{
  return find_first_child (tree, tree->nodes[node].parent) != node
         || find_next_sibling (tree, node) != 0;
}

static void
print_level_lines (const Tree *tree, uint32_t node)
{
  bool is_utf8 = terminal_is_utf8 ();
  for (size_t i = 0; i < tree->n_levels; i++) {
    bool is_own = i + 1 == tree->n_levels && is_branch (tree, node);
    if (is_own && tree->level_goes_on[i])
      fputs (is_utf8 ? "├─ " : "|- ", stdout);
    else if (is_own)
      fputs (is_utf8 ? "└─ " : "`- ", stdout);
    else
      fputs (!tree->level_goes_on[i] ? "   " : is_utf8 ? "│  " : "|  ", stdout);
  }
}

/* What a line of the terminal leaves to a name; enough of it in a deep tree, too. */
static size_t
find_name_room (const Tree *tree)
{
  enum { FIGURES_WIDTH = 21, SELF_WIDTH = 8, LEVEL_WIDTH = 3, MIN_ROOM = 30 };
  size_t available = terminal_width ();
  size_t used = FIGURES_WIDTH + (tree->has_self ? SELF_WIDTH : 0) + LEVEL_WIDTH * tree->n_levels;
  if (available == SIZE_MAX || tree->view->is_verbose)
    return SIZE_MAX;
  return available > used + MIN_ROOM ? available - used : MIN_ROOM;
}

static void
print_node (const Tree *tree, uint32_t index)
{
  const ReportView *view = tree->view;
  const ProfReportNode *node = &tree->nodes[index];
  const ProfReportFunction *function = &view->functions[node->function];
  printf ("%7s ", format_percent ((double)node->total, (double)view->whole).text);
  if (tree->has_self)
    printf ("%7s ", format_percent ((double)node->self, (double)view->whole).text);
  printf (" %10s  ", format_value ((double)node->total, view->unit).text);
  print_level_lines (tree, index);
  print_text (function->name, find_name_room (tree));
  if (view->is_verbose) {
    printf ("  %s", style_begin (STYLE_DIM));
    print_text (function->module, SIZE_MAX);
    Place place = find_place (view, function);
    printf ("%s", place.text[0] != '\0' ? "  " : "");
    print_text (place.text, SIZE_MAX);
    fputs (style_end (), stdout);
  }
  putchar ('\n');
}

static void
enter (Tree *tree, uint32_t node)
{
  if (is_branch (tree, node))
    tree->level_goes_on[tree->n_levels++] = find_next_sibling (tree, node) != 0;
  print_node (tree, node);
}

/* The next node after `node` and all below it; 0 at the end. */
static uint32_t
climb (Tree *tree, uint32_t node)
{
  while (node != 0) {
    tree->n_levels -= is_branch (tree, node);
    uint32_t sibling = find_next_sibling (tree, node);
    if (sibling != 0)
      return sibling;
    node = tree->nodes[node].parent;
  }
  return 0;
}

/* Not recursive: a stack may be as deep as its file says. */
static void
walk (Tree *tree)
{
  uint32_t node = find_first_child (tree, 0);
  while (node != 0) {
    enter (tree, node);
    uint32_t child = find_first_child (tree, node);
    node = child != 0 ? child : climb (tree, node);
  }
}

int
print_tree (const ReportView *view, ProfTreeDirection direction)
{
  cleanup (tree_finish) Tree tree = { .view = view, .has_self = direction == PROF_TREE_TOP_DOWN };
  if (prof_report_get_tree (view->report, direction, &tree.nodes, &tree.n_nodes) < 0)
    return fail_out_of_memory ();
  tree.is_shown = choose_heaviest (tree.nodes, tree.n_nodes, view->limit);
  tree.level_goes_on = calloc (tree.n_nodes, sizeof *tree.level_goes_on);
  if (tree.is_shown == NULL || tree.level_goes_on == NULL)
    return fail_out_of_memory ();
  printf ("%s%s %s%s %s  %s%s\n", style_begin (STYLE_BOLD), cell (7, _ ("total%")).text,
          tree.has_self ? cell (7, _ ("self%")).text : "", tree.has_self ? " " : "",
          cell (10, _ ("total")).text, _ ("function"), style_end ());
  walk (&tree);
  if (view->limit < tree.n_nodes - 1)
    printf (_ ("%sthe %zu heaviest of %zu nodes: --limit 0 shows all%s\n"), style_begin (STYLE_DIM),
            view->limit, tree.n_nodes - 1, style_end ());
  return STATUS_OK;
}
