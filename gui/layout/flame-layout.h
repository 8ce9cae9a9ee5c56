/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "flame-tree.h"

/* A part of the root's weight, which fills the width of the picture. */
typedef struct {
  double start, weight;
} PyroFlameRange;

/* In whole pixels from the left edge, cut at both edges. Siblings that are too narrow to be seen
 * one by one share a box: then n_merged is more than 1 and `node` the first of them. */
typedef struct {
  int32_t x, width;
  uint32_t node, n_merged;
} PyroFlameBox;

/* The boxes that are visible in a range, row by row, each row from left to right. */
typedef struct {
  PyroFlameBox *boxes;
  uint32_t n_boxes, n_boxes_allocated;
  uint32_t *rows; /* the first box of each; one more entry than rows */
  uint32_t n_rows, n_rows_allocated;
} PyroFlameLayout;

/* Lays all rows out anew; costs what is visible. 0 or -ENOMEM (then nothing is laid out). A zeroed
 * layout is empty. */
int pyro_flame_layout_update (PyroFlameLayout *layout,
                              PyroFlameTree *tree,
                              const PyroFlameRange *range,
                              int width);
void pyro_flame_layout_finish (PyroFlameLayout *layout);

/* The box at x in a row, or NULL. */
const PyroFlameBox *pyro_flame_layout_find (const PyroFlameLayout *layout, uint32_t row, double x);
/* The box of a node that has one of its own in that row, or NULL. */
const PyroFlameBox *pyro_flame_layout_find_node (const PyroFlameLayout *layout,
                                                 uint32_t row,
                                                 uint32_t node);

/* What a box covers, also beyond the edges. */
PyroFlameRange pyro_flame_box_get_range (const PyroFlameBox *box, const PyroFlameTree *tree);
