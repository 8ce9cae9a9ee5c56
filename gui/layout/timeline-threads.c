/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "timeline-lanes.h"

typedef struct {
  int64_t tid;
  double total;
  uint32_t name; /* string */
  uint32_t lane;
  bool is_used;
} Thread;

/* Open addressing; grows at a load of a half. */
typedef struct {
  Thread *slots;
  size_t n_slots, n; /* n_slots: a power of two */
} Threads;

typedef struct {
  const ProfProfile *profile;
  const ProfSample *samples;
  const ProfLabel *labels;
  const int64_t *values;
  size_t n_samples, n_types;
  unsigned value_type;
  uint32_t time_key, tid_key, thread_key; /* strings */
  const PyroTimeline *timeline;
} Reader;

/* A sample that counts. */
typedef struct {
  int64_t time_ns, tid;
  uint32_t name;
  double value;
} Moment;

static size_t
hash_tid (int64_t tid)
{
  return (size_t)(((uint64_t)tid * 0x9e3779b97f4a7c15u) >> 20);
}

static Thread *
find_slot (const Threads *threads, int64_t tid)
{
  size_t mask = threads->n_slots - 1, slot = hash_tid (tid) & mask;
  while (threads->slots[slot].is_used && threads->slots[slot].tid != tid)
    slot = (slot + 1) & mask;
  return &threads->slots[slot];
}

static int
grow (Threads *threads)
{
  Threads larger
      = { .n_slots = threads->n_slots == 0 ? 64 : threads->n_slots * 2, .n = threads->n };
  larger.slots = calloc (larger.n_slots, sizeof *larger.slots);
  if (larger.slots == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < threads->n_slots; i++)
    if (threads->slots[i].is_used)
      *find_slot (&larger, threads->slots[i].tid) = threads->slots[i];
  free (threads->slots);
  *threads = larger;
  return 0;
}

/* False: it has no value, no time, or one out of the range. */
static bool
read_moment (const Reader *reader, size_t sample, Moment *ret)
{
  const ProfSample *row = &reader->samples[sample];
  double value = (double)reader->values[sample * reader->n_types + reader->value_type];
  *ret = (Moment){ .value = fabs (value) };
  for (uint32_t i = 0; value != 0 && i < row->n_labels; i++) {
    const ProfLabel *label = &reader->labels[row->first_label + i];
    if (label->key == reader->time_key)
      ret->time_ns = label->number;
    else if (label->key == reader->tid_key)
      ret->tid = label->number;
    else if (label->key == reader->thread_key)
      ret->name = label->string;
  }
  return ret->time_ns >= reader->timeline->start_ns && ret->time_ns < reader->timeline->end_ns;
}

static int
count_threads (const Reader *reader, Threads *threads)
{
  int r = grow (threads);
  for (size_t i = 0; r == 0 && i < reader->n_samples; i++) {
    Moment moment;
    if (!read_moment (reader, i, &moment))
      continue;
    Thread *thread = find_slot (threads, moment.tid);
    threads->n += !thread->is_used;
    thread->is_used = true;
    thread->tid = moment.tid;
    thread->name = moment.name != 0 ? moment.name : thread->name;
    thread->total += moment.value;
    if (threads->n * 2 > threads->n_slots)
      r = grow (threads);
  }
  return r;
}

static int
compare (const void *a, const void *b)
{
  const Thread *x = *(Thread *const *)a, *y = *(Thread *const *)b;
  if (x->total != y->total)
    return x->total > y->total ? -1 : 1;
  return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static const char *
get_unit (const Reader *reader)
{
  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (reader->profile, &n_types);
  return prof_profile_get_string (reader->profile, types[reader->value_type].unit);
}

static int
add_lane (PyroTimeline *timeline, const Reader *reader, const Thread *thread)
{
  PyroLane *lane = pyro_timeline_add_lane (timeline, PYRO_LANE_THREAD);
  if (lane == NULL)
    return -ENOMEM;
  lane->name = prof_profile_get_string (reader->profile, thread->name);
  lane->unit = get_unit (reader);
  lane->tid = thread->tid;
  return 0;
}

static int
add_others (PyroTimeline *timeline, const Reader *reader, size_t n_threads)
{
  PyroLane *lane = pyro_timeline_add_lane (timeline, PYRO_LANE_OTHERS);
  if (lane == NULL)
    return -ENOMEM;
  lane->unit = get_unit (reader);
  lane->n_threads = (uint32_t)n_threads;
  return 0;
}

/* The busiest threads get a row each; the others one. */
static int
add_lanes (PyroTimeline *timeline, const Reader *reader, Threads *threads, uint32_t max_threads)
{
  Thread **sorted = calloc (threads->n + 1, sizeof (Thread *));
  if (sorted == NULL)
    return -ENOMEM;
  size_t n = 0;
  for (size_t i = 0; i < threads->n_slots; i++)
    if (threads->slots[i].is_used)
      sorted[n++] = &threads->slots[i];
  qsort (sorted, n, sizeof *sorted, compare);
  int r = 0;
  for (size_t i = 0; r == 0 && i < n; i++) {
    sorted[i]->lane = i < max_threads ? (uint32_t)i : max_threads;
    if (i < max_threads)
      r = add_lane (timeline, reader, sorted[i]);
    else if (i == max_threads)
      r = add_others (timeline, reader, n - max_threads);
  }
  free (sorted);
  return r;
}

static void
fill (PyroTimeline *timeline, const Reader *reader, const Threads *threads)
{
  double scale = timeline->n_buckets / ((double)timeline->end_ns - (double)timeline->start_ns);
  for (size_t i = 0; i < reader->n_samples; i++) {
    Moment moment;
    if (!read_moment (reader, i, &moment))
      continue;
    PyroLane *lane = &timeline->lanes[find_slot (threads, moment.tid)->lane];
    uint32_t bucket = (uint32_t)((double)(moment.time_ns - timeline->start_ns) * scale);
    lane->values[bucket < timeline->n_buckets ? bucket : timeline->n_buckets - 1] += moment.value;
    lane->total += moment.value;
  }
}

int
pyro_timeline_add_threads (PyroTimeline *timeline,
                           const ProfProfile *profile,
                           unsigned value_type,
                           uint32_t max_threads)
{
  size_t n;
  Threads threads = { 0 };
  Reader reader = { .profile = profile, .value_type = value_type, .timeline = timeline };
  reader.samples = prof_profile_get_samples (profile, &reader.n_samples);
  reader.labels = prof_profile_get_labels (profile, &n);
  reader.values = prof_profile_get_values (profile, &n);
  prof_profile_get_value_types (profile, &reader.n_types);
  reader.time_key = pyro_timeline_find_string (profile, "end_timestamp_ns");
  reader.tid_key = pyro_timeline_find_string (profile, "tid");
  reader.thread_key = pyro_timeline_find_string (profile, "thread");
  int r = count_threads (&reader, &threads);
  if (r == 0)
    r = add_lanes (timeline, &reader, &threads, max_threads);
  if (r == 0)
    fill (timeline, &reader, &threads);
  free (threads.slots);
  return r;
}
