/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-shape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As libprof's reports: against files whose locations stand for many lines each. */
static const uint64_t max_frames = 1 << 29;
static const uint32_t nowhere = UINT32_MAX;

typedef struct {
  uint32_t hash, stack_plus_1; /* 0: free */
} Slot;

typedef struct {
  PyroFlameShape *shape;
  const uint32_t *locations; /* of all stacks of the profile */
  size_t n_frames_allocated;
  Slot *slots;      /* open addressing */
  size_t n_slots;   /* a power of two */
  uint32_t *places; /* by function: where it is in the stack being made, or nowhere */
} Builder;

static uint64_t
count_frames (const Builder *builder, const ProfStack *stack)
{
  const uint32_t *starts = builder->shape->functions.starts;
  uint64_t n = 0;
  for (uint32_t i = 0; i < stack->n_locations; i++) {
    uint32_t location = builder->locations[stack->first_location + i];
    n += starts[location + 1] - starts[location];
  }
  return n;
}

/* Counts only where there might be no room. */
static int
reserve (Builder *builder, const ProfStack *stack)
{
  PyroFlameShape *shape = builder->shape;
  uint64_t at_most = (uint64_t)stack->n_locations * builder->shape->functions.max_lines;
  if (shape->n_frames + at_most < builder->n_frames_allocated)
    return 0;
  uint64_t n_wanted = shape->n_frames + count_frames (builder, stack) + 1;
  if (n_wanted > max_frames)
    return -EFBIG;
  if (n_wanted <= builder->n_frames_allocated)
    return 0;
  n_wanted += n_wanted / 2 + 1024;
  uint32_t *frames = realloc (shape->frames, n_wanted * sizeof *frames);
  if (frames == NULL)
    return -ENOMEM;
  shape->frames = frames;
  builder->n_frames_allocated = n_wanted;
  return 0;
}

/* Write the functions of a location, innermost or outermost first. Return their end. */
static inline uint32_t *
write_location (const PyroFlameFunctions *functions, uint32_t location, uint32_t *frame)
{
  for (uint32_t i = functions->starts[location]; i < functions->starts[location + 1]; i++)
    *frame++ = functions->frames[i];
  return frame;
}

static inline uint32_t *
write_location_back (const PyroFlameFunctions *functions, uint32_t location, uint32_t *frame)
{
  for (uint32_t i = functions->starts[location + 1]; i > functions->starts[location]; i--)
    *frame++ = functions->frames[i - 1];
  return frame;
}

/* Write the frames of a stack, the function that was running first or last. Return their end. Most
 * locations have one function: these need one look at memory. */
static uint32_t *
write_leaf_first (const Builder *builder, const ProfStack *stack, uint32_t *frame)
{
  const PyroFlameFunctions *functions = &builder->shape->functions;
  const uint32_t *locations = builder->locations + stack->first_location;
  for (uint32_t i = 0; i < stack->n_locations; i++) {
    *frame = functions->only[locations[i]];
    frame = *frame == PYRO_FLAME_SEVERAL ? write_location (functions, locations[i], frame)
                                         : frame + 1;
  }
  return frame;
}

static uint32_t *
write_root_first (const Builder *builder, const ProfStack *stack, uint32_t *frame)
{
  const PyroFlameFunctions *functions = &builder->shape->functions;
  const uint32_t *locations = builder->locations + stack->first_location;
  for (uint32_t i = stack->n_locations; i > 0; i--) {
    *frame = functions->only[locations[i - 1]];
    frame = *frame == PYRO_FLAME_SEVERAL ? write_location_back (functions, locations[i - 1], frame)
                                         : frame + 1;
  }
  return frame;
}

static void
reverse (uint32_t *frames, size_t n)
{
  for (size_t i = 0; i < n / 2; i++) {
    uint32_t frame = frames[i];
    frames[i] = frames[n - 1 - i];
    frames[n - 1 - i] = frame;
  }
}

/* Cuts what lies between a function and its next call out, outermost first: a b a b c becomes
 * a b c. Returns how many frames are left. */
static size_t
collapse (uint32_t *places, uint32_t *frames, size_t n)
{
  size_t n_left = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t function = frames[i], place = places[function];
    if (place == nowhere) {
      places[function] = (uint32_t)n_left;
      frames[n_left++] = function;
      continue;
    }
    while (n_left > place + 1)
      places[frames[--n_left]] = nowhere;
  }
  for (size_t i = 0; i < n_left; i++)
    places[frames[i]] = nowhere;
  return n_left;
}

static uint32_t
hash_frames (const uint32_t *frames, size_t n)
{
  uint64_t hash = n;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ frames[i]) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(hash >> 32);
}

static bool
is_stack (const PyroFlameShape *shape, uint32_t stack, const uint32_t *frames, size_t n)
{
  const PyroFlameStack *it = &shape->stacks[stack];
  return it->n == n && memcmp (shape->frames + it->start, frames, n * sizeof *frames) == 0;
}

/* The stack whose n frames lie behind those of the others: an older one that is equal, or new. */
static uint32_t
intern (Builder *builder, size_t n)
{
  PyroFlameShape *shape = builder->shape;
  const uint32_t *frames = shape->frames + shape->n_frames;
  uint32_t hash = hash_frames (frames, n);
  Slot *slot = &builder->slots[hash & (builder->n_slots - 1)];
  while (slot->stack_plus_1 != 0) {
    if (slot->hash == hash && is_stack (shape, slot->stack_plus_1 - 1, frames, n))
      return slot->stack_plus_1 - 1;
    slot = slot + 1 < builder->slots + builder->n_slots ? slot + 1 : builder->slots;
  }
  uint32_t stack = shape->n++;
  *slot = (Slot){ hash, stack + 1 };
  shape->stacks[stack] = (PyroFlameStack){ (uint32_t)shape->n_frames, (uint32_t)n };
  shape->n_frames += n;
  if (n > shape->n_levels)
    shape->n_levels = (uint32_t)n;
  return stack;
}

/* Behind the frames of the stacks. Returns how many. */
static size_t
write_frames (const Builder *builder, const ProfStack *stack)
{
  uint32_t *frames = builder->shape->frames + builder->shape->n_frames;
  if (builder->shape->order.is_bottom_up && !builder->shape->order.is_recursion_collapsed)
    return (size_t)(write_leaf_first (builder, stack, frames) - frames);
  size_t n = (size_t)(write_root_first (builder, stack, frames) - frames);
  if (builder->shape->order.is_recursion_collapsed)
    n = collapse (builder->places, frames, n);
  if (builder->shape->order.is_bottom_up)
    reverse (frames, n);
  return n;
}

static int
allocate (Builder *builder, size_t n_stacks)
{
  PyroFlameShape *shape = builder->shape;
  uint32_t n_functions = shape->functions.n;
  for (builder->n_slots = 64; builder->n_slots < n_stacks * 2;)
    builder->n_slots *= 2;
  shape->stacks = malloc ((n_stacks + 1) * sizeof *shape->stacks);
  shape->of_stacks = calloc (n_stacks + 1, sizeof *shape->of_stacks);
  builder->slots = calloc (builder->n_slots, sizeof *builder->slots);
  builder->places = malloc ((n_functions + 1) * sizeof *builder->places);
  if (shape->stacks == NULL || shape->of_stacks == NULL || builder->slots == NULL
      || builder->places == NULL)
    return -ENOMEM;
  memset (builder->places, 0xff, (n_functions + 1) * sizeof *builder->places);
  return 0;
}

static int
add_stacks (Builder *builder, const ProfStack *stacks, size_t n)
{
  int r = allocate (builder, n);
  for (size_t i = 0; r == 0 && i < n; i++) {
    r = reserve (builder, &stacks[i]);
    if (r == 0)
      builder->shape->of_stacks[i] = intern (builder, write_frames (builder, &stacks[i]));
  }
  free (builder->slots);
  free (builder->places);
  return r;
}

/* Renumbers the stacks by their order. */
static int
reorder (PyroFlameShape *shape, const uint32_t *order, size_t n_stacks)
{
  PyroFlameStack *stacks = malloc ((shape->n + 1) * sizeof *stacks);
  uint32_t *places = malloc ((shape->n + 1) * sizeof *places);
  if (stacks == NULL || places == NULL) {
    free (stacks);
    free (places);
    return -ENOMEM;
  }
  for (uint32_t i = 0; i < shape->n; i++) {
    stacks[i] = shape->stacks[order[i]];
    places[order[i]] = i;
  }
  for (size_t i = 0; i < n_stacks; i++)
    shape->of_stacks[i] = places[shape->of_stacks[i]];
  free (shape->stacks);
  shape->stacks = stacks;
  free (places);
  return 0;
}

static int
sort (PyroFlameShape *shape, size_t n_stacks)
{
  shape->common = malloc ((shape->n + 1) * sizeof *shape->common);
  uint32_t *order = malloc ((shape->n + 1) * sizeof *order);
  int r = -ENOMEM;
  if (shape->common != NULL && order != NULL)
    r = pyro_flame_sort (shape->frames, shape->functions.n, shape->stacks, shape->n, order,
                         shape->common);
  if (r == 0)
    r = reorder (shape, order, n_stacks);
  free (order);
  return r;
}

static int
build (PyroFlameShape *shape, ProfProfile *profile)
{
  Builder builder = { .shape = shape };
  ProfStack *stacks;
  uint32_t *rows;
  size_t n_stacks, n;
  int r = pyro_flame_functions_init (&shape->functions, profile);
  if (r < 0)
    return r;
  r = prof_profile_number_stacks (profile, &stacks, &n_stacks, &rows);
  if (r < 0)
    return r;
  builder.locations = prof_profile_get_stacks (profile, &n);
  r = add_stacks (&builder, stacks, n_stacks);
  if (r == 0)
    r = sort (shape, n_stacks);
  free (stacks);
  free (rows);
  return r;
}

int
pyro_flame_shape_new (ProfProfile *profile, const PyroFlameOrder *order, PyroFlameShape **ret)
{
  PyroFlameShape *shape = calloc (1, sizeof *shape);
  if (shape == NULL)
    return -ENOMEM;
  shape->n_references = 1;
  shape->order = *order;
  int r = build (shape, profile);
  *ret = r < 0 ? pyro_flame_shape_unref (shape) : shape;
  return r;
}

PyroFlameShape *
pyro_flame_shape_ref (PyroFlameShape *shape)
{
  atomic_fetch_add_explicit (&shape->n_references, 1, memory_order_relaxed);
  return shape;
}

PyroFlameShape *
pyro_flame_shape_unref (PyroFlameShape *shape)
{
  if (atomic_fetch_sub_explicit (&shape->n_references, 1, memory_order_acq_rel) > 1)
    return NULL;
  pyro_flame_functions_finish (&shape->functions);
  free (shape->frames);
  free (shape->stacks);
  free (shape->common);
  free (shape->of_stacks);
  free (shape);
  return NULL;
}

bool
pyro_flame_shape_fits (const PyroFlameShape *shape,
                       const ProfProfile *profile,
                       const PyroFlameOrder *order)
{
  const ProfProfile *own = shape->functions.profile;
  size_t n;
  return shape->order.is_bottom_up == order->is_bottom_up
         && shape->order.is_recursion_collapsed == order->is_recursion_collapsed
         && prof_profile_get_stacks (own, &n) == prof_profile_get_stacks (profile, &n)
         && prof_profile_get_locations (own, &n) == prof_profile_get_locations (profile, &n);
}

bool
pyro_flame_shape_is_akin (const PyroFlameShape *shape, const ProfProfile *profile)
{
  size_t n;
  return prof_profile_get_functions (shape->functions.profile, &n)
         == prof_profile_get_functions (profile, &n);
}
