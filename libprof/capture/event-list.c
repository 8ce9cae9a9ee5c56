/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/events.h>

#include <errno.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/string-table.h"
#include "base/text.h"
#include "base/vec.h"
#include "capture/event-probe.h"
#include "capture/generic-event.h"
#include "capture/pfm-event.h"
#include "capture/tracepoint.h"

struct ProfEventList {
  PROF_VEC (ProfEventInfo) infos;
  ProfStringTable strings;
};

PROF_DEFINE_CLEANUP (ProfEventList *, prof_event_list_free)

/* Strings as numbers: the table moves while it grows. */
typedef struct {
  uint32_t name, description, source, reason;
  bool is_countable;
} Row;

typedef struct {
  PROF_VEC (Row) rows;
  ProfStringTable strings;
  regex_t pattern;
  bool has_pattern;
  bool wants_probe;
  ProfPerfRights rights;
  bool has_tracepoint_probe; /* what the first tracepoint said holds for all of them */
  ProfEventProbe tracepoint_probe;
} Builder;

static bool
matches (const Builder *builder, const char *name, const char *description)
{
  return !builder->has_pattern || regexec (&builder->pattern, name, 0, NULL, 0) == 0
         || regexec (&builder->pattern, description, 0, NULL, 0) == 0;
}

static int
add_string (Builder *builder, const char *text, uint32_t *ret)
{
  int r = prof_string_table_intern (&builder->strings, text, strlen (text));
  if (r < 0)
    return r;
  *ret = (uint32_t)r;
  return 0;
}

static int
add_row (Builder *builder,
         const char *name,
         const char *description,
         const char *source,
         const ProfEventProbe *probe)
{
  Row row = { .is_countable = probe->is_countable };
  int r = add_string (builder, name, &row.name);
  if (r == 0)
    r = add_string (builder, description, &row.description);
  if (r == 0)
    r = add_string (builder, source, &row.source);
  if (r == 0)
    r = add_string (builder, _ (probe->reason), &row.reason);
  return r < 0 ? r : prof_vec_push (&builder->rows, row);
}

/* Adds an event if it is wanted and its name is good for recording: some events of a processor
 * need a unit mask, and some unit masks another one. It is tried unless `known` says the result. */
static int
add_event (Builder *builder,
           const char *name,
           const char *description,
           const char *source,
           const ProfEventProbe *known)
{
  ProfPerfEvent event;
  ProfEventProbe probe = { 0 };
  if (!matches (builder, name, description))
    return 0;
  int r = prof_perf_event_resolve (name, &event, NULL);
  if (r < 0)
    return r == -ENOMEM ? r : 0;
  if (builder->wants_probe && known != NULL)
    probe = *known;
  else if (builder->wants_probe)
    prof_event_probe (&event, &builder->rights, &probe);
  prof_perf_event_finish (&event);
  return add_row (builder, name, description, source, &probe);
}

static int
add_generic (Builder *builder)
{
  size_t n;
  int r = 0;
  const ProfGenericEvent *events = prof_generic_events (&n);
  for (size_t i = 0; i < n && r == 0; i++) {
    const char *source = events[i].type == PERF_TYPE_SOFTWARE ? "software" : "hardware";
    r = add_event (builder, events[i].name, _ (events[i].description), source, NULL);
  }
  return r;
}

static int
add_pfm (const ProfPfmEvent *event, void *user_data)
{
  static const ProfEventProbe not_of_threads
      = { false, N_ ("it counts for a whole processor, not for a program") };
  cleanup (prof_free) char *name = NULL, *description = NULL;
  int r;
  if (event->umask == NULL)
    r = asprintf (&name, "%s::%s", event->pmu, event->name) < 0
        || asprintf (&description, "%s", event->description) < 0;
  else
    r = asprintf (&name, "%s::%s:%s", event->pmu, event->name, event->umask) < 0
        || asprintf (&description, "%s: %s", event->description, event->umask_description) < 0;
  if (r != 0)
    return -ENOMEM;
  return add_event (user_data, name, description, event->pmu,
                    event->counts_threads ? NULL : &not_of_threads);
}

/* The first tracepoint stands for all: the rights are the same, and to open one takes milliseconds,
 * as the kernel's code is patched for it. */
static void
probe_tracepoint (Builder *builder, const char *name)
{
  ProfPerfEvent event;
  if (builder->has_tracepoint_probe || prof_perf_event_resolve (name, &event, NULL) < 0)
    return;
  prof_event_probe (&event, &builder->rights, &builder->tracepoint_probe);
  builder->has_tracepoint_probe = true;
  prof_perf_event_finish (&event);
}

static int
add_tracepoint (const char *group, const char *event, void *user_data)
{
  Builder *builder = user_data;
  cleanup (prof_free) char *name = NULL, *description = NULL;
  if (strcmp (group, "ftrace") == 0) /* the record formats of another tracer: no events */
    return 0;
  if (asprintf (&name, "%s:%s", group, event) < 0
      || asprintf (&description, _ ("Tracepoint of the kernel, group %s"), group) < 0)
    return -ENOMEM;
  if (!matches (builder, name, description))
    return 0;
  if (builder->wants_probe)
    probe_tracepoint (builder, name);
  return add_row (builder, name, description, "tracepoint", &builder->tracepoint_probe);
}

/* Tracepoints that this user may not see are not listed. */
static int
add_tracepoints (Builder *builder)
{
  cleanup (prof_close) int events_fd = prof_tracefs_open ();
  if (events_fd < 0)
    return 0;
  int r = prof_tracepoint_foreach (events_fd, add_tracepoint, builder);
  return r == -ENOMEM || r == -EOVERFLOW ? r : 0;
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (((const ProfEventInfo *)a)->name, ((const ProfEventInfo *)b)->name);
}

/* The generic events keep their order, which is by use; the directories of tracefs have none. */
static void
sort_tracepoints (ProfEventList *list)
{
  size_t first = list->infos.n;
  while (first > 0 && strcmp (list->infos.items[first - 1].source, "tracepoint") == 0)
    first--;
  if (first < list->infos.n)
    qsort (list->infos.items + first, list->infos.n - first, sizeof *list->infos.items,
           compare_names);
}

static int
finish_list (Builder *builder, ProfEventList *list)
{
  if (prof_vec_reserve (&list->infos, builder->rows.n) < 0)
    return -ENOMEM;
  list->strings = builder->strings;
  builder->strings = (ProfStringTable){ 0 };
  prof_vec_foreach (row, &builder->rows) {
    list->infos.items[list->infos.n++] = (ProfEventInfo){
      .name = prof_string_table_get (&list->strings, row->name),
      .description = prof_string_table_get (&list->strings, row->description),
      .source = prof_string_table_get (&list->strings, row->source),
      .is_countable = row->is_countable,
      .reason = prof_string_table_get (&list->strings, row->reason),
    };
  }
  sort_tracepoints (list);
  return 0;
}

static void
finish_builder (Builder *builder)
{
  prof_vec_clear (&builder->rows);
  prof_string_table_finish (&builder->strings);
  if (builder->has_pattern)
    regfree (&builder->pattern);
}

static int
build (Builder *builder, ProfEventList **ret)
{
  cleanup (prof_event_list_free) ProfEventList *list = calloc (1, sizeof *list);
  if (list == NULL)
    return -ENOMEM;
  int r = prof_string_table_init (&builder->strings);
  if (r == 0)
    r = add_generic (builder);
  if (r == 0)
    r = prof_pfm_foreach (NULL, add_pfm, builder);
  if (r == 0)
    r = add_tracepoints (builder);
  if (r == 0)
    r = finish_list (builder, list);
  if (r == 0)
    *ret = steal (&list);
  return r;
}

static int
set_pattern (Builder *builder, const char *pattern, ProfError *reterr)
{
  char reason[128];
  int code = regcomp (&builder->pattern, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
  if (code == 0) {
    builder->has_pattern = true;
    return 0;
  }
  regerror (code, &builder->pattern, reason, sizeof reason);
  return prof_error_set (reterr, -EINVAL, "Can't search events for %s: %s", pattern, reason);
}

int
prof_event_list_new (const char *pattern, bool probe, ProfEventList **ret, ProfError *reterr)
{
  Builder builder = { .wants_probe = probe };
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_event_list_new: ret is NULL");
  int r = pattern != NULL ? set_pattern (&builder, pattern, reterr) : 0;
  if (r < 0)
    return r;
  prof_perf_rights_read (&builder.rights);
  r = build (&builder, ret);
  finish_builder (&builder);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't list the events: %s", strerrordesc_np (-r));
  return 0;
}

ProfEventList *
prof_event_list_free (ProfEventList *list)
{
  if (list == NULL)
    return NULL;
  prof_vec_clear (&list->infos);
  prof_string_table_finish (&list->strings);
  free (list);
  return NULL;
}

const ProfEventInfo *
prof_event_list_get (const ProfEventList *list, size_t *ret_n)
{
  *ret_n = list->infos.n;
  return list->infos.items;
}
