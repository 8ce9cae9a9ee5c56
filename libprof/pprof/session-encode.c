/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "pprof/session.pb-c.h"
#include "profile/profile-tables.h"

/* One block that the parts of the message are cut from. */
typedef struct {
  char *next;
} Block;

static size_t
measure (const ProfSession *session)
{
  size_t n_bytes = session->n_events * (sizeof (Prof__Pb__SessionEvent) + sizeof (void *))
                   + session->n_stack_ends * (sizeof (Prof__Pb__SessionStackEnd) + sizeof (void *))
                   + session->n_series * (sizeof (Prof__Pb__SessionSeries) + sizeof (void *))
                   + session->n_resource * (sizeof (Prof__Pb__SessionAttribute) + sizeof (void *));
  n_bytes += (session->n_command + session->n_notes) * sizeof (char *);
  for (size_t i = 0; i < session->n_series; i++)
    n_bytes += session->series[i].n * (sizeof (uint64_t) + sizeof (int64_t));
  return n_bytes;
}

static void *
cut (Block *block, size_t n, size_t size)
{
  void *part = block->next;
  block->next += n * size;
  return part;
}

/* protobuf-c's structs have no const, but packing only reads; "" is its absent string. */
static char *
text_of (const char *text)
{
  return text != NULL ? (char *)(uintptr_t)text : (char *)(uintptr_t)protobuf_c_empty_string;
}

static char **
put_texts (const char *const *texts, size_t n, Block *block)
{
  char **rows = cut (block, n, sizeof *rows);
  for (size_t i = 0; i < n; i++)
    rows[i] = text_of (texts[i]);
  return rows;
}

static void
put_events (const ProfSession *session, Block *block, Prof__Pb__Session *message)
{
  Prof__Pb__SessionEvent *rows = cut (block, session->n_events, sizeof *rows);
  message->n_events = session->n_events;
  message->events = cut (block, session->n_events, sizeof (void *));
  for (size_t i = 0; i < session->n_events; i++) {
    const ProfSessionEvent *event = &session->events[i];
    prof__pb__session_event__init (&rows[i]);
    rows[i].name = text_of (event->name);
    rows[i].requested = text_of (event->requested);
    rows[i].frequency_hz = event->frequency_hz;
    rows[i].period = event->period;
    rows[i].excludes_kernel = event->excludes_kernel;
    message->events[i] = &rows[i];
  }
}

static void
put_stack_ends (const ProfSession *session, Block *block, Prof__Pb__Session *message)
{
  Prof__Pb__SessionStackEnd *rows = cut (block, session->n_stack_ends, sizeof *rows);
  message->n_stack_ends = session->n_stack_ends;
  message->stack_ends = cut (block, session->n_stack_ends, sizeof (void *));
  for (size_t i = 0; i < session->n_stack_ends; i++) {
    const ProfSessionStackEnd *end = &session->stack_ends[i];
    prof__pb__session_stack_end__init (&rows[i]);
    rows[i].module = text_of (end->module);
    rows[i].reason = text_of (end->reason);
    rows[i].n_stacks = end->n_stacks;
    message->stack_ends[i] = &rows[i];
  }
}

/* Neighbours of a series are close to each other: their differences take few bytes. */
static void
put_steps (const ProfSessionSeries *series, Block *block, Prof__Pb__SessionSeries *row)
{
  uint64_t time = 0, value = 0;
  row->n_time_steps_ns = row->n_value_steps = series->n;
  row->time_steps_ns = cut (block, series->n, sizeof *row->time_steps_ns);
  row->value_steps = cut (block, series->n, sizeof *row->value_steps);
  for (size_t i = 0; i < series->n; i++) {
    row->time_steps_ns[i] = series->times_ns[i] - time;
    row->value_steps[i] = (int64_t)((uint64_t)series->values[i] - value);
    time = series->times_ns[i];
    value = (uint64_t)series->values[i];
  }
}

static void
put_series (const ProfSession *session, Block *block, Prof__Pb__Session *message)
{
  Prof__Pb__SessionSeries *rows = cut (block, session->n_series, sizeof *rows);
  message->n_series = session->n_series;
  message->series = cut (block, session->n_series, sizeof (void *));
  for (size_t i = 0; i < session->n_series; i++) {
    prof__pb__session_series__init (&rows[i]);
    rows[i].name = text_of (session->series[i].name);
    rows[i].unit = text_of (session->series[i].unit);
    put_steps (&session->series[i], block, &rows[i]);
    message->series[i] = &rows[i];
  }
}

static void
put_resource (const ProfSession *session, Block *block, Prof__Pb__Session *message)
{
  Prof__Pb__SessionAttribute *rows = cut (block, session->n_resource, sizeof *rows);
  message->n_resource = session->n_resource;
  message->resource = cut (block, session->n_resource, sizeof (void *));
  for (size_t i = 0; i < session->n_resource; i++) {
    prof__pb__session_attribute__init (&rows[i]);
    rows[i].key = text_of (session->resource[i].key);
    rows[i].value = text_of (session->resource[i].value);
    message->resource[i] = &rows[i];
  }
}

static Prof__Pb__Session
make_message (const ProfSession *session, Block *block)
{
  Prof__Pb__Session message = PROF__PB__SESSION__INIT;
  message.n_command = session->n_command;
  message.command = put_texts (session->command, session->n_command, block);
  message.n_pids = session->n_pids;
  message.pids = (int32_t *)(uintptr_t)session->pids;
  message.is_system_wide = session->is_system_wide;
  message.host = text_of (session->host);
  message.kernel = text_of (session->kernel);
  message.cpu_model = text_of (session->cpu_model);
  message.tool = text_of (session->tool);
  message.n_cpus = session->n_cpus;
  message.start_ns = session->start_ns;
  message.start_monotonic_ns = session->start_monotonic_ns;
  message.duration_ns = session->duration_ns;
  message.timestamp_resolution_ns = session->timestamp_resolution_ns;
  message.n_samples = session->n_samples;
  message.n_lost = session->n_lost;
  message.n_throttled = session->n_throttled;
  message.n_refused = session->n_refused;
  message.n_truncated = session->n_truncated;
  message.unwind = text_of (session->unwind);
  message.sampling = text_of (session->sampling);
  message.stack_bytes = session->stack_bytes;
  message.attach = text_of (session->attach);
  message.n_notes = session->n_notes;
  message.notes = put_texts (session->notes, session->n_notes, block);
  return message;
}

static int
append_packed (ProfProfile *profile, const Prof__Pb__Session *message)
{
  size_t n_bytes = prof__pb__session__get_packed_size (message);
  cleanup (prof_free) uint8_t *bytes = malloc (n_bytes + 1);
  if (bytes == NULL)
    return -ENOMEM;
  prof__pb__session__pack (message, bytes);
  return prof_profile_append_session_bytes (profile, bytes, n_bytes);
}

/* A caller that was built with an older header has a shorter struct. */
static ProfSession
complete (const ProfSession *session)
{
  ProfSession whole = PROF_SESSION_INIT;
  memcpy (&whole, session, session->size < sizeof whole ? session->size : sizeof whole);
  return whole;
}

int
prof_profile_add_session (ProfProfile *profile, const ProfSession *session)
{
  if (profile == NULL || session == NULL || session->size < sizeof session->size)
    return -EINVAL;
  ProfSession whole = complete (session);
  cleanup (prof_free) char *bytes = malloc (measure (&whole) + 1);
  if (bytes == NULL)
    return -ENOMEM;
  Block block = { bytes };
  Prof__Pb__Session message = make_message (&whole, &block);
  put_events (&whole, &block, &message);
  put_stack_ends (&whole, &block, &message);
  put_series (&whole, &block, &message);
  put_resource (&whole, &block, &message);
  return append_packed (profile, &message);
}
