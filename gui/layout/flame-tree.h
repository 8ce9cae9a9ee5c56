/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include "flame-stacks.h"

/* Node 0 is the root and stands for all stacks. Children of a node are contiguous, the widest
 * first, and lie side by side from the start of their parent on; what is left at the parent's end
 * is its own. */
typedef struct {
  uint32_t parent;
  uint32_t first_child, n_children; /* while it is not open: its stacks */
  uint32_t function : 31;           /* unused in the root */
  uint32_t is_open : 1;
  int64_t total;
  double start, weight;
} PyroFlameNode;

/* The merged call tree of a profile. Only what is wide is made at once; narrow nodes get their
 * children when these are asked for, which costs no more than a few thousand stacks. So a tree of
 * many millions of nodes is there as fast as one of thousands, and takes no more room than what of
 * it was looked at. One thread at a time; the functions and stacks may be read by all. */
typedef struct PyroFlameTree PyroFlameTree;

/* `shape` has to fit the profile. 0, -EINVAL (no such sample type), -ENOMEM. Takes a reference to
 * the shape. */
int pyro_flame_tree_new (PyroFlameShape *shape,
                         const ProfProfile *profile,
                         unsigned value_type,
                         PyroFlameTree **ret);
PyroFlameTree *pyro_flame_tree_ref (PyroFlameTree *tree);
PyroFlameTree *pyro_flame_tree_unref (PyroFlameTree *tree); /* returns NULL */

const PyroFlameFunctions *pyro_flame_tree_get_functions (const PyroFlameTree *tree);
const PyroFlameStacks *pyro_flame_tree_get_stacks (const PyroFlameTree *tree);
uint32_t pyro_flame_tree_get_n_nodes (const PyroFlameTree *tree); /* that were made */

/* Borrowed until children are asked for. */
const PyroFlameNode *pyro_flame_tree_get_node (const PyroFlameTree *tree, uint32_t node);
/* NULL for the root. */
const PyroFlameFunction *pyro_flame_tree_get_function (const PyroFlameTree *tree, uint32_t node);
/* 0 for the root. */
uint32_t pyro_flame_tree_get_depth (const PyroFlameTree *tree, uint32_t node);
/* The number of the first child, or 0 if there is none (or no memory for it). */
uint32_t pyro_flame_tree_get_children (PyroFlameTree *tree, uint32_t node, uint32_t *ret_n);
/* The same for who knows the depth of the node: in a very deep tree it takes long to count. */
uint32_t pyro_flame_tree_get_children_at (PyroFlameTree *tree,
                                          uint32_t node,
                                          uint32_t depth,
                                          uint32_t *ret_n);
/* The total without those of the children. */
int64_t pyro_flame_tree_get_self (PyroFlameTree *tree, uint32_t node);
/* The child of that name, or 0. */
uint32_t pyro_flame_tree_find_child (PyroFlameTree *tree, uint32_t node, const char *name);
