/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/event-error.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <perfmon/pfmlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "capture/event-name.h"
#include "capture/generic-event.h"
#include "capture/nearest-names.h"
#include "capture/pfm-event.h"
#include "capture/tracepoint.h"

int
prof_event_error_modifiers (ProfError *reterr, const char *name)
{
  return prof_error_set (reterr, -EINVAL,
                         "Event %s: unknown modifier; there are :u, :k and :h (count in user "
                         "space, "
                         "kernel, hypervisor), :p (precise), :period=N and :freq=N",
                         name);
}

static char *
copy_pmu (const char *name)
{
  size_t n = prof_event_name_measure_pmu (name);
  return n > 2 ? strndup (name, n - 2) : NULL;
}

typedef struct {
  const char *event; /* its first n bytes */
  size_t n;
  char text[256];
  size_t n_text;
} UmaskList;

static int
add_umask (const ProfPfmEvent *event, void *user_data)
{
  UmaskList *list = user_data;
  if (event->umask == NULL || strlen (event->name) != list->n
      || strncasecmp (event->name, list->event, list->n) != 0)
    return 0;
  size_t n_free = sizeof list->text - list->n_text;
  int n = snprintf (list->text + list->n_text, n_free, "%s%s", list->n_text > 0 ? ", " : "",
                    event->umask);
  if (n < 0 || (size_t)n >= n_free) {
    list->text[list->n_text] = '\0';
    return -ENOSPC;
  }
  list->n_text += (size_t)n;
  return 0;
}

static int
set_wrong_umask (ProfError *reterr, const char *name, const char *what)
{
  if (reterr == NULL)
    return -EINVAL;
  cleanup (prof_free) char *pmu = copy_pmu (name);
  UmaskList list = { .event = name + prof_event_name_measure_pmu (name),
                     .n = prof_event_name_measure_base (name) };
  bool is_cut = prof_pfm_foreach (pmu, add_umask, &list) == -ENOSPC;
  if (list.n_text == 0)
    return prof_event_error_modifiers (reterr, name);
  return prof_error_set (reterr, -EINVAL, "Event %s: %s; its unit masks are %s%s", name, _ (what),
                         list.text, is_cut ? " …" : "");
}

int
prof_event_error_pfm (ProfError *reterr, const char *name, int pfm_error)
{
  switch (pfm_error) {
  case PFM_ERR_NOMEM:
    return prof_error_set (reterr, -ENOMEM, "Out of memory for event %s", name);
  case PFM_ERR_ATTR:
    return set_wrong_umask (reterr, name, "unknown unit mask or modifier");
  case PFM_ERR_UMASK:
    return set_wrong_umask (reterr, name, "it needs a unit mask");
  default:
    return prof_error_set (reterr, -EINVAL, "Event %s: %s", name, pfm_strerror (pfm_error));
  }
}

int
prof_event_error_tracefs (ProfError *reterr, const char *name, int code)
{
  if (code == -ENOENT)
    return prof_error_set (reterr, -EACCES,
                           "Event %s looks like a tracepoint, but tracefs is not mounted; try: "
                           "sudo mount -t tracefs tracefs /sys/kernel/tracing",
                           name);
  return prof_error_set (reterr, -EACCES,
                         "Event %s looks like a tracepoint, but reading tracefs failed: %s; try: "
                         "sudo mount -o remount,gid=$(id -g),mode=750 /sys/kernel/tracing",
                         name, strerrordesc_np (-code));
}

static int
offer_pfm (const ProfPfmEvent *event, void *user_data)
{
  if (event->umask == NULL)
    prof_nearest_names_offer (user_data, event->name);
  return 0;
}

static int
offer_tracepoint (const char *group, const char *name, void *user_data)
{
  char text[PROF_NEAREST_NAME_BYTES];
  if (snprintf (text, sizeof text, "%s:%s", group, name) < (int)sizeof text)
    prof_nearest_names_offer (user_data, text);
  return 0;
}

static void
find_nearest_tracepoints (ProfNearestNames *nearest)
{
  cleanup (prof_close) int events_fd = prof_tracefs_open ();
  if (events_fd >= 0)
    prof_tracepoint_foreach (events_fd, offer_tracepoint, nearest);
}

static void
find_nearest_events (ProfNearestNames *nearest, const char *pmu)
{
  size_t n;
  const ProfGenericEvent *generic = prof_generic_events (&n);
  for (size_t i = 0; pmu == NULL && i < n; i++)
    prof_nearest_names_offer (nearest, generic[i].name);
  prof_pfm_foreach (pmu, offer_pfm, nearest);
}

int
prof_event_error_unknown (ProfError *reterr, const char *name)
{
  if (reterr == NULL) /* looking for near names takes time */
    return -ENOENT;
  ProfNearestNames nearest;
  char names[PROF_NEAREST_MAX * PROF_NEAREST_NAME_BYTES];
  cleanup (prof_free) char *pmu = copy_pmu (name);
  size_t n_tracepoint = prof_event_name_measure_tracepoint (name);
  if (n_tracepoint > 0) {
    prof_nearest_names_init (&nearest, name, n_tracepoint);
    find_nearest_tracepoints (&nearest);
  } else {
    prof_nearest_names_init (&nearest, name + prof_event_name_measure_pmu (name),
                             prof_event_name_measure_base (name));
    find_nearest_events (&nearest, pmu);
  }
  if (nearest.n_names == 0)
    return prof_error_set (reterr, -ENOENT, "Unknown event %s; `prof events` lists the known ones",
                           name);
  if (pmu != NULL && nearest.distances[0] == 0)
    return prof_error_set (reterr, -ENOENT,
                           "Event %s is of another processor: this machine has no PMU %s", name,
                           pmu);
  prof_nearest_names_format (&nearest, names, sizeof names);
  return prof_error_set (reterr, -ENOENT, "Unknown event %s; did you mean %s?", name, names);
}
