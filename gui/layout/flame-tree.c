/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-tree.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* What is opened at once: nodes of this share of the whole, and nodes of so many stacks that
 * opening them later would be felt. */
static const double open_share = 1.0 / 65536;
static const uint32_t open_stacks = 4096;
static const uint32_t max_nodes = INT32_MAX;

struct PyroFlameTree {
  atomic_uint n_references;
  PyroFlameStacks stacks;
  PyroFlameNode *nodes;
  uint32_t n_nodes, n_allocated;
  uint32_t *group;  /* the stacks that are in the profile, in the order of the shape */
  uint32_t *common; /* by entry of the group: frames in common with the one before it */
};

const PyroFlameFunctions *
pyro_flame_tree_get_functions (const PyroFlameTree *tree)
{
  return &tree->stacks.shape->functions;
}

const PyroFlameStacks *
pyro_flame_tree_get_stacks (const PyroFlameTree *tree)
{
  return &tree->stacks;
}

uint32_t
pyro_flame_tree_get_n_nodes (const PyroFlameTree *tree)
{
  return tree->n_nodes;
}

const PyroFlameNode *
pyro_flame_tree_get_node (const PyroFlameTree *tree, uint32_t node)
{
  return &tree->nodes[node];
}

const PyroFlameFunction *
pyro_flame_tree_get_function (const PyroFlameTree *tree, uint32_t node)
{
  return node == 0 ? NULL : &tree->stacks.shape->functions.items[tree->nodes[node].function];
}

uint32_t
pyro_flame_tree_get_depth (const PyroFlameTree *tree, uint32_t node)
{
  uint32_t depth = 0;
  for (; node != 0; node = tree->nodes[node].parent)
    depth++;
  return depth;
}

static int64_t
add_saturated (int64_t a, int64_t b)
{
  int64_t sum;
  if (__builtin_add_overflow (a, b, &sum))
    return b < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

static bool
add_node (PyroFlameTree *tree, uint32_t parent, uint32_t function)
{
  if (tree->n_nodes == tree->n_allocated) {
    uint32_t n = tree->n_allocated + tree->n_allocated / 2 + 64;
    PyroFlameNode *nodes = n > max_nodes ? NULL : realloc (tree->nodes, (size_t)n * sizeof *nodes);
    if (nodes == NULL)
      return false;
    tree->nodes = nodes;
    tree->n_allocated = n;
  }
  tree->nodes[tree->n_nodes++] = (PyroFlameNode){ .parent = parent, .function = function };
  return true;
}

/* A node that is being opened: n stacks of tree->group from `first` on, whose next frame is the
 * depth-th. */
typedef struct {
  uint32_t node, first, n, depth;
  uint32_t first_child;
} Opening;

static const uint32_t *
get_frame (const PyroFlameTree *tree, uint32_t stack, uint32_t depth)
{
  const PyroFlameShape *shape = tree->stacks.shape;
  const PyroFlameStack *it = &shape->stacks[stack];
  return depth < it->n ? &shape->frames[it->start + depth] : NULL;
}

/* The stacks of a child follow each other: a new one begins where less is in common. The stack that
 * ends at the node is the first. */
static bool
add_children (PyroFlameTree *tree, const Opening *opening)
{
  for (uint32_t i = opening->first; i < opening->first + opening->n; i++) {
    uint32_t stack = tree->group[i];
    if (i == opening->first || tree->common[i] <= opening->depth) {
      const uint32_t *function = get_frame (tree, stack, opening->depth);
      if (function == NULL)
        continue;
      if (!add_node (tree, opening->node, *function))
        return false;
      tree->nodes[tree->n_nodes - 1].first_child = i;
    }
    PyroFlameNode *child = &tree->nodes[tree->n_nodes - 1];
    child->total = add_saturated (child->total, tree->stacks.totals[stack]);
    child->weight += tree->stacks.weights[stack];
    child->n_children++;
  }
  return true;
}

static int
compare_nodes (const void *a, const void *b)
{
  const PyroFlameNode *x = a, *y = b;
  if (x->weight != y->weight)
    return x->weight > y->weight ? -1 : 1;
  return x->function < y->function ? -1 : x->function > y->function;
}

static void
place_children (PyroFlameTree *tree, const Opening *opening)
{
  double start = tree->nodes[opening->node].start;
  uint32_t n = tree->n_nodes - opening->first_child;
  qsort (tree->nodes + opening->first_child, n, sizeof *tree->nodes, compare_nodes);
  for (uint32_t i = opening->first_child; i < tree->n_nodes; i++) {
    PyroFlameNode *child = &tree->nodes[i];
    child->start = start;
    start += child->weight;
  }
}

static bool
open_node (PyroFlameTree *tree, uint32_t node, uint32_t depth)
{
  const PyroFlameNode *parent = &tree->nodes[node];
  Opening opening = { node, parent->first_child, parent->n_children, depth, tree->n_nodes };
  if (!add_children (tree, &opening)) {
    tree->n_nodes = opening.first_child;
    return false;
  }
  place_children (tree, &opening);
  tree->nodes[node].first_child = opening.first_child;
  tree->nodes[node].n_children = tree->n_nodes - opening.first_child;
  tree->nodes[node].is_open = true;
  return true;
}

/* Children come after all nodes of their parents' level, so one pass reaches all, level by level.
 */
static int
open_wide_nodes (PyroFlameTree *tree)
{
  double least = tree->nodes[0].weight * open_share;
  uint32_t depth = 0, level_end = 1;
  for (uint32_t i = 0; i < tree->n_nodes; i++) {
    if (i == level_end) {
      depth++;
      level_end = tree->n_nodes;
    }
    const PyroFlameNode *node = &tree->nodes[i];
    if (node->weight < least && node->n_children < open_stacks)
      continue;
    if (!open_node (tree, i, depth))
      return -ENOMEM;
  }
  return 0;
}

/* All that are in the profile are below the root. What two of them have in common is what all
 * between them have. */
static void
group_all (PyroFlameTree *tree)
{
  const PyroFlameShape *shape = tree->stacks.shape;
  PyroFlameNode *root = &tree->nodes[0];
  uint32_t common = UINT32_MAX;
  for (uint32_t i = 0; i < shape->n; i++) {
    if (shape->common[i] < common)
      common = shape->common[i];
    if (!(tree->stacks.weights[i] > 0))
      continue;
    tree->common[root->n_children] = common;
    tree->group[root->n_children++] = i;
    root->total = add_saturated (root->total, tree->stacks.totals[i]);
    root->weight += tree->stacks.weights[i];
    common = UINT32_MAX;
  }
}

static int
build (PyroFlameTree *tree, PyroFlameShape *shape, const ProfProfile *profile, unsigned value_type)
{
  int r = pyro_flame_stacks_init (&tree->stacks, shape, profile, value_type);
  if (r < 0)
    return r;
  tree->group = malloc ((shape->n + 1) * sizeof *tree->group);
  tree->common = malloc ((shape->n + 1) * sizeof *tree->common);
  if (tree->group == NULL || tree->common == NULL || !add_node (tree, 0, 0))
    return -ENOMEM;
  group_all (tree);
  return open_wide_nodes (tree);
}

int
pyro_flame_tree_new (PyroFlameShape *shape,
                     const ProfProfile *profile,
                     unsigned value_type,
                     PyroFlameTree **ret)
{
  PyroFlameTree *tree = calloc (1, sizeof *tree);
  if (tree == NULL)
    return -ENOMEM;
  tree->n_references = 1;
  int r = build (tree, shape, profile, value_type);
  if (r < 0)
    tree = pyro_flame_tree_unref (tree);
  *ret = tree;
  return r;
}

PyroFlameTree *
pyro_flame_tree_ref (PyroFlameTree *tree)
{
  atomic_fetch_add_explicit (&tree->n_references, 1, memory_order_relaxed);
  return tree;
}

PyroFlameTree *
pyro_flame_tree_unref (PyroFlameTree *tree)
{
  if (atomic_fetch_sub_explicit (&tree->n_references, 1, memory_order_acq_rel) > 1)
    return NULL;
  pyro_flame_stacks_finish (&tree->stacks);
  free (tree->nodes);
  free (tree->group);
  free (tree->common);
  free (tree);
  return NULL;
}

uint32_t
pyro_flame_tree_get_children_at (PyroFlameTree *tree,
                                 uint32_t node,
                                 uint32_t depth,
                                 uint32_t *ret_n)
{
  *ret_n = 0;
  if (!tree->nodes[node].is_open && !open_node (tree, node, depth))
    return 0;
  *ret_n = tree->nodes[node].n_children;
  return *ret_n == 0 ? 0 : tree->nodes[node].first_child;
}

uint32_t
pyro_flame_tree_get_children (PyroFlameTree *tree, uint32_t node, uint32_t *ret_n)
{
  uint32_t depth = tree->nodes[node].is_open ? 0 : pyro_flame_tree_get_depth (tree, node);
  return pyro_flame_tree_get_children_at (tree, node, depth, ret_n);
}

int64_t
pyro_flame_tree_get_self (PyroFlameTree *tree, uint32_t node)
{
  uint32_t n, first = pyro_flame_tree_get_children (tree, node, &n);
  int64_t self = tree->nodes[node].total;
  for (uint32_t i = first; i < first + n; i++)
    self = add_saturated (self,
                          tree->nodes[i].total == INT64_MIN ? INT64_MAX : -tree->nodes[i].total);
  return self;
}

uint32_t
pyro_flame_tree_find_child (PyroFlameTree *tree, uint32_t node, const char *name)
{
  uint32_t n, first = pyro_flame_tree_get_children (tree, node, &n);
  for (uint32_t i = first; i < first + n; i++)
    if (strcmp (pyro_flame_tree_get_function (tree, i)->name, name) == 0)
      return i;
  return 0;
}
