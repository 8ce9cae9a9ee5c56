/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/report-rows.h"

/* The tree is made from its root by splitting the stacks below a node by their next function, depth
 * first: no table of nodes to look up in, and the stacks of a small group stay in the cache. */

enum { NO_CHILD = 0 };

/* A node whose children are to be made, from the n stacks of builder->group from `first` on. */
typedef struct {
  uint32_t node, first, n, depth;
} Pending;

typedef struct {
  const ProfReport *report;
  ProfTreeDirection direction;
  PROF_VEC (uint32_t) frames; /* of all stacks, each from the root of the tree on */
  size_t *starts;             /* of each stack in frames; one more entry than stacks */
  uint32_t *group;            /* stacks; those below one node are together */
  uint32_t *scratch;
  uint32_t *child_of; /* by function: the child made for it by the split that is going on */
  PROF_VEC (Pending) pending;
  PROF_VEC (ProfReportNode) nodes;
} Builder;

static int
init (Builder *builder, const ProfReport *report, ProfTreeDirection direction)
{
  size_t n = report->stacks.n;
  *builder = (Builder){ .report = report, .direction = direction };
  builder->starts = malloc ((n + 1) * sizeof *builder->starts);
  builder->group = malloc ((n + 1) * sizeof *builder->group);
  builder->scratch = malloc ((n + 1) * sizeof *builder->scratch);
  builder->child_of = calloc (report->functions.n + 1, sizeof *builder->child_of);
  if (builder->starts == NULL || builder->group == NULL || builder->scratch == NULL
      || builder->child_of == NULL)
    return -ENOMEM;
  for (uint32_t i = 0; i < n; i++)
    builder->group[i] = i;
  return 0;
}

static void
finish (Builder *builder)
{
  prof_vec_clear (&builder->frames);
  free (builder->starts);
  free (builder->group);
  free (builder->scratch);
  free (builder->child_of);
  prof_vec_clear (&builder->pending);
  prof_vec_clear (&builder->nodes);
}

static void
reverse (uint32_t *items, size_t n)
{
  for (size_t i = 0; i < n / 2; i++) {
    uint32_t item = items[i];
    items[i] = items[n - 1 - i];
    items[n - 1 - i] = item;
  }
}

static int
gather_frames (Builder *builder)
{
  const ProfReport *report = builder->report;
  for (size_t i = 0; i < report->stacks.n; i++) {
    size_t start = builder->starts[i] = builder->frames.n;
    ProfReportCursor cursor = prof_report_start (report, &report->stacks.items[i]);
    uint32_t function;
    while (prof_report_next (&cursor, &function))
      if (prof_vec_push (&builder->frames, function) < 0)
        return -ENOMEM;
    if (builder->direction == PROF_TREE_TOP_DOWN && builder->frames.n > start)
      reverse (builder->frames.items + start, builder->frames.n - start);
    if (builder->frames.n - start > UINT32_MAX)
      return -EOVERFLOW;
  }
  builder->starts[report->stacks.n] = builder->frames.n;
  return 0;
}

static int
add_node (Builder *builder, uint32_t parent, uint32_t function)
{
  if (builder->nodes.n >= UINT32_MAX)
    return -EOVERFLOW;
  return prof_vec_push (&builder->nodes,
                        (ProfReportNode){ .function = function, .parent = parent });
}

/* All that is below a node with one stack: a path. */
static int
add_path (Builder *builder, const Pending *pending)
{
  uint32_t stack = builder->group[pending->first], parent = pending->node;
  int64_t value = builder->report->stacks.items[stack].value;
  for (size_t i = builder->starts[stack] + pending->depth; i < builder->starts[stack + 1]; i++) {
    int r = add_node (builder, parent, builder->frames.items[i]);
    if (r < 0)
      return r;
    uint32_t child = (uint32_t)builder->nodes.n - 1;
    builder->nodes.items[child].total = value;
    builder->nodes.items[parent].first_child = child;
    builder->nodes.items[parent].n_children = 1;
    parent = child;
  }
  builder->nodes.items[parent].self = value;
  return 0;
}

static bool
has_frame (const Builder *builder, uint32_t stack, uint32_t depth)
{
  return builder->starts[stack + 1] - builder->starts[stack] > depth;
}

static uint32_t
get_frame (const Builder *builder, uint32_t stack, uint32_t depth)
{
  return builder->frames.items[builder->starts[stack] + depth];
}

/* Makes the children of a node and sums what is below them. Until they are split themselves, their
 * n_children is their number of stacks. */
static int
add_children (Builder *builder, const Pending *pending)
{
  for (uint32_t i = pending->first; i < pending->first + pending->n; i++) {
    uint32_t stack = builder->group[i];
    int64_t value = builder->report->stacks.items[stack].value;
    if (!has_frame (builder, stack, pending->depth)) {
      int64_t *self = &builder->nodes.items[pending->node].self;
      *self = prof_add_saturated (*self, value);
      continue;
    }
    uint32_t function = get_frame (builder, stack, pending->depth);
    if (builder->child_of[function] == NO_CHILD) {
      int r = add_node (builder, pending->node, function);
      if (r < 0)
        return r;
      builder->child_of[function] = (uint32_t)builder->nodes.n - 1;
    }
    ProfReportNode *child = &builder->nodes.items[builder->child_of[function]];
    child->total = prof_add_saturated (child->total, value);
    child->n_children++;
  }
  return 0;
}

/* Puts the stacks of each child together. Until they are split themselves, the children's
 * first_child is the end of their stacks. */
static void
group_stacks (Builder *builder, const Pending *pending, uint32_t first_child)
{
  uint32_t n = 0;
  for (size_t i = first_child; i < builder->nodes.n; i++) {
    builder->nodes.items[i].first_child = pending->first + n;
    n += builder->nodes.items[i].n_children;
  }
  for (uint32_t i = pending->first; i < pending->first + pending->n; i++) {
    uint32_t stack = builder->group[i];
    if (!has_frame (builder, stack, pending->depth))
      continue;
    uint32_t child = builder->child_of[get_frame (builder, stack, pending->depth)];
    builder->scratch[builder->nodes.items[child].first_child++] = stack;
  }
  memcpy (builder->group + pending->first, builder->scratch + pending->first,
          n * sizeof *builder->group);
}

static int
compare_nodes (const void *a, const void *b)
{
  const ProfReportNode *x = a, *y = b;
  uint64_t x_total = prof_magnitude (x->total), y_total = prof_magnitude (y->total);
  if (x_total != y_total)
    return x_total > y_total ? -1 : 1;
  return x->function < y->function ? -1 : x->function > y->function;
}

static int
push_children (Builder *builder, const Pending *pending, uint32_t first_child)
{
  uint32_t n = (uint32_t)builder->nodes.n - first_child;
  ProfReportNode *children = builder->nodes.items + first_child;
  qsort (children, n, sizeof *children, compare_nodes);
  if (prof_vec_reserve (&builder->pending, n) < 0)
    return -ENOMEM;
  for (uint32_t i = 0; i < n; i++) {
    ProfReportNode *child = &children[i];
    builder->child_of[child->function] = NO_CHILD;
    builder->pending.items[builder->pending.n++]
        = (Pending){ first_child + i, child->first_child - child->n_children, child->n_children,
                     pending->depth + 1 };
    child->first_child = child->n_children = 0;
  }
  builder->nodes.items[pending->node].first_child = first_child;
  builder->nodes.items[pending->node].n_children = n;
  return 0;
}

static int
split (Builder *builder, const Pending *pending)
{
  if (pending->n == 1)
    return add_path (builder, pending);
  uint32_t first_child = (uint32_t)builder->nodes.n;
  int r = add_children (builder, pending);
  if (r < 0 || builder->nodes.n == first_child)
    return r;
  group_stacks (builder, pending, first_child);
  return push_children (builder, pending, first_child);
}

static int
build (Builder *builder)
{
  int r = gather_frames (builder);
  if (r == 0)
    r = add_node (builder, 0, 0);
  if (r < 0)
    return r;
  builder->nodes.items[0].total = builder->report->total;
  Pending root = { .n = (uint32_t)builder->report->stacks.n };
  r = prof_vec_push (&builder->pending, root);
  while (r == 0 && builder->pending.n > 0) {
    Pending pending = builder->pending.items[--builder->pending.n];
    r = split (builder, &pending);
  }
  return r;
}

static int
make_tree (const ProfReport *report, ProfTreeDirection direction, ProfReportTree *tree)
{
  Builder builder;
  int r = init (&builder, report, direction);
  if (r == 0)
    r = build (&builder);
  if (r == 0) {
    tree->n = builder.nodes.n;
    tree->nodes = steal (&builder.nodes.items);
  }
  finish (&builder);
  return r;
}

int
prof_report_get_tree (ProfReport *report,
                      ProfTreeDirection direction,
                      const ProfReportNode **ret,
                      size_t *ret_n)
{
  if (direction != PROF_TREE_TOP_DOWN && direction != PROF_TREE_BOTTOM_UP)
    return -EINVAL;
  ProfReportTree *tree = &report->trees[direction];
  int r = tree->nodes == NULL ? make_tree (report, direction, tree) : 0;
  if (r < 0)
    return r;
  *ret = tree->nodes;
  *ret_n = tree->n;
  return 0;
}
