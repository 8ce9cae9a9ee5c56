/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "pprof/session.pb-c.h"
#include "profile/profile-tables.h"

/* What protobuf-c may allocate for a session. A byte of a real one becomes about 10; one made of
 * empty messages would become more than 40 times its size. */
enum { BUDGET_FACTOR = 32, BUDGET_BASE = 64 << 10 };

typedef struct {
  size_t n_left;
  bool is_out_of_memory;
} Budget;

static void *
allocate (void *data, size_t size)
{
  Budget *budget = data;
  if (size > budget->n_left)
    return NULL;
  budget->n_left -= size;
  void *memory = malloc (size);
  budget->is_out_of_memory |= memory == NULL;
  return memory;
}

static void
release (void *data, void *memory)
{
  (void)data;
  free (memory);
}

/* The block that the session is laid out in. Laying out happens twice: without memory, to count
 * the bytes, and with it. */
typedef struct {
  char *bytes;
  size_t n;
} Block;

/* NULL while bytes are counted. */
static void *
place (Block *block, size_t n, size_t size)
{
  block->n = (block->n + 7) & ~(size_t)7;
  void *part = block->bytes != NULL ? block->bytes + block->n : NULL;
  block->n += n * size;
  return part;
}

static const void *
place_copy (Block *block, const void *items, size_t n, size_t size)
{
  void *copy = place (block, n, size);
  if (copy != NULL && n > 0)
    memcpy (copy, items, n * size);
  return copy;
}

static const char *
place_text (Block *block, const char *text)
{
  return place_copy (block, text, strlen (text) + 1, 1);
}

static const char *const *
place_texts (Block *block, char **texts, size_t n)
{
  const char **rows = place (block, n, sizeof *rows);
  for (size_t i = 0; i < n; i++) {
    const char *text = place_text (block, texts[i]);
    if (rows != NULL)
      rows[i] = text;
  }
  return rows;
}

static const ProfSessionEvent *
place_events (Block *block, const Prof__Pb__Session *message)
{
  ProfSessionEvent *rows = place (block, message->n_events, sizeof *rows);
  for (size_t i = 0; i < message->n_events; i++) {
    const Prof__Pb__SessionEvent *event = message->events[i];
    ProfSessionEvent row = {
      .name = place_text (block, event->name),
      .requested = place_text (block, event->requested),
      .frequency_hz = event->frequency_hz,
      .period = event->period,
      .excludes_kernel = event->excludes_kernel != 0,
    };
    if (rows != NULL)
      rows[i] = row;
  }
  return rows;
}

static const ProfSessionStackEnd *
place_stack_ends (Block *block, const Prof__Pb__Session *message)
{
  ProfSessionStackEnd *rows = place (block, message->n_stack_ends, sizeof *rows);
  for (size_t i = 0; i < message->n_stack_ends; i++) {
    const Prof__Pb__SessionStackEnd *end = message->stack_ends[i];
    ProfSessionStackEnd row = {
      .module = place_text (block, end->module),
      .reason = place_text (block, end->reason),
      .n_stacks = end->n_stacks,
    };
    if (rows != NULL)
      rows[i] = row;
  }
  return rows;
}

static const uint64_t *
place_times (Block *block, const Prof__Pb__SessionSeries *series)
{
  uint64_t *times = place (block, series->n_time_steps_ns, sizeof *times), time = 0;
  for (size_t i = 0; times != NULL && i < series->n_time_steps_ns; i++)
    times[i] = time += series->time_steps_ns[i];
  return times;
}

static const int64_t *
place_values (Block *block, const Prof__Pb__SessionSeries *series)
{
  int64_t *values = place (block, series->n_value_steps, sizeof *values);
  uint64_t value = 0;
  for (size_t i = 0; values != NULL && i < series->n_value_steps; i++)
    values[i] = (int64_t)(value += (uint64_t)series->value_steps[i]);
  return values;
}

static const ProfSessionSeries *
place_series (Block *block, const Prof__Pb__Session *message)
{
  ProfSessionSeries *rows = place (block, message->n_series, sizeof *rows);
  for (size_t i = 0; i < message->n_series; i++) {
    const Prof__Pb__SessionSeries *series = message->series[i];
    ProfSessionSeries row = {
      .name = place_text (block, series->name),
      .unit = place_text (block, series->unit),
      .times_ns = place_times (block, series),
      .values = place_values (block, series),
      .n = series->n_time_steps_ns,
    };
    if (rows != NULL)
      rows[i] = row;
  }
  return rows;
}

static const ProfSessionAttribute *
place_resource (Block *block, const Prof__Pb__Session *message)
{
  ProfSessionAttribute *rows = place (block, message->n_resource, sizeof *rows);
  for (size_t i = 0; i < message->n_resource; i++) {
    ProfSessionAttribute row = {
      .key = place_text (block, message->resource[i]->key),
      .value = place_text (block, message->resource[i]->value),
    };
    if (rows != NULL)
      rows[i] = row;
  }
  return rows;
}

static void
lay_out (Block *block, const Prof__Pb__Session *message)
{
  ProfSession *whole = place (block, 1, sizeof *whole);
  ProfSession session = {
    .size = sizeof session,
    .command = place_texts (block, message->command, message->n_command),
    .n_command = message->n_command,
    .pids = place_copy (block, message->pids, message->n_pids, sizeof *message->pids),
    .n_pids = message->n_pids,
    .is_system_wide = message->is_system_wide != 0,
    .host = place_text (block, message->host),
    .kernel = place_text (block, message->kernel),
    .cpu_model = place_text (block, message->cpu_model),
    .tool = place_text (block, message->tool),
    .n_cpus = message->n_cpus,
    .start_ns = message->start_ns,
    .start_monotonic_ns = message->start_monotonic_ns,
    .duration_ns = message->duration_ns,
    .timestamp_resolution_ns = message->timestamp_resolution_ns,
    .n_samples = message->n_samples,
    .n_lost = message->n_lost,
    .n_throttled = message->n_throttled,
    .n_refused = message->n_refused,
    .n_truncated = message->n_truncated,
    .unwind = place_text (block, message->unwind),
    .sampling = place_text (block, message->sampling),
    .stack_bytes = message->stack_bytes,
    .attach = place_text (block, message->attach),
    .events = place_events (block, message),
    .n_events = message->n_events,
    .stack_ends = place_stack_ends (block, message),
    .n_stack_ends = message->n_stack_ends,
    .series = place_series (block, message),
    .n_series = message->n_series,
    .notes = place_texts (block, message->notes, message->n_notes),
    .n_notes = message->n_notes,
    .resource = place_resource (block, message),
    .n_resource = message->n_resource,
  };
  if (whole != NULL)
    *whole = session;
}

static int
check_series (const Prof__Pb__Session *message)
{
  for (size_t i = 0; i < message->n_series; i++)
    if (message->series[i]->n_time_steps_ns != message->series[i]->n_value_steps)
      return -EBADMSG;
  return 0;
}

static int
make_session (const Prof__Pb__Session *message, ProfSession **ret)
{
  Block block = { 0 };
  int r = check_series (message);
  if (r < 0)
    return r;
  lay_out (&block, message);
  block.bytes = malloc (block.n);
  if (block.bytes == NULL)
    return -ENOMEM;
  block.n = 0;
  lay_out (&block, message);
  *ret = (ProfSession *)(void *)block.bytes;
  return 0;
}

static int
decode (const uint8_t *bytes, size_t n_bytes, ProfSession **ret)
{
  Budget budget = { BUDGET_BASE + n_bytes * BUDGET_FACTOR, false };
  ProtobufCAllocator allocator = { allocate, release, &budget };
  Prof__Pb__Session *message = prof__pb__session__unpack (&allocator, n_bytes, bytes);
  if (message == NULL)
    return budget.is_out_of_memory ? -ENOMEM : -EBADMSG;
  int r = make_session (message, ret);
  prof__pb__session__free_unpacked (message, &allocator);
  return r;
}

size_t
prof_profile_get_n_sessions (const ProfProfile *profile)
{
  return profile->sessions.n;
}

int
prof_profile_get_session (const ProfProfile *profile,
                          size_t index,
                          ProfSession **ret,
                          ProfError *reterr)
{
  if (index >= profile->sessions.n)
    return prof_error_set (reterr, -ENOENT, "The profile has no session %zu: it has %zu.", index,
                           profile->sessions.n);
  const ProfBytesRange *range = &profile->sessions.items[index];
  const uint8_t *bytes
      = range->n_bytes > 0 ? profile->session_bytes.items + range->start : (const uint8_t *)"";
  int r = decode (bytes, range->n_bytes, ret);
  if (r == -ENOMEM)
    return prof_error_set (reterr, r, "Can't read session %zu of the profile: out of memory.",
                           index);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't read session %zu of the profile: its bytes are damaged; the "
                           "samples are not affected.",
                           index);
  return 0;
}

ProfSession *
prof_session_free (ProfSession *session)
{
  free (session);
  return NULL;
}
