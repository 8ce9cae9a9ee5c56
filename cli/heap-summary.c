/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

void
heap_print_amount (int64_t bytes, int64_t objects)
{
  printf (ngettext ("%s in %s block", "%s in %s blocks", (unsigned long)objects),
          format_bytes ((double)bytes).text, format_count ((double)objects).text);
}

/* What stands before a line. */
static void
print_label (const char *label)
{
  printf ("%s ", cell (-12, label).text);
}

static void
print_amount (const char *what, int64_t bytes, int64_t objects)
{
  print_label (what);
  heap_print_amount (bytes, objects);
}

static void
print_temporary (const HeapView *view)
{
  cleanup (free) ProfHeapSizeClass *classes = NULL;
  size_t n;
  int64_t bound_ns = (int64_t)view->options->temporary.bound_ns;
  double bytes = 0, objects = 0;
  if (prof_heap_get_sizes (view->heap, bound_ns, &classes, &n) < 0)
    return;
  for (size_t i = 0; i < n; i++) {
    bytes += (double)classes[i].temporary_bytes;
    objects += (double)classes[i].temporary_objects;
  }
  print_label (_ ("temporary"));
  printf (_ ("%s of the blocks, %s of the bytes: freed within %s\n"),
          format_percent (objects, (double)view->summary.allocated_objects).text,
          format_percent (bytes, (double)view->summary.allocated_bytes).text,
          format_ns ((double)bound_ns).text);
}

/* Of a profile whose own period is that of the CPU's samples. */
static int64_t
find_session_period (const HeapView *view)
{
  cleanup (prof_session_free) ProfSession *session = NULL;
  if (prof_profile_get_n_sessions (view->recorded) != 1
      || prof_profile_get_session (view->recorded, 0, &session, NULL) < 0)
    return 0;
  for (size_t i = 0; i < session->n_events; i++)
    if (strcmp (session->events[i].name, "heap") == 0)
      return (int64_t)session->events[i].period;
  return 0;
}

/* The period is the mean number of bytes between two samples. */
static void
print_sampling (const HeapView *view)
{
  ProfValueType type = prof_profile_get_period_type (view->recorded);
  int64_t period = prof_profile_get_period (view->recorded);
  if (strcmp (prof_profile_get_string (view->recorded, type.type), "space") != 0)
    period = find_session_period (view);
  if (period < 1)
    return;
  print_label (_ ("recorded"));
  if (period == 1)
    printf ("%s\n", _ ("every allocation"));
  else
    printf (_ ("a sample each %s, %s samples: what they stand for is estimated\n"),
            format_bytes ((double)period).text,
            format_count ((double)view->summary.n_samples).text);
}

static void
print_live (const HeapView *view)
{
  const ProfHeapSummary *summary = &view->summary;
  if (!summary->has_frees) {
    print_label (_ ("frees"));
    printf ("%s\n", _ ("not recorded, so what is live is not known"));
    return;
  }
  if (summary->has_times) {
    print_amount (_ ("peak"), view->peak.live_bytes, view->peak.live_objects);
    printf (_ (", at %s\n"), format_ns ((double)heap_since_start (view, view->peak.time_ns)).text);
  }
  print_amount (_ ("live at end"), summary->live_bytes, summary->live_objects);
  putchar ('\n');
  if (summary->has_times) {
    print_temporary (view);
    return;
  }
  print_label (_ ("times"));
  printf ("%s\n", _ ("not recorded, so only the end is known"));
}

static void
print_origin (const ProfHeapSummary *summary)
{
  print_label (_ ("of"));
  printf (ngettext ("%zu process", "%zu processes", summary->n_processes), summary->n_processes);
  printf (ngettext (", %zu thread\n", ", %zu threads\n", summary->n_threads), summary->n_threads);
}

void
heap_print_summary (const HeapView *view)
{
  const ProfHeapSummary *summary = &view->summary;
  ReportView report = { .path = view->path, .recorded = view->recorded };
  print_recordings (&report);
  putchar ('\n');
  double duration_ns = (double)summary->end_ns - (double)summary->start_ns;
  if (summary->has_times)
    printf ("%s %s\n", cell (-12, _ ("duration")).text, format_ns (duration_ns).text);
  print_amount (_ ("allocated"), summary->allocated_bytes, summary->allocated_objects);
  if (duration_ns > 0)
    printf (_ (", %s a second"),
            format_bytes ((double)summary->allocated_bytes * 1e9 / duration_ns).text);
  putchar ('\n');
  print_live (view);
  if (summary->n_processes > 0)
    print_origin (summary);
  print_sampling (view);
}

/* As LeakSanitizer prints it. */
void
heap_print_suppressions (const HeapView *view)
{
  static const char rule[] = "-----------------------------------------------------";
  if (view->suppressions == NULL)
    return;
  size_t n, n_used = 0;
  const ProfSuppressionUse *uses = prof_suppressions_get_uses (view->suppressions, &n);
  for (size_t i = 0; i < n; i++) {
    if (uses[i].n_samples == 0)
      continue;
    if (n_used++ == 0)
      printf ("%s\nSuppressions used:\n  count      bytes template\n", rule);
    printf ("%7lld %10lld ", (long long)uses[i].objects, (long long)uses[i].bytes);
    print_text (uses[i].pattern, SIZE_MAX);
    putchar ('\n');
  }
  if (n_used > 0)
    printf ("%s\n", rule);
}
