/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/stack-tree.h"

#include "base/hash.h"

int
prof_stack_tree_init (ProfStackTree *tree)
{
  *tree = (ProfStackTree){ .max_nodes = UINT32_MAX };
  int r = prof_vec_push (&tree->nodes, (ProfStackNode){ 0, 0 });
  return r < 0 ? r : prof_vec_push (&tree->latest_children, 0);
}

void
prof_stack_tree_finish (ProfStackTree *tree)
{
  prof_vec_clear (&tree->nodes);
  prof_vec_clear (&tree->latest_children);
  prof_hash_index_clear (&tree->index);
}

void
prof_stack_tree_reset (ProfStackTree *tree)
{
  tree->nodes.n = 1;
  tree->latest_children.n = 1;
  tree->latest_children.items[0] = 0;
  prof_hash_index_reset (&tree->index);
}

static bool
node_equals (const void *nodes, uint32_t row, const void *key)
{
  const ProfStackNode *a = (const ProfStackNode *)nodes + row, *b = key;
  return a->frame == b->frame && a->parent == b->parent;
}

static int
add_node (ProfStackTree *tree, ProfStackNode node, uint64_t hash)
{
  if (tree->nodes.n >= tree->max_nodes)
    return -ENOSPC;
  if (prof_vec_reserve (&tree->nodes, 1) < 0 || prof_vec_reserve (&tree->latest_children, 1) < 0
      || prof_hash_index_add (&tree->index, hash, (uint32_t)tree->nodes.n) < 0)
    return -ENOMEM;
  tree->nodes.items[tree->nodes.n++] = node;
  tree->latest_children.items[tree->latest_children.n++] = 0;
  return 0;
}

int
prof_stack_tree_add_child (ProfStackTree *tree, uint32_t parent, uint32_t frame, uint32_t *ret)
{
  uint32_t latest = tree->latest_children.items[parent];
  if (latest != 0 && tree->nodes.items[latest].frame == frame) {
    *ret = latest;
    return 0;
  }
  ProfStackNode node = { parent, frame };
  uint64_t hash = prof_hash_word (parent, frame);
  uint32_t row = prof_hash_index_find (&tree->index, hash, node_equals, tree->nodes.items, &node);
  if (row == PROF_HASH_INDEX_NONE) {
    row = (uint32_t)tree->nodes.n;
    int r = add_node (tree, node, hash);
    if (r < 0)
      return r;
  }
  tree->latest_children.items[parent] = row;
  *ret = row;
  return 0;
}

int
prof_stack_tree_add (ProfStackTree *tree,
                     const uint32_t *frames,
                     size_t n_frames,
                     uint32_t *ret_node)
{
  uint32_t node = 0;
  for (size_t i = n_frames; i-- > 0;) {
    int r = prof_stack_tree_add_child (tree, node, frames[i], &node);
    if (r < 0)
      return r;
  }
  *ret_node = node;
  return 0;
}

size_t
prof_stack_tree_get (const ProfStackTree *tree, uint32_t node, uint32_t *frames, size_t max)
{
  size_t n = 0;
  for (; node != 0; node = tree->nodes.items[node].parent) {
    if (n < max)
      frames[n] = tree->nodes.items[node].frame;
    n++;
  }
  return n;
}
