/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* Stacks as paths of a prefix tree from the root: a stack is the 32-bit number of its leaf's node.
 * Frames are 32-bit numbers given by the caller. Node 0 is the root and no frame. */
typedef struct {
  uint32_t parent;
  uint32_t frame;
} ProfStackNode;

typedef struct {
  PROF_VEC (ProfStackNode) nodes;
  PROF_VEC (uint32_t) latest_children; /* of each node, tried before the index; 0: none yet */
  ProfHashIndex index;
  size_t max_nodes; /* set by init to what 32 bits can count; may be set lower */
} ProfStackTree;

int prof_stack_tree_init (ProfStackTree *tree);
void prof_stack_tree_finish (ProfStackTree *tree);
/* Forgets all stacks and keeps the memory. */
void prof_stack_tree_reset (ProfStackTree *tree);

/* The node of a stack given leaf first; node 0 for an empty one. Walks from the root, one table
 * look-up a frame. 0, -ENOMEM, -ENOSPC. */
int prof_stack_tree_add (ProfStackTree *tree,
                         const uint32_t *frames,
                         size_t n_frames,
                         uint32_t *ret_node);

/* The node of `frame` called from `parent`. 0, -ENOMEM, -ENOSPC. */
int prof_stack_tree_add_child (ProfStackTree *tree,
                               uint32_t parent,
                               uint32_t frame,
                               uint32_t *ret_node);

/* Writes the frames of a node leaf first; returns how many there are, also beyond `max`. */
size_t prof_stack_tree_get (const ProfStackTree *tree, uint32_t node, uint32_t *frames, size_t max);
