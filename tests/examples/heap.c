/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* What a heap profile says over time: heap FILE */
#include <prof/prof.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
print_timeline (const ProfHeap *heap)
{
  enum { N_POINTS = 5 };
  ProfHeapSummary summary = PROF_HEAP_SUMMARY_INIT;
  ProfHeapPoint *points = NULL, peak;
  prof_heap_get_summary (heap, &summary);
  if (!summary.has_times)
    return 0;
  int r = prof_heap_get_timeline (heap, summary.start_ns, summary.end_ns, N_POINTS, &points);
  if (r < 0)
    return r;
  for (int i = 0; i < N_POINTS; i++)
    printf ("%5.1f s %10lld bytes live, %lld allocated\n",
            (double)(points[i].time_ns - summary.start_ns) / 1e9, (long long)points[i].live_bytes,
            (long long)points[i].allocated_bytes);
  free (points);

  prof_heap_get_peak (heap, &peak);
  printf ("peak: %lld bytes after %.1f s\n", (long long)peak.live_bytes,
          (double)(peak.time_ns - summary.start_ns) / 1e9);
  return 0;
}

/* A selection of blocks is a profile again, whose stacks begin where the blocks were allocated. */
static int
print_holders (const ProfHeap *heap, ProfHeapSelectionKind kind, ProfError *error)
{
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  ProfProfile *profile = NULL;
  ProfReport *report = NULL;
  size_t n = 0;
  selection.kind = kind;
  int r = prof_heap_select (heap, &selection, &profile, error);
  if (r >= 0)
    r = prof_report_new (profile, (unsigned)prof_profile_get_default_value_type (profile), &report,
                         error);
  if (r >= 0) {
    const ProfReportFunction *functions = prof_report_get_functions (report, &n);
    for (size_t i = 0; i < n && functions[i].self != 0; i++)
      printf ("%10lld  %s\n", (long long)functions[i].self, functions[i].name);
  }
  prof_report_free (report);
  prof_profile_unref (profile);
  return r;
}

int
main (int argc, char **argv)
{
  ProfProfile *profile = NULL;
  ProfHeap *heap = NULL;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_pprof_open (argc > 1 ? argv[1] : "memory.pb.gz", &profile, &error);
  if (r >= 0)
    r = prof_heap_new (profile, &heap, &error);
  if (r >= 0)
    r = print_timeline (heap);
  if (r >= 0) {
    puts ("held at the peak:");
    r = print_holders (heap, PROF_HEAP_LIVE_AT_PEAK, &error);
  }
  if (r >= 0) {
    puts ("leaked:");
    r = print_holders (heap, PROF_HEAP_LEAKED, &error);
  }
  if (r < 0)
    fprintf (stderr, "%s\n", error.code != 0 ? error.message : strerror (-r));
  prof_heap_free (heap);
  prof_profile_unref (profile);
  return r < 0;
}
