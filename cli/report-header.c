/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

enum { MAX_SESSIONS = 3, MAX_CAUSES = 3, MAX_ARGUMENT = 60 };

static void
print_time (const char *before, int64_t time_ns)
{
  time_t seconds = (time_t)(time_ns / 1000000000);
  struct tm local;
  char text[64];
  if (time_ns > 0 && localtime_r (&seconds, &local) != NULL
      && strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S", &local) > 0)
    printf ("%s%s", before, text);
}

static void
print_target (const ProfSession *session)
{
  for (size_t i = 0; i < session->n_command; i++) {
    putchar (' ');
    print_text (session->command[i], MAX_ARGUMENT);
  }
  for (size_t i = 0; session->n_command == 0 && i < session->n_pids; i++)
    printf ("%s %" PRId32, i == 0 ? ngettext (" process", " processes", session->n_pids) : "",
            session->pids[i]);
  if (session->is_system_wide)
    fputs (_ (" the whole system"), stdout);
  else if (strcmp (session->attach, "cpu") == 0)
    fputs (_ (" (attached by CPU)"), stdout);
  else if (strcmp (session->attach, "task") == 0)
    fputs (_ (" (attached by thread)"), stdout);
  if (session->host[0] != '\0') {
    fputs (_ (" on "), stdout);
    print_text (session->host, SIZE_MAX);
  }
}

static void
print_rate (const ProfSessionEvent *event)
{
  if (event->frequency_hz > 0)
    printf (_ (" at %" PRIu64 " Hz"), event->frequency_hz);
  else if (event->period == 1 && strcmp (event->name, "heap") == 0)
    fputs (_ (" at every allocation"), stdout);
  else if (event->period > 0)
    printf (_ (" every %s"), strcmp (event->name, "heap") == 0
                                 ? format_bytes ((double)event->period).text
                                 : format_count ((double)event->period).text);
}

static void
print_events (const ProfSession *session)
{
  for (size_t i = 0; i < session->n_events; i++) {
    const ProfSessionEvent *event = &session->events[i];
    printf ("%s", i == 0 ? _ (" of ") : ", ");
    print_text (event->name, SIZE_MAX);
    if (event->requested[0] != '\0' && strcmp (event->requested, event->name) != 0) {
      fputs (_ (" (in place of "), stdout);
      print_text (event->requested, SIZE_MAX);
      putchar (')');
    }
    print_rate (event);
    if (event->excludes_kernel)
      fputs (_ (" without the kernel"), stdout);
  }
}

static void
print_counts (const ProfSession *session)
{
  printf (ngettext ("  %s sample", "  %s samples", session->n_samples),
          format_count ((double)session->n_samples).text);
  print_events (session);
  printf (_ (" in %s, %s lost"), format_ns ((double)session->duration_ns).text,
          format_count ((double)session->n_lost).text);
  if (session->n_throttled > 0)
    printf (_ (", throttled %s times"), format_count ((double)session->n_throttled).text);
  if (session->n_refused > 0)
    printf (_ (", %s refused by the sampling strategy"),
            format_count ((double)session->n_refused).text);
  putchar ('\n');
}

/* A reason why stacks end, and the module where most of them do. */
typedef struct {
  const char *reason;
  uint64_t n_stacks;
  const char *module; /* "" if that is not known */
  uint64_t n_in_module;
} Ending;

typedef struct {
  Ending items[16];
  size_t n;
} Endings;

/* NULL: there are more reasons than any recorder has. */
static Ending *
find_ending (Endings *endings, const char *reason)
{
  for (size_t i = 0; i < endings->n; i++)
    if (strcmp (endings->items[i].reason, reason) == 0)
      return &endings->items[i];
  if (endings->n == sizeof endings->items / sizeof *endings->items)
    return NULL;
  endings->items[endings->n] = (Ending){ .reason = reason, .module = "" };
  return &endings->items[endings->n++];
}

static int
compare_endings (const void *a, const void *b)
{
  const Ending *x = a, *y = b;
  return (x->n_stacks < y->n_stacks) - (x->n_stacks > y->n_stacks);
}

/* The most frequent first. */
static Endings
count_endings (const ProfSession *session)
{
  Endings endings = { .n = 0 };
  for (size_t i = 0; i < session->n_stack_ends; i++) {
    const ProfSessionStackEnd *end = &session->stack_ends[i];
    Ending *ending = find_ending (&endings, end->reason);
    if (ending == NULL)
      continue;
    ending->n_stacks += end->n_stacks;
    if (end->n_stacks > ending->n_in_module) {
      ending->module = end->module;
      ending->n_in_module = end->n_stacks;
    }
  }
  qsort (endings.items, endings.n, sizeof *endings.items, compare_endings);
  return endings;
}

static void
print_cause (const Ending *ending, uint64_t n_all)
{
  printf ("; %s ", format_percent ((double)ending->n_stacks, (double)n_all).text);
  print_text (*ending->reason != '\0' ? _ (ending->reason) : "", SIZE_MAX);
  if (ending->module[0] == '\0')
    return;
  fputs (_ (" (mostly in "), stdout);
  print_text (ending->module, SIZE_MAX);
  putchar (')');
}

/* Not shown as 0.0%. */
static bool
is_worth_telling (const Ending *ending, uint64_t n_all)
{
  return (double)ending->n_stacks >= 0.0005 * (double)n_all;
}

static void
print_stack_ends (const ProfSession *session)
{
  Endings endings = count_endings (session);
  uint64_t n_all = 0, n_root = 0;
  for (size_t i = 0; i < endings.n; i++) {
    n_all += endings.items[i].n_stacks;
    n_root += strcmp (endings.items[i].reason, "root") == 0 ? endings.items[i].n_stacks : 0;
  }
  if (n_all == 0)
    return;
  printf (_ ("  %s of the stacks reached their root"),
          format_percent ((double)n_root, (double)n_all).text);
  int n_causes = 0;
  for (size_t i = 0; i < endings.n && n_causes < MAX_CAUSES; i++)
    if (strcmp (endings.items[i].reason, "root") != 0
        && is_worth_telling (&endings.items[i], n_all)) {
      print_cause (&endings.items[i], n_all);
      n_causes++;
    }
  putchar ('\n');
}

static void
print_resource (const ProfSession *session)
{
  for (size_t i = 0; i < session->n_resource; i++) {
    printf ("%s", i == 0 ? _ ("  resource: ") : ", ");
    print_text (session->resource[i].key, SIZE_MAX);
    putchar ('=');
    print_text (session->resource[i].value, SIZE_MAX);
  }
  if (session->n_resource > 0)
    putchar ('\n');
}

static void
print_session (const ReportView *view, size_t index)
{
  cleanup (prof_session_free) ProfSession *session = NULL;
  if (prof_profile_get_session (view->recorded, index, &session, NULL) < 0) {
    puts (_ ("  how it was recorded can't be read"));
    return;
  }
  print_target (session);
  print_time (", ", (int64_t)session->start_ns);
  putchar ('\n');
  print_resource (session);
  print_counts (session);
  print_stack_ends (session);
  for (size_t i = 0; i < session->n_notes; i++) {
    printf (_ ("  %snote: "), style_begin (STYLE_YELLOW));
    print_text (session->notes[i], SIZE_MAX);
    printf ("%s\n", style_end ());
  }
}

static void
print_without_session (const ReportView *view)
{
  size_t n;
  prof_profile_get_samples (view->recorded, &n);
  print_time (" ", prof_profile_get_time_ns (view->recorded));
  printf (_ ("\n  %s distinct samples"), format_count ((double)n).text);
  int64_t duration = prof_profile_get_duration_ns (view->recorded);
  if (duration > 0)
    printf (_ (" in %s"), format_ns ((double)duration).text);
  putchar ('\n');
}

void
print_recordings (const ReportView *view)
{
  print_text (strcmp (view->path, "-") == 0 ? _ ("standard input") : view->path, SIZE_MAX);
  putchar (':');
  size_t n = prof_profile_get_n_sessions (view->recorded);
  if (n == 0)
    print_without_session (view);
  if (n > 1)
    printf (_ (" %zu recordings\n"), n);
  for (size_t i = 0; i < n && i < MAX_SESSIONS; i++)
    print_session (view, i);
  if (n > MAX_SESSIONS)
    printf (_ ("  and %zu more recordings\n"), n - MAX_SESSIONS);
}

void
print_report_header (const ReportView *view)
{
  print_recordings (view);
  printf ("\n%s", style_begin (STYLE_BOLD));
  print_text (view->type, SIZE_MAX);
  printf (": %s%s", format_value ((double)view->total, view->unit).text, style_end ());
  if (view->profile != view->recorded)
    printf (_ (" of %s (%s)"), format_value ((double)view->recorded_total, view->unit).text,
            format_percent ((double)view->total, (double)view->recorded_total).text);
  printf ("\n\n");
}
