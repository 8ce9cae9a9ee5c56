/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-attr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <perfmon/pfmlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "capture/event-error.h"
#include "capture/event-modifiers.h"
#include "capture/event-name.h"
#include "capture/generic-event.h"
#include "capture/pfm-event.h"
#include "capture/tracepoint.h"

enum { MAX_NAME_BYTES = 128 };

/* Each kind of name has a function that returns NOT_MINE if the name is of another kind. */
enum { NOT_MINE = 1 };

/* `n_base` bytes of the name are the event; the rest is modifiers. */
static int
parse_modifiers (const char *name, size_t n_base, struct perf_event_attr *attr, ProfError *reterr)
{
  if (name[n_base] == '\0')
    return 0;
  if (prof_event_modifiers_parse (name + n_base + 1, attr) < 0)
    return prof_event_error_modifiers (reterr, name);
  return 0;
}

/* "r1a8": the processor's own code of an event, in hexadecimal. */
static int
resolve_raw (const char *name, struct perf_event_attr *attr, ProfError *reterr)
{
  size_t n_base = strcspn (name, ":");
  size_t n_digits = strspn (name + 1, "0123456789abcdefABCDEF");
  if (name[0] != 'r' || n_digits == 0 || n_digits + 1 != n_base)
    return NOT_MINE;
  if (n_digits > 16)
    return prof_error_set (reterr, -EINVAL, "Event %s: a raw code has at most 16 digits", name);
  attr->type = PERF_TYPE_RAW;
  attr->config = strtoull (name + 1, NULL, 16);
  attr->exclude_guest = 1;
  return parse_modifiers (name, n_base, attr, reterr);
}

static int
resolve_generic (const char *name, struct perf_event_attr *attr, ProfError *reterr)
{
  size_t n_base = strcspn (name, ":");
  const ProfGenericEvent *generic = prof_generic_event_find (name, n_base);
  if (generic == NULL || prof_event_name_measure_pmu (name) > 0)
    return NOT_MINE;
  attr->type = generic->type;
  attr->config = generic->config;
  attr->exclude_guest = generic->type != PERF_TYPE_SOFTWARE;
  return parse_modifiers (name, n_base, attr, reterr);
}

typedef struct {
  const char *name; /* its first n bytes */
  size_t n;
} Wanted;

static int
stop_if_wanted (const ProfPfmEvent *event, void *user_data)
{
  const Wanted *wanted = user_data;
  bool is_wanted = strlen (event->name) == wanted->n
                   && strncasecmp (event->name, wanted->name, wanted->n) == 0;
  return is_wanted ? -EEXIST : 0;
}

/* Where debugfs is mounted libpfm4 takes tracepoints, too, but can't tell what is wrong with one.
 */
static bool
is_for_pfm (const char *name)
{
  Wanted wanted = { name, prof_event_name_measure_base (name) };
  return prof_event_name_measure_pmu (name) > 0 || strncasecmp (name, "PERF_COUNT_", 11) == 0
         || prof_pfm_foreach (NULL, stop_if_wanted, &wanted) == -EEXIST;
}

static int
resolve_pfm (const char *name, struct perf_event_attr *attr, ProfError *reterr)
{
  if (!is_for_pfm (name))
    return NOT_MINE;
  int r = prof_pfm_encode (name, attr);
  if (r == PFM_SUCCESS)
    return 0;
  if (r == PFM_ERR_NOTFOUND || r == PFM_ERR_INVAL)
    return NOT_MINE;
  return prof_event_error_pfm (reterr, name, r);
}

static int
resolve_tracepoint (const char *name, struct perf_event_attr *attr, ProfError *reterr)
{
  size_t n_base = prof_event_name_measure_tracepoint (name);
  if (n_base == 0)
    return NOT_MINE;
  cleanup (prof_close) int events_fd = prof_tracefs_open ();
  if (events_fd < 0)
    return prof_event_error_tracefs (reterr, name, events_fd);
  uint64_t id;
  int r = prof_tracepoint_read_id (events_fd, name, n_base, &id);
  if (r == -ENOENT || r == -EINVAL)
    return NOT_MINE;
  if (r < 0)
    return prof_event_error_tracefs (reterr, name, r);
  attr->type = PERF_TYPE_TRACEPOINT;
  attr->config = id;
  return parse_modifiers (name, n_base, attr, reterr);
}

static int
resolve_attr (const char *name, struct perf_event_attr *attr, ProfError *reterr)
{
  static int (*const kinds[]) (const char *, struct perf_event_attr *, ProfError *)
      = { resolve_raw, resolve_generic, resolve_pfm, resolve_tracepoint };
  *attr = (struct perf_event_attr){ .size = sizeof *attr };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    int r = kinds[i](name, attr, reterr);
    if (r != NOT_MINE)
      return r;
  }
  return prof_event_error_unknown (reterr, name);
}

/* A generic event has one name, however it was asked for. */
static char *
make_name (const char *name, const struct perf_event_attr *attr)
{
  const ProfGenericEvent *generic = prof_generic_event_find_config (attr->type, attr->config);
  char *text;
  if (generic == NULL)
    return strdup (name);
  if (asprintf (&text, "%s%s", generic->name, prof_event_modifiers_describe (attr)) < 0)
    return NULL;
  return text;
}

static bool
is_clock (const struct perf_event_attr *attr)
{
  return attr->type == PERF_TYPE_SOFTWARE
         && (attr->config == PERF_COUNT_SW_CPU_CLOCK || attr->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* Also context switches on the way out of user space: the kernel takes its own registers there. */
static bool
is_in_kernel (const struct perf_event_attr *attr)
{
  return attr->type == PERF_TYPE_TRACEPOINT
         || (attr->type == PERF_TYPE_SOFTWARE
             && (attr->config == PERF_COUNT_SW_CONTEXT_SWITCHES
                 || attr->config == PERF_COUNT_SW_CPU_MIGRATIONS
                 || attr->config == PERF_COUNT_SW_CGROUP_SWITCHES));
}

int
prof_perf_event_resolve (const char *name, ProfPerfEvent *ret, ProfError *reterr)
{
  ProfPerfEvent event = { 0 };
  size_t n = strlen (name);
  if (n == 0 || n > MAX_NAME_BYTES)
    return prof_error_set (reterr, -ENOENT, "Unknown event: a name has 1 to %d characters",
                           MAX_NAME_BYTES);
  int r = resolve_attr (name, &event.attr, reterr);
  if (r < 0)
    return r;
  event.is_clock = is_clock (&event.attr);
  event.is_in_kernel = is_in_kernel (&event.attr);
  event.name = make_name (name, &event.attr);
  if (event.name != NULL) {
    event.value_type = strdup (event.is_clock ? "cpu" : event.name);
    event.value_unit = strdup (event.is_clock ? "nanoseconds" : "count");
  }
  if (event.value_type == NULL || event.value_unit == NULL) {
    prof_perf_event_finish (&event);
    return prof_error_set (reterr, -ENOMEM, "Out of memory for event %s", name);
  }
  *ret = event;
  return 0;
}

void
prof_perf_event_finish (ProfPerfEvent *event)
{
  free (event->name);
  free (event->value_type);
  free (event->value_unit);
  *event = (ProfPerfEvent){ 0 };
}
