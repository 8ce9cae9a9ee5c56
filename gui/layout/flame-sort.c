/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-sort.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Groups of stacks that begin alike are split by their next function, level by level; what is few
 * enough is sorted by comparing. */

enum { FEW = 16 };

typedef struct {
  uint32_t first, n, depth; /* n stacks of the order that have `depth` frames in common */
} Group;

typedef struct {
  uint32_t function, n, next; /* number of stacks, and where the next one goes */
} Part;

typedef struct {
  const uint32_t *frames;
  const PyroFlameStack *stacks;
  uint32_t *order, *common;
  uint32_t *scratch; /* of the order */
  uint32_t *part_of; /* by function: 1 + its part in the split that is going on */
  Part *parts;
  Group *groups; /* still to be split: more than FEW each, so there can't be many */
  uint32_t n_parts, n_groups;
} Sorter;

static uint32_t
count_common (const Sorter *sorter, uint32_t a, uint32_t b, uint32_t depth)
{
  const PyroFlameStack *x = &sorter->stacks[a], *y = &sorter->stacks[b];
  uint32_t n = x->n < y->n ? x->n : y->n;
  while (depth < n && sorter->frames[x->start + depth] == sorter->frames[y->start + depth])
    depth++;
  return depth;
}

static bool
comes_before (const Sorter *sorter, uint32_t a, uint32_t b, uint32_t depth)
{
  const PyroFlameStack *x = &sorter->stacks[a], *y = &sorter->stacks[b];
  depth = count_common (sorter, a, b, depth);
  if (depth == x->n || depth == y->n)
    return x->n < y->n;
  return sorter->frames[x->start + depth] < sorter->frames[y->start + depth];
}

static void
sort_few (Sorter *sorter, const Group *group)
{
  uint32_t *order = sorter->order + group->first;
  for (uint32_t i = 1; i < group->n; i++) {
    uint32_t stack = order[i], place = i;
    for (; place > 0 && comes_before (sorter, stack, order[place - 1], group->depth); place--)
      order[place] = order[place - 1];
    order[place] = stack;
  }
  for (uint32_t i = 1; i < group->n; i++)
    sorter->common[group->first + i] = count_common (sorter, order[i - 1], order[i], group->depth);
}

/* The next function of a stack; NULL: it ends. */
static const uint32_t *
get_next (const Sorter *sorter, const Group *group, uint32_t stack)
{
  const PyroFlameStack *it = &sorter->stacks[stack];
  return group->depth < it->n ? &sorter->frames[it->start + group->depth] : NULL;
}

static void
count_parts (Sorter *sorter, const Group *group)
{
  sorter->n_parts = 0;
  for (uint32_t i = group->first; i < group->first + group->n; i++) {
    const uint32_t *function = get_next (sorter, group, sorter->order[i]);
    if (function == NULL)
      continue;
    if (sorter->part_of[*function] == 0) {
      sorter->parts[sorter->n_parts++] = (Part){ .function = *function };
      sorter->part_of[*function] = sorter->n_parts;
    }
    sorter->parts[sorter->part_of[*function] - 1].n++;
  }
}

/* The one that ends here is the first. */
static void
distribute (Sorter *sorter, const Group *group)
{
  uint32_t place = group->first + group->n;
  for (uint32_t i = sorter->n_parts; i > 0; i--)
    sorter->parts[i - 1].next = place -= sorter->parts[i - 1].n;
  for (uint32_t i = group->first; i < group->first + group->n; i++) {
    uint32_t stack = sorter->order[i];
    const uint32_t *function = get_next (sorter, group, stack);
    if (function == NULL)
      sorter->scratch[group->first] = stack;
    else
      sorter->scratch[sorter->parts[sorter->part_of[*function] - 1].next++] = stack;
  }
  memcpy (sorter->order + group->first, sorter->scratch + group->first,
          group->n * sizeof *sorter->order);
}

static void
add_group (Sorter *sorter, const Group *group)
{
  if (group->n > FEW)
    sorter->groups[sorter->n_groups++] = *group;
  else
    sort_few (sorter, group);
}

static void
split (Sorter *sorter, Group group)
{
  count_parts (sorter, &group);
  bool is_one = sorter->n_parts == 1 && sorter->parts[0].n == group.n;
  if (!is_one)
    distribute (sorter, &group);
  for (uint32_t i = 0; i < sorter->n_parts; i++) {
    const Part *part = &sorter->parts[i];
    uint32_t first = is_one ? group.first : part->next - part->n;
    sorter->part_of[part->function] = 0;
    if (first > group.first)
      sorter->common[first] = group.depth;
    add_group (sorter, &(Group){ first, part->n, group.depth + 1 });
  }
}

int
pyro_flame_sort (const uint32_t *frames,
                 uint32_t n_functions,
                 const PyroFlameStack *stacks,
                 uint32_t n,
                 uint32_t *order,
                 uint32_t *common)
{
  Sorter sorter = {
    .frames = frames,
    .stacks = stacks,
    .order = order,
    .common = common,
    .scratch = malloc ((n + 1) * sizeof *sorter.scratch),
    .part_of = calloc (n_functions + 1, sizeof *sorter.part_of),
    .parts = malloc ((n_functions + 1) * sizeof *sorter.parts),
    .groups = malloc ((n / FEW + 1) * sizeof *sorter.groups),
  };
  int r = -ENOMEM;
  if (sorter.scratch != NULL && sorter.part_of != NULL && sorter.parts != NULL
      && sorter.groups != NULL) {
    for (uint32_t i = 0; i < n; i++)
      order[i] = i;
    common[0] = 0;
    add_group (&sorter, &(Group){ 0, n, 0 });
    while (sorter.n_groups > 0)
      split (&sorter, sorter.groups[--sorter.n_groups]);
    r = 0;
  }
  free (sorter.scratch);
  free (sorter.part_of);
  free (sorter.parts);
  free (sorter.groups);
  return r;
}
