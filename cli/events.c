/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include <prof/events.h>

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "message.h"
#include "terminal.h"
#include "text.h"

DEFINE_CLEANUP (ProfEventList, prof_event_list_free)

typedef struct {
  bool available;
  bool names;
  bool json;
} EventsOptions;

static const Option options[] = {
  { "available", 'a', &option_switch, offsetof (EventsOptions, available), NULL,
    N_ ("only events that can be counted here") },
  { "names", 0, &option_switch, offsetof (EventsOptions, names), NULL,
    N_ ("only names, one to a line; nothing is tried unless --available is given") },
  { "json", 0, &option_switch, offsetof (EventsOptions, json), NULL, N_ ("print JSON") },
  { NULL },
};

static void
print_json (const ProfEventInfo *events, size_t n, bool only_available)
{
  Json json = JSON_INIT (stdout);
  json_begin_object (&json, NULL);
  json_begin_array (&json, "events");
  for (size_t i = 0; i < n; i++) {
    if (only_available && !events[i].is_countable)
      continue;
    json_begin_object (&json, NULL);
    json_add_string (&json, "name", events[i].name);
    json_add_string (&json, "source", events[i].source);
    json_add_string (&json, "description", events[i].description);
    json_add_bool (&json, "countable", events[i].is_countable);
    json_add_string (&json, "reason", events[i].reason);
    json_end_object (&json);
  }
  json_end_array (&json);
  json_end_object (&json);
}

static void
print_event (const ProfEventInfo *event)
{
  printf ("%s%s%s  %s%s%s", style_begin (STYLE_BOLD), event->name, style_end (),
          style_begin (STYLE_DIM), event->source, style_end ());
  if (!event->is_countable)
    printf ("  %s%s%s%s%s", style_begin (STYLE_YELLOW), _ ("can't be counted here"),
            event->reason[0] != '\0' ? ": " : "", event->reason, style_end ());
  printf ("\n    %s\n", event->description);
}

static int
print_events (const EventsOptions *chosen, const ProfEventInfo *events, size_t n)
{
  if (chosen->json) {
    print_json (events, n, chosen->available);
    return STATUS_OK;
  }
  size_t n_shown = 0;
  for (size_t i = 0; i < n; i++) {
    if (chosen->available && !events[i].is_countable)
      continue;
    if (chosen->names)
      puts (events[i].name);
    else
      print_event (&events[i]);
    n_shown++;
  }
  if (n_shown > 0)
    return STATUS_OK;
  message (chosen->available ? N_ ("no such event can be counted; 'prof events' lists all")
                             : N_ ("no such event; 'prof events' lists all"));
  return STATUS_FAILURE;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  const EventsOptions *chosen = values;
  cleanup (prof_event_list_free) ProfEventList *list = NULL;
  ProfError error = PROF_ERROR_INIT;
  bool probe = chosen->available || !chosen->names;
  if (prof_event_list_new (n_operands > 0 ? operands[0] : NULL, probe, &list, &error) < 0)
    return fail (&error);
  size_t n;
  const ProfEventInfo *events = prof_event_list_get (list, &n);
  return print_events (chosen, events, n);
}

const Command command_events = {
  .name = "events",
  .summary = N_ ("list the events that can be sampled"),
  .usage = "[OPTION]... [PATTERN]",
  .description
  = N_ ("Lists the events that 'prof record -e' takes: those of the processor, the kernel's "
        "software events and its tracepoints, each with what it counts and whether this machine "
        "and this user can count it. PATTERN is an extended regular expression that the name or "
        "the description must contain; case does not matter.\n"),
  .examples = N_ ("  prof events                   every event\n"
                  "  prof events cache             events that have to do with caches\n"
                  "  prof events -a '^cpu'         what begins with cpu and works here\n"
                  "  prof events --names sched:    names for a script\n"),
  .options = options,
  .values_size = sizeof (EventsOptions),
  .max_operands = 1,
  .operands = N_ ("at most one pattern"),
  .run = run,
};
