/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "comparison.h"

#include <errno.h>
#include <string.h>

#include "function-map.h"
#include "input.h"
#include "message.h"

static uint64_t
magnitude (int64_t value)
{
  return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static int64_t
add (int64_t a, int64_t b)
{
  int64_t sum;
  if (__builtin_add_overflow (a, b, &sum))
    return a < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

/* Less than the least value does not exist. */
static int64_t
negate (int64_t value)
{
  return value == INT64_MIN ? INT64_MAX : -value;
}

static int
make_change (Comparison *comparison, ProfProfile *difference, unsigned value_type)
{
  ProfError error = PROF_ERROR_INIT;
  *comparison = (Comparison){ 0 };
  if (prof_report_new (difference, value_type, &comparison->change, &error) < 0) {
    fail (&error);
    return -1;
  }
  comparison->functions = prof_report_get_functions (comparison->change, &comparison->n_functions);
  comparison->base_total = prof_report_get_base_total (comparison->change);
  comparison->new_total = add (prof_report_get_total (comparison->change), comparison->base_total);
  return 0;
}

static int
make_base (Comparison *comparison, ProfProfile *difference, unsigned value_type)
{
  ProfError error = PROF_ERROR_INIT;
  ProfFilter filter = PROF_FILTER_INIT;
  filter.label_focus = "^pprof::base=true$";
  cleanup (prof_profile_unref) ProfProfile *base = NULL;
  if (prof_profile_filter (difference, &filter, &base, &error) < 0
      || prof_report_new (base, value_type, &comparison->base, &error) < 0) {
    fail (&error);
    return -1;
  }
  return 0;
}

static uint64_t
get_distance (int64_t base, int64_t new)
{
  return magnitude (add (new, negate (base)));
}

static int
compare_rows (const void *a, const void *b)
{
  const ComparisonRow *x = a, *y = b;
  uint64_t self_x = get_distance (x->base_self, x->new_self);
  uint64_t self_y = get_distance (y->base_self, y->new_self);
  if (self_x != self_y)
    return self_x < self_y ? 1 : -1;
  uint64_t total_x = get_distance (x->base_total, x->new_total);
  uint64_t total_y = get_distance (y->base_total, y->new_total);
  if (total_x != total_y)
    return total_x < total_y ? 1 : -1;
  return (x->index > y->index) - (x->index < y->index);
}

static void
finish_row (ComparisonRow *row, uint32_t index, int64_t self_change, int64_t total_change)
{
  row->index = index;
  row->new_self = add (self_change, row->base_self);
  row->new_total = add (total_change, row->base_total);
}

int
comparison_init_functions (Comparison *comparison, ProfProfile *difference, unsigned value_type)
{
  if (make_change (comparison, difference, value_type) < 0)
    return -1;
  comparison->rows = calloc (comparison->n_functions + 1, sizeof *comparison->rows);
  if (comparison->rows == NULL) {
    fail_out_of_memory ();
    return -1;
  }
  for (size_t i = 0; i < comparison->n_functions; i++) {
    const ProfReportFunction *function = &comparison->functions[i];
    ComparisonRow *row = &comparison->rows[i];
    row->base_self = function->base_self;
    row->base_total = function->base_total;
    finish_row (row, (uint32_t)i, function->self, function->total);
  }
  comparison->n_rows = comparison->n_functions;
  qsort (comparison->rows, comparison->n_rows, sizeof *comparison->rows, compare_rows);
  return 0;
}

typedef struct {
  const ProfReportNode *nodes;
  uint32_t parent, function;
} ChildKey;

static int
compare_nodes (const void *a, const void *b, void *nodes)
{
  const ProfReportNode *all = nodes, *x = &all[*(const uint32_t *)a],
                       *y = &all[*(const uint32_t *)b];
  if (x->parent != y->parent)
    return x->parent < y->parent ? -1 : 1;
  return (x->function > y->function) - (x->function < y->function);
}

static int
compare_key (const void *key_, const void *node_)
{
  const ChildKey *key = key_;
  const ProfReportNode *node = &key->nodes[*(const uint32_t *)node_];
  if (key->parent != node->parent)
    return key->parent < node->parent ? -1 : 1;
  return (key->function > node->function) - (key->function < node->function);
}

/* All but the root, by parent and function. */
static uint32_t *
sort_nodes (const ProfReportNode *nodes, size_t n)
{
  uint32_t *order = calloc (n, sizeof *order);
  if (order == NULL)
    return NULL;
  for (size_t i = 1; i < n; i++)
    order[i - 1] = (uint32_t)i;
  qsort_r (order, n - 1, sizeof *order, compare_nodes, (void *)nodes);
  return order;
}

/* Gives each node of the base's tree to the row of the same stack in the change's tree. */
static int
join_trees (Comparison *comparison, const ProfReportNode *base, size_t n_base)
{
  size_t n_functions;
  const ProfReportFunction *functions = prof_report_get_functions (comparison->base, &n_functions);
  cleanup (free) uint32_t *function_map
      = map_functions (functions, n_functions, comparison->functions, comparison->n_functions);
  cleanup (free) uint32_t *order = sort_nodes (comparison->nodes, comparison->n_nodes);
  cleanup (free) uint32_t *node_map = calloc (n_base, sizeof *node_map);
  if (function_map == NULL || order == NULL || node_map == NULL)
    return -ENOMEM;
  for (size_t i = 1; i < n_base; i++) {
    ChildKey key = { comparison->nodes, node_map[base[i].parent], function_map[base[i].function] };
    const uint32_t *found
        = bsearch (&key, order, comparison->n_nodes - 1, sizeof *order, compare_key);
    if (found == NULL)
      continue;
    node_map[i] = *found;
    comparison->rows[*found].base_self = negate (base[i].self);
    comparison->rows[*found].base_total = negate (base[i].total);
  }
  return 0;
}

/* A node that no sample ends in is no stack. */
static void
keep_stacks (Comparison *comparison)
{
  size_t n = 0;
  for (size_t i = 1; i < comparison->n_nodes; i++) {
    ComparisonRow row = comparison->rows[i];
    finish_row (&row, (uint32_t)i, comparison->nodes[i].self, comparison->nodes[i].total);
    if (row.base_self != 0 || row.new_self != 0)
      comparison->rows[n++] = row;
  }
  comparison->n_rows = n;
}

int
comparison_init_stacks (Comparison *comparison, ProfProfile *difference, unsigned value_type)
{
  if (make_change (comparison, difference, value_type) < 0
      || make_base (comparison, difference, value_type) < 0)
    return -1;
  const ProfReportNode *base;
  size_t n_base;
  int r = prof_report_get_tree (comparison->change, PROF_TREE_TOP_DOWN, &comparison->nodes,
                                &comparison->n_nodes);
  if (r == 0)
    r = prof_report_get_tree (comparison->base, PROF_TREE_TOP_DOWN, &base, &n_base);
  if (r == 0)
    comparison->rows = calloc (comparison->n_nodes, sizeof *comparison->rows);
  if (r < 0 || comparison->rows == NULL || join_trees (comparison, base, n_base) < 0) {
    fail_out_of_memory ();
    return -1;
  }
  keep_stacks (comparison);
  qsort (comparison->rows, comparison->n_rows, sizeof *comparison->rows, compare_rows);
  return 0;
}

void
comparison_finish (Comparison *comparison)
{
  free (comparison->rows);
  prof_report_free (comparison->change);
  prof_report_free (comparison->base);
  *comparison = (Comparison){ 0 };
}
