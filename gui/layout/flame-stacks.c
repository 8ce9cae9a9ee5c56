/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-stacks.h"

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
  PyroFlameStacks *stacks;
  const PyroFlameFunctions *functions;
  const uint32_t *locations; /* of all samples */
  PyroFlameOrder order;
  size_t n_frames_allocated;
  Slot *slots;      /* open addressing */
  size_t n_slots;   /* a power of two */
  uint32_t *places; /* by function: where it is in the stack being made, or nowhere */
} Builder;

static uint64_t
count_frames (const Builder *builder, const ProfSample *sample)
{
  const uint32_t *starts = builder->functions->starts;
  uint64_t n = 0;
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    uint32_t location = builder->locations[sample->first_location + i];
    n += starts[location + 1] - starts[location];
  }
  return n;
}

/* Counts only where there might be no room. */
static int
reserve (Builder *builder, const ProfSample *sample)
{
  PyroFlameStacks *stacks = builder->stacks;
  uint64_t at_most = (uint64_t)sample->n_locations * builder->functions->max_lines;
  if (stacks->n_frames + at_most < builder->n_frames_allocated)
    return 0;
  uint64_t n_wanted = stacks->n_frames + count_frames (builder, sample) + 1;
  if (n_wanted > max_frames)
    return -EFBIG;
  if (n_wanted <= builder->n_frames_allocated)
    return 0;
  n_wanted += n_wanted / 2 + 1024;
  uint32_t *frames = realloc (stacks->frames, n_wanted * sizeof *frames);
  if (frames == NULL)
    return -ENOMEM;
  stacks->frames = frames;
  builder->n_frames_allocated = n_wanted;
  return 0;
}

/* Writes the frames of a sample, the function that was running first. Returns their end. */
static uint32_t *
write_leaf_first (const Builder *builder, const ProfSample *sample, uint32_t *frame)
{
  const PyroFlameFunctions *functions = builder->functions;
  const uint32_t *locations = builder->locations + sample->first_location;
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    uint32_t first = functions->starts[locations[i]], end = functions->starts[locations[i] + 1];
    for (uint32_t j = first; j < end; j++)
      *frame++ = functions->frames[j];
  }
  return frame;
}

static uint32_t *
write_root_first (const Builder *builder, const ProfSample *sample, uint32_t *frame)
{
  const PyroFlameFunctions *functions = builder->functions;
  const uint32_t *locations = builder->locations + sample->first_location;
  for (uint32_t i = sample->n_locations; i > 0; i--) {
    uint32_t first = functions->starts[locations[i - 1]];
    for (uint32_t j = functions->starts[locations[i - 1] + 1]; j > first; j--)
      *frame++ = functions->frames[j - 1];
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
is_stack (const PyroFlameStacks *stacks, uint32_t stack, const uint32_t *frames, size_t n)
{
  size_t start = stacks->starts[stack];
  return stacks->starts[stack + 1] - start == n
         && memcmp (stacks->frames + start, frames, n * sizeof *frames) == 0;
}

/* The stack whose n frames lie behind those of the others: an older one that is equal, or new. */
static uint32_t
intern (Builder *builder, size_t n)
{
  PyroFlameStacks *stacks = builder->stacks;
  const uint32_t *frames = stacks->frames + stacks->n_frames;
  uint32_t hash = hash_frames (frames, n);
  Slot *slot = &builder->slots[hash & (builder->n_slots - 1)];
  while (slot->stack_plus_1 != 0) {
    if (slot->hash == hash && is_stack (stacks, slot->stack_plus_1 - 1, frames, n))
      return slot->stack_plus_1 - 1;
    slot = slot + 1 < builder->slots + builder->n_slots ? slot + 1 : builder->slots;
  }
  uint32_t stack = stacks->n++;
  *slot = (Slot){ hash, stack + 1 };
  stacks->n_frames += n;
  stacks->starts[stack + 1] = (uint32_t)stacks->n_frames;
  if (n > stacks->n_levels)
    stacks->n_levels = (uint32_t)n;
  return stack;
}

/* Behind the frames of the stacks. Returns how many. */
static size_t
write_frames (const Builder *builder, const ProfSample *sample)
{
  uint32_t *frames = builder->stacks->frames + builder->stacks->n_frames;
  if (builder->order.is_bottom_up && !builder->order.is_recursion_collapsed)
    return (size_t)(write_leaf_first (builder, sample, frames) - frames);
  size_t n = (size_t)(write_root_first (builder, sample, frames) - frames);
  if (builder->order.is_recursion_collapsed)
    n = collapse (builder->places, frames, n);
  if (builder->order.is_bottom_up)
    reverse (frames, n);
  return n;
}

static int
add_sample (Builder *builder, const ProfSample *sample, int64_t value)
{
  PyroFlameStacks *stacks = builder->stacks;
  int r = reserve (builder, sample);
  if (r < 0)
    return r;
  uint32_t stack = intern (builder, write_frames (builder, sample));
  if (__builtin_add_overflow (stacks->totals[stack], value, &stacks->totals[stack]))
    stacks->totals[stack] = value < 0 ? INT64_MIN : INT64_MAX;
  stacks->weights[stack] += value < 0 ? -(double)value : (double)value;
  stacks->has_negative |= value < 0;
  return 0;
}

static int
allocate (Builder *builder, size_t n_samples)
{
  PyroFlameStacks *stacks = builder->stacks;
  uint32_t n_functions = builder->functions->n;
  for (builder->n_slots = 64; builder->n_slots < n_samples * 2;)
    builder->n_slots *= 2;
  stacks->starts = calloc (n_samples + 1, sizeof *stacks->starts);
  stacks->totals = calloc (n_samples + 1, sizeof *stacks->totals);
  stacks->weights = calloc (n_samples + 1, sizeof *stacks->weights);
  builder->slots = calloc (builder->n_slots, sizeof *builder->slots);
  builder->places = malloc ((n_functions + 1) * sizeof *builder->places);
  if (stacks->starts == NULL || stacks->totals == NULL || stacks->weights == NULL
      || builder->slots == NULL || builder->places == NULL)
    return -ENOMEM;
  memset (builder->places, 0xff, (n_functions + 1) * sizeof *builder->places);
  return 0;
}

static int
build (Builder *builder, unsigned value_type)
{
  const ProfProfile *profile = builder->functions->profile;
  size_t n_types, n_samples, n;
  prof_profile_get_value_types (profile, &n_types);
  if (value_type >= n_types)
    return -EINVAL;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n);
  builder->locations = prof_profile_get_stacks (profile, &n);
  int r = allocate (builder, n_samples);
  for (size_t i = 0; r == 0 && i < n_samples; i++) {
    int64_t value = values[i * n_types + value_type];
    if (value != 0)
      r = add_sample (builder, &samples[i], value);
  }
  return r;
}

int
pyro_flame_stacks_init (PyroFlameStacks *stacks,
                        const PyroFlameFunctions *functions,
                        unsigned value_type,
                        const PyroFlameOrder *order)
{
  *stacks = (PyroFlameStacks){ 0 };
  Builder builder = { .stacks = stacks, .functions = functions, .order = *order };
  int r = build (&builder, value_type);
  free (builder.slots);
  free (builder.places);
  if (r < 0)
    pyro_flame_stacks_finish (stacks);
  return r;
}

void
pyro_flame_stacks_finish (PyroFlameStacks *stacks)
{
  free (stacks->frames);
  free (stacks->starts);
  free (stacks->totals);
  free (stacks->weights);
  *stacks = (PyroFlameStacks){ 0 };
}
