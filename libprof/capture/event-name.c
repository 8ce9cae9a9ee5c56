/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/event-name.h"

#include <string.h>

#include "capture/event-modifiers.h"

size_t
prof_event_name_measure_pmu (const char *name)
{
  const char *colons = strstr (name, "::");
  return colons != NULL ? (size_t)(colons - name) + 2 : 0;
}

size_t
prof_event_name_measure_base (const char *name)
{
  return strcspn (name + prof_event_name_measure_pmu (name), ":");
}

size_t
prof_event_name_measure_tracepoint (const char *name)
{
  struct perf_event_attr unused = { 0 };
  size_t n_group = strcspn (name, ":");
  if (n_group == 0 || name[n_group] == '\0' || prof_event_name_measure_pmu (name) > 0)
    return 0;
  const char *event = name + n_group + 1;
  if (prof_event_modifiers_parse (event, &unused) == 0)
    return 0;
  return n_group + 1 + strcspn (event, ":");
}
