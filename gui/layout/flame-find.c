/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-find.h"

#include <stdlib.h>
#include <string.h>

static uint32_t
find_node (const PyroFlameTree *tree, const uint8_t *is_wanted)
{
  uint32_t widest = 0, n = pyro_flame_tree_get_n_nodes (tree);
  double weight = 0;
  for (uint32_t i = 1; i < n; i++) {
    const PyroFlameNode *node = pyro_flame_tree_get_node (tree, i);
    if (node->weight > weight && is_wanted[node->function]) {
      widest = i;
      weight = node->weight;
    }
  }
  return widest;
}

static bool
has_wanted (const PyroFlameShape *shape, uint32_t stack, const uint8_t *is_wanted)
{
  const uint32_t *frames = shape->frames + shape->stacks[stack].start;
  for (uint32_t i = 0; i < shape->stacks[stack].n; i++)
    if (is_wanted[frames[i]])
      return true;
  return false;
}

static uint32_t
find_child (PyroFlameTree *tree, uint32_t node, uint32_t function)
{
  uint32_t n, first = pyro_flame_tree_get_children (tree, node, &n);
  for (uint32_t i = first; i < first + n; i++)
    if (pyro_flame_tree_get_node (tree, i)->function == function)
      return i;
  return 0;
}

static uint32_t
follow_stack (PyroFlameTree *tree, uint32_t stack, const uint8_t *is_wanted)
{
  const PyroFlameShape *shape = pyro_flame_tree_get_stacks (tree)->shape;
  uint32_t node = 0;
  const uint32_t *frames = shape->frames + shape->stacks[stack].start;
  for (uint32_t i = 0; i < shape->stacks[stack].n; i++) {
    node = find_child (tree, node, frames[i]);
    if (node == 0 || is_wanted[frames[i]])
      break;
  }
  return node;
}

uint32_t
pyro_flame_find_widest (PyroFlameTree *tree, const uint8_t *is_wanted)
{
  uint32_t node = find_node (tree, is_wanted);
  if (node != 0)
    return node;
  const PyroFlameStacks *stacks = pyro_flame_tree_get_stacks (tree);
  uint32_t widest = 0;
  double weight = 0;
  for (uint32_t i = 0; i < stacks->shape->n; i++)
    if (stacks->weights[i] > weight && has_wanted (stacks->shape, i, is_wanted)) {
      widest = i;
      weight = stacks->weights[i];
    }
  return weight > 0 ? follow_stack (tree, widest, is_wanted) : 0;
}

uint32_t
pyro_flame_find_name (PyroFlameTree *tree, const char *name)
{
  const PyroFlameFunctions *functions = pyro_flame_tree_get_functions (tree);
  uint8_t *is_wanted = calloc (functions->n + 1, sizeof *is_wanted);
  if (is_wanted == NULL)
    return 0;
  bool is_known = false;
  for (uint32_t i = 0; i < functions->n; i++) {
    is_wanted[i] = strcmp (functions->items[i].name, name) == 0;
    is_known |= is_wanted[i];
  }
  uint32_t node = is_known ? pyro_flame_find_widest (tree, is_wanted) : 0;
  free (is_wanted);
  return node;
}
