/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/profile-maker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/saturate.h"
#include "engine/sample-writer.h"
#include "engine/stack-session.h"

PROF_DEFINE_CLEANUP (ProfProfile *, prof_profile_unref)

typedef struct {
  const ProfSnapshot *snapshot;
  const ProfProfileMakerConfig *config;
  ProfProfile *profile;
  ProfSampleWriter writer;
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
add_sample (Maker *maker, const ProfAggregateRow *row)
{
  memset (maker->values, 0, (maker->config->n_events + 1) * sizeof *maker->values);
  maker->values[0] = row->n_samples;
  maker->values[row->event + 1] = prof_round_saturated (row->value);
  int r = prof_sample_writer_add (&maker->writer, row->stack, maker->values);
  if (r < 0)
    return r;
  r = prof_sample_writer_add_thread (&maker->writer, row->thread);
  if (r >= 0)
    r = prof_sample_writer_add_span (&maker->writer, row->span);
  if (r < 0 || !maker->config->has_timestamps)
    return r;
  return prof_sample_writer_add_time (&maker->writer, PROF_TIME_END, row->time_ns);
}

/* Of most samples. */
static size_t
count_labels (const Maker *maker)
{
  const ProfProfileMakerConfig *config = maker->config;
  return config->has_thread_names + 2 * (size_t)config->has_thread_ids + config->has_timestamps;
}

static int
fill (Maker *maker, ProfProfileMakerStats *ret_stats)
{
  int r = add_value_types (maker);
  if (r < 0 || (r = set_period (maker)) < 0)
    return r;
  const ProfAggregate *aggregate = &maker->snapshot->aggregate;
  r = prof_sample_writer_begin (&maker->writer, aggregate->rows.n, count_labels (maker), ret_stats);
  prof_vec_foreach (row, &aggregate->rows) {
    if (r < 0 || (r = add_sample (maker, row)) < 0)
      return r;
  }
  return r;
}

/* ---- the session ---- */

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

/* The recorder's notes and those of the snapshot. */
static int
make_notes (const Maker *maker, ProfSessionNotes *notes)
{
  const ProfAggregate *aggregate = &maker->snapshot->aggregate;
  uint64_t n_without_span = maker->snapshot->tables.n_without_span + aggregate->n_without_span;
  int r = prof_session_notes_begin (notes, &maker->config->session, n_without_span);
  if (r >= 0 && aggregate->n_without_stack > 0)
    r = prof_session_notes_add (notes,
                                "%" PRIu64 " samples have no stack: there were more different "
                                "ones than the %zu that are kept",
                                aggregate->n_without_stack, aggregate->max_rows);
  uint64_t n_stitched = maker->snapshot->tables.n_stitched;
  if (r >= 0 && n_stitched > 0)
    r = prof_session_notes_add (notes,
                                "%" PRIu64 " stacks are deeper than what was copied: their outer "
                                "frames are those of a sample shortly before",
                                n_stitched);
  return r;
}

static int
add_session (Maker *maker)
{
  const ProfProfileMakerConfig *config = maker->config;
  cleanup (prof_free) ProfSessionEvent *events = calloc (config->n_events, sizeof *events);
  if (events == NULL)
    return -ENOMEM;
  ProfSession session = config->session;
  ProfSessionNotes notes = { 0 };
  int r = make_notes (maker, &notes);
  describe_events (config, events);
  prof_session_set_notes (&session, &notes);
  session.events = events;
  session.n_events = config->n_events;
  session.start_ns = config->start_unix_ns;
  session.start_monotonic_ns = config->start_monotonic_ns;
  session.duration_ns = config->duration_ns;
  session.timestamp_resolution_ns
      = config->has_timestamps ? maker->snapshot->aggregate.resolution_ns : 0;
  if (r >= 0)
    r = prof_profile_add_stack_session (maker->profile, &maker->snapshot->tables, &session);
  prof_session_notes_finish (&notes);
  return r;
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
  cleanup (prof_free) int64_t *values = calloc (config->n_events + 1, sizeof *values);
  if (values == NULL)
    return -ENOMEM;
  Maker maker = {
    .snapshot = snapshot,
    .config = config,
    .profile = profile,
    .values = values,
    .writer = { .tables = &snapshot->tables,
                .symbolizer = config->symbolizer,
                .symbol_cache = config->symbol_cache,
                .kallsyms_fd = config->kallsyms_fd,
                .profile = profile,
                .has_thread_names = config->has_thread_names,
                .has_thread_ids = config->has_thread_ids,
                .start_monotonic_ns = config->start_monotonic_ns,
                .start_unix_ns = config->start_unix_ns,
                .default_link = config->default_link },
  };
  r = fill (&maker, ret_stats);
  prof_sample_writer_finish (&maker.writer);
  if (r < 0 || (r = add_session (&maker)) < 0)
    return r;
  *ret = steal (&profile);
  return 0;
}
