/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/session-join.h"

#include <prof/session.h>

#include "profile/profile-tables.h"

PROF_DEFINE_CLEANUP (ProfSession *, prof_session_free)

/* A new array of the rows of both; NULL when there is no memory. */
static void *
concatenate (const void *a, size_t n_a, const void *b, size_t n_b, size_t size)
{
  char *rows = malloc ((n_a + n_b + 1) * size);
  if (rows == NULL)
    return NULL;
  if (n_a > 0)
    memcpy (rows, a, n_a * size);
  if (n_b > 0)
    memcpy (rows + n_a * size, b, n_b * size);
  return rows;
}

#define CONCATENATE(a, b, rows)                                                                    \
  concatenate ((a)->rows, (a)->n_##rows, (b)->rows, (b)->n_##rows, sizeof *(a)->rows)

static uint64_t
get_end (const ProfSession *session)
{
  uint64_t end;
  bool is_over = __builtin_add_overflow (session->start_ns, session->duration_ns, &end);
  return is_over ? UINT64_MAX : end;
}

static void
join_times (ProfSession *joined, const ProfSession *b)
{
  uint64_t end = get_end (joined) > get_end (b) ? get_end (joined) : get_end (b);
  if (b->start_ns < joined->start_ns && b->start_ns != 0) {
    joined->start_ns = b->start_ns;
    joined->start_monotonic_ns = b->start_monotonic_ns;
  }
  joined->duration_ns = end - joined->start_ns;
  if (b->timestamp_resolution_ns > joined->timestamp_resolution_ns)
    joined->timestamp_resolution_ns = b->timestamp_resolution_ns;
}

static bool
has_attribute (const ProfSession *session, const char *key)
{
  for (size_t i = 0; i < session->n_resource; i++)
    if (strcmp (session->resource[i].key, key) == 0)
      return true;
  return false;
}

/* Of a key that both have, `a` knows best. `resource` has room for both. */
static size_t
join_resource (const ProfSession *a, const ProfSession *b, ProfSessionAttribute *resource)
{
  size_t n = a->n_resource;
  for (size_t i = 0; i < b->n_resource; i++)
    if (!has_attribute (a, b->resource[i].key))
      resource[n++] = b->resource[i];
  return n;
}

static int
add_joined (ProfProfile *to, const ProfSession *a, const ProfSession *b)
{
  cleanup (prof_free) ProfSessionEvent *events = CONCATENATE (a, b, events);
  cleanup (prof_free) ProfSessionStackEnd *stack_ends = CONCATENATE (a, b, stack_ends);
  cleanup (prof_free) ProfSessionSeries *series = CONCATENATE (a, b, series);
  cleanup (prof_free) const char **notes = CONCATENATE (a, b, notes);
  cleanup (prof_free) ProfSessionAttribute *resource = CONCATENATE (a, b, resource);
  if (events == NULL || stack_ends == NULL || series == NULL || notes == NULL || resource == NULL)
    return -ENOMEM;
  ProfSession joined = *a;
  join_times (&joined, b);
  joined.n_samples += b->n_samples;
  joined.n_lost += b->n_lost;
  joined.n_throttled += b->n_throttled;
  joined.n_refused += b->n_refused;
  joined.n_truncated += b->n_truncated;
  joined.events = events;
  joined.n_events += b->n_events;
  joined.stack_ends = stack_ends;
  joined.n_stack_ends += b->n_stack_ends;
  joined.series = series;
  joined.n_series += b->n_series;
  joined.notes = notes;
  joined.n_notes += b->n_notes;
  joined.resource = resource;
  joined.n_resource = join_resource (a, b, resource);
  return prof_profile_add_session (to, &joined);
}

static int
append_sessions (ProfProfile *to, const ProfProfile *from)
{
  prof_vec_foreach (range, &from->sessions) {
    const uint8_t *bytes = range->n_bytes > 0 ? from->session_bytes.items + range->start : NULL;
    int r = prof_profile_append_session_bytes (to, bytes, range->n_bytes);
    if (r < 0)
      return r;
  }
  return 0;
}

int
prof_join_sessions (ProfProfile *to, const ProfProfile *a, const ProfProfile *b)
{
  cleanup (prof_session_free) ProfSession *a_session = NULL;
  cleanup (prof_session_free) ProfSession *b_session = NULL;
  int r = -ENOENT;
  if (a->sessions.n == 1 && b->sessions.n == 1) {
    r = prof_profile_get_session (a, 0, &a_session, NULL);
    if (r == 0)
      r = prof_profile_get_session (b, 0, &b_session, NULL);
  }
  if (r == 0)
    return add_joined (to, a_session, b_session);
  if (r == -ENOMEM)
    return r;
  r = append_sessions (to, a);
  return r == 0 ? append_sessions (to, b) : r;
}
