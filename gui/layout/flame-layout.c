/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-layout.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Siblings below this share a box. */
static const double least_width = 2;

typedef struct {
  PyroFlameLayout *layout;
  PyroFlameTree *tree;
  PyroFlameRange range;
  double scale; /* pixels for a weight of 1 */
  int width;
} Pass;

static int
to_pixel (const Pass *pass, double position)
{
  double x = (position - pass->range.start) * pass->scale;
  return (int)floor (fmin (fmax (x, 0), pass->width) + 0.5);
}

static bool
grow (void **items, uint32_t *n_allocated, uint32_t n, size_t size)
{
  if (n < *n_allocated)
    return true;
  if (n > UINT32_MAX / 2)
    return false;
  void *grown = realloc (*items, (n * 2 + 64) * size);
  if (grown == NULL)
    return false;
  *items = grown;
  *n_allocated = n * 2 + 64;
  return true;
}

/* What rounds to nothing is left out. */
static bool
add_box (const Pass *pass, double start, double end, uint32_t node, uint32_t n_merged)
{
  PyroFlameLayout *layout = pass->layout;
  int x = to_pixel (pass, start), x_end = to_pixel (pass, end);
  if (x_end <= x)
    return true;
  if (!grow ((void **)&layout->boxes, &layout->n_boxes_allocated, layout->n_boxes,
             sizeof *layout->boxes))
    return false;
  layout->boxes[layout->n_boxes++] = (PyroFlameBox){ x, x_end - x, node, n_merged };
  return true;
}

static bool
begin_row (const Pass *pass)
{
  PyroFlameLayout *layout = pass->layout;
  if (!grow ((void **)&layout->rows, &layout->n_rows_allocated, layout->n_rows + 1,
             sizeof *layout->rows))
    return false;
  layout->rows[layout->n_rows] = layout->n_boxes;
  return true;
}

/* The first of n siblings that reaches beyond `position`. */
static uint32_t
find_sibling (const PyroFlameTree *tree, uint32_t first, uint32_t n, double position)
{
  while (n > 1) {
    const PyroFlameNode *last_of_half = pyro_flame_tree_get_node (tree, first + n / 2 - 1);
    if (last_of_half->start + last_of_half->weight > position) {
      n = n / 2;
    } else {
      first += n / 2;
      n -= n / 2;
    }
  }
  return first;
}

/* Siblings get narrower to the right: behind the first that is too narrow all are. */
static bool
add_children (const Pass *pass, uint32_t parent, uint32_t depth)
{
  uint32_t n, first = pyro_flame_tree_get_children_at (pass->tree, parent, depth, &n);
  if (n == 0)
    return true;
  double range_end = pass->range.start + pass->range.weight;
  uint32_t end = first + n;
  for (uint32_t i = find_sibling (pass->tree, first, n, pass->range.start); i < end; i++) {
    const PyroFlameNode *node = pyro_flame_tree_get_node (pass->tree, i);
    if (node->start >= range_end)
      break;
    if (node->weight * pass->scale < least_width && i + 1 < end) {
      const PyroFlameNode *last = pyro_flame_tree_get_node (pass->tree, end - 1);
      return add_box (pass, node->start, last->start + last->weight, i, end - i);
    }
    if (!add_box (pass, node->start, node->start + node->weight, i, 1))
      return false;
  }
  return true;
}

static bool
add_row (const Pass *pass)
{
  PyroFlameLayout *layout = pass->layout;
  uint32_t depth = layout->n_rows - 1, first = layout->rows[depth], end = layout->n_boxes;
  if (!begin_row (pass))
    return false;
  for (uint32_t i = first; i < end; i++)
    if (layout->boxes[i].n_merged == 1 && !add_children (pass, layout->boxes[i].node, depth))
      return false;
  return true;
}

static bool
add_rows (const Pass *pass)
{
  PyroFlameLayout *layout = pass->layout;
  const PyroFlameNode *root = pyro_flame_tree_get_node (pass->tree, 0);
  if (!begin_row (pass) || !add_box (pass, root->start, root->start + root->weight, 0, 1))
    return false;
  while (layout->n_boxes > layout->rows[layout->n_rows]) {
    layout->n_rows++;
    if (!add_row (pass))
      return false;
  }
  return true;
}

int
pyro_flame_layout_update (PyroFlameLayout *layout,
                          PyroFlameTree *tree,
                          const PyroFlameRange *range,
                          int width)
{
  layout->n_boxes = layout->n_rows = 0;
  if (width <= 0 || !(range->weight > 0))
    return 0;
  Pass pass = { layout, tree, *range, width / range->weight, width };
  if (add_rows (&pass))
    return 0;
  layout->n_boxes = layout->n_rows = 0;
  return -ENOMEM;
}

void
pyro_flame_layout_finish (PyroFlameLayout *layout)
{
  free (layout->boxes);
  free (layout->rows);
  *layout = (PyroFlameLayout){ 0 };
}

const PyroFlameBox *
pyro_flame_layout_find (const PyroFlameLayout *layout, uint32_t row, double x)
{
  if (row >= layout->n_rows)
    return NULL;
  uint32_t low = layout->rows[row], high = layout->rows[row + 1];
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const PyroFlameBox *box = &layout->boxes[middle];
    if (x < box->x)
      high = middle;
    else if (x >= box->x + box->width)
      low = middle + 1;
    else
      return box;
  }
  return NULL;
}

const PyroFlameBox *
pyro_flame_layout_find_node (const PyroFlameLayout *layout, uint32_t row, uint32_t node)
{
  if (row >= layout->n_rows)
    return NULL;
  for (uint32_t i = layout->rows[row]; i < layout->rows[row + 1]; i++)
    if (layout->boxes[i].node == node && layout->boxes[i].n_merged == 1)
      return &layout->boxes[i];
  return NULL;
}

PyroFlameRange
pyro_flame_box_get_range (const PyroFlameBox *box, const PyroFlameTree *tree)
{
  const PyroFlameNode *first = pyro_flame_tree_get_node (tree, box->node);
  const PyroFlameNode *last = pyro_flame_tree_get_node (tree, box->node + box->n_merged - 1);
  return (PyroFlameRange){ first->start, last->start + last->weight - first->start };
}
