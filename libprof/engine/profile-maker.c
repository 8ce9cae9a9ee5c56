/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/profile-maker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/profile-symbols.h"

PROF_DEFINE_CLEANUP (ProfProfile *, prof_profile_unref)

typedef struct {
  const ProfSnapshot *snapshot;
  const ProfProfileMakerConfig *config;
  ProfProfile *profile;
  uint32_t *locations; /* by frame; 0: not used by any stack */
  PROF_VEC (uint32_t) stack;
  int64_t *values;
} Maker;

/* ---- sample types ---- */

/* Two clocks would both be "cpu": the second keeps its own name. */
static const char *
get_value_type (const ProfProfileMakerConfig *config, size_t event)
{
  const ProfPerfEvent *self = &config->events[event].event;
  for (size_t i = 0; i < event; i++)
    if (strcmp (config->events[i].event.value_type, self->value_type) == 0)
      return self->name;
  return self->value_type;
}

static int
add_value_types (Maker *maker)
{
  const ProfProfileMakerConfig *config = maker->config;
  int r = prof_profile_add_value_type (maker->profile, "samples", "count");
  for (size_t i = 0; i < config->n_events && r >= 0; i++)
    r = prof_profile_add_value_type (maker->profile, get_value_type (config, i),
                                     config->events[i].event.value_unit);
  if (r >= 0)
    r = prof_profile_set_default_sample_type (maker->profile, get_value_type (config, 0));
  return r;
}

/* The distance between two samples of the first event, where it is known. */
static int
set_period (Maker *maker)
{
  const ProfProfileMakerConfig *config = maker->config;
  const ProfPerfEvent *event = &config->events[0].event;
  uint64_t period = config->period;
  if (period == 0 && event->is_clock && config->frequency_hz > 0)
    period = 1000000000u / config->frequency_hz;
  return prof_profile_set_period (maker->profile, event->value_type, event->value_unit,
                                  (int64_t)period);
}

/* ---- samples ---- */

static int
read_stack (Maker *maker, uint32_t node)
{
  maker->stack.n = 0;
  for (; node != 0; node = maker->snapshot->nodes.items[node].parent) {
    uint32_t location = maker->locations[maker->snapshot->nodes.items[node].frame];
    if (prof_vec_push (&maker->stack, location) < 0)
      return -ENOMEM;
  }
  return 0;
}

static int
add_labels (Maker *maker, uint32_t sample, const ProfAggregateRow *row)
{
  const ProfProfileMakerConfig *config = maker->config;
  const ProfThread *thread = &maker->snapshot->threads.items[row->thread];
  ProfProfile *profile = maker->profile;
  int r = 0;
  if (config->has_thread_names)
    r = prof_profile_add_label (profile, sample, "thread",
                                prof_snapshot_get_thread_name (maker->snapshot, row->thread));
  if (r >= 0 && config->has_thread_ids) {
    r = prof_profile_add_number_label (profile, sample, "pid", thread->pid, NULL);
    if (r >= 0)
      r = prof_profile_add_number_label (profile, sample, "tid", thread->tid, NULL);
  }
  if (r >= 0 && config->has_timestamps)
    r = prof_profile_add_number_label (profile, sample, "end_timestamp_ns",
                                       (int64_t)(config->start_unix_ns
                                                 + (row->time_ns - config->start_monotonic_ns)),
                                       "nanoseconds");
  return r;
}

static int
add_sample (Maker *maker, const ProfAggregateRow *row)
{
  int r = read_stack (maker, row->stack);
  if (r < 0)
    return r;
  memset (maker->values, 0, (maker->config->n_events + 1) * sizeof *maker->values);
  maker->values[0] = row->n_samples;
  maker->values[row->event + 1] = llround (row->value);
  int sample
      = prof_profile_add_sample (maker->profile, maker->stack.items, maker->stack.n, maker->values);
  return sample < 0 ? sample : add_labels (maker, (uint32_t)sample, row);
}

static int
fill (Maker *maker, ProfProfileMakerStats *ret_stats)
{
  int r = add_value_types (maker);
  if (r < 0 || (r = set_period (maker)) < 0)
    return r;
  r = prof_profile_add_symbols (maker->profile, maker->snapshot, maker->locations, ret_stats);
  prof_vec_foreach (row, &maker->snapshot->aggregate.rows) {
    if (r < 0 || (r = add_sample (maker, row)) < 0)
      return r;
  }
  return r;
}

/* ---- the session ---- */

static void
describe_stack_ends (const ProfSnapshot *snapshot, ProfSessionStackEnd *ends, size_t *n_ends)
{
  for (size_t module = 0; module < snapshot->stack_ends.n; module++)
    for (unsigned end = 0; end < PROF_STACK_N_ENDS; end++) {
      uint64_t n_stacks = snapshot->stack_ends.items[module].n_stacks[end];
      if (n_stacks > 0)
        ends[(*n_ends)++] = (ProfSessionStackEnd){ snapshot->modules.items[module]->path,
                                                   prof_stack_end_get_name (end), n_stacks };
    }
}

static void
describe_events (const ProfProfileMakerConfig *config, ProfSessionEvent *events)
{
  for (size_t i = 0; i < config->n_events; i++)
    events[i] = (ProfSessionEvent){
      .name = config->events[i].event.name,
      .requested = config->events[i].requested,
      .frequency_hz = config->period > 0 ? 0 : config->frequency_hz,
      .period = config->period,
      .excludes_kernel = config->events[i].excludes_kernel,
    };
}

static int
add_session (Maker *maker)
{
  const ProfProfileMakerConfig *config = maker->config;
  size_t n_max = maker->snapshot->stack_ends.n * PROF_STACK_N_ENDS;
  cleanup (prof_free) ProfSessionStackEnd *ends = calloc (n_max + 1, sizeof *ends);
  cleanup (prof_free) ProfSessionEvent *events = calloc (config->n_events, sizeof *events);
  if (ends == NULL || events == NULL)
    return -ENOMEM;
  ProfSession session = config->session;
  describe_stack_ends (maker->snapshot, ends, &session.n_stack_ends);
  describe_events (config, events);
  session.stack_ends = ends;
  session.events = events;
  session.n_events = config->n_events;
  session.start_ns = config->start_unix_ns;
  session.start_monotonic_ns = config->start_monotonic_ns;
  session.duration_ns = config->duration_ns;
  session.timestamp_resolution_ns
      = config->has_timestamps ? maker->snapshot->aggregate.resolution_ns : 0;
  prof_profile_set_time (maker->profile, (int64_t)config->start_unix_ns,
                         (int64_t)config->duration_ns);
  return prof_profile_add_session (maker->profile, &session);
}

int
prof_profile_make (const ProfSnapshot *snapshot,
                   const ProfProfileMakerConfig *config,
                   ProfProfile **ret,
                   ProfProfileMakerStats *ret_stats)
{
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  int r = prof_profile_new (&profile);
  if (r < 0)
    return r;
  cleanup (prof_free) uint32_t *locations = calloc (snapshot->frames.n + 1, sizeof *locations);
  cleanup (prof_free) int64_t *values = calloc (config->n_events + 1, sizeof *values);
  if (locations == NULL || values == NULL)
    return -ENOMEM;
  Maker maker = { .snapshot = snapshot,
                  .config = config,
                  .profile = profile,
                  .locations = locations,
                  .values = values };
  r = fill (&maker, ret_stats);
  prof_vec_clear (&maker.stack);
  if (r < 0 || (r = add_session (&maker)) < 0)
    return r;
  *ret = steal (&profile);
  return 0;
}
