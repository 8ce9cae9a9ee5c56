/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/heap.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "pprof/pprof-read.h"
#include "profile/heap.h"
#include "profile/suppressions.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { MAX_BYTES = 4 << 20, N_POINTS = 17, MAX_SITES = 3 };

static void
require (bool is_true)
{
  if (!is_true)
    abort ();
}

/* NULL: not a profile, or not that of a heap. */
static ProfHeap *
read_heap (const uint8_t *data, size_t size)
{
  ProfPprofLimits limits = PROF_PPROF_LIMITS_INIT;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  cleanup (prof_close) int fd = memfd_create ("input", MFD_CLOEXEC);
  limits.raw_bytes = MAX_BYTES;
  require (fd >= 0 && write (fd, data, size) == (ssize_t)size && lseek (fd, 0, SEEK_SET) == 0);
  ProfHeap *heap = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_pprof_read_limited (fd, "it", &limits, &profile, &error) < 0)
    return NULL;
  int r = prof_heap_new (profile, &heap, &error);
  require (r == 0 || (error.code == r && error.message[0] != '\0'));
  return heap;
}

static void
check_timeline (const ProfHeap *heap, int64_t start_ns, int64_t end_ns)
{
  ProfHeapPoint *points;
  require (prof_heap_get_timeline (heap, start_ns, end_ns, N_POINTS, &points) == 0);
  require (points[0].time_ns == start_ns && points[N_POINTS - 1].time_ns == end_ns);
  free (points);
  ProfHeapSites *sites;
  require (prof_heap_get_sites (heap, start_ns, end_ns, N_POINTS, MAX_SITES, &sites) == 0);
  require (sites->n_sites <= MAX_SITES + 1 && sites->times_ns[N_POINTS - 1] == end_ns);
  free (sites);
}

static void
check_selections (const ProfHeap *heap, const ProfHeapSummary *summary)
{
  static const char text[] = "leak:m*a\nleak:^_Z\n";
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  require (prof_suppressions_parse (text, strlen (text), &selection.suppressions, NULL) == 0);
  for (int i = 0; i <= 2 * PROF_HEAP_TEMPORARY + 1; i++) {
    ProfProfile *selected = NULL;
    selection.kind = (ProfHeapSelectionKind)(i / 2);
    selection.start_ns = summary->start_ns;
    selection.end_ns = i % 2 == 0 ? 0 : summary->end_ns;
    require (prof_heap_select (heap, &selection, &selected, NULL) == 0);
    prof_profile_unref (selected);
  }
  prof_suppressions_free (selection.suppressions);
}

static void
check_suppressions (const uint8_t *data, size_t size)
{
  ProfSuppressions *suppressions = NULL;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_suppressions_parse ((const char *)data, size, &suppressions, &error);
  require (r == 0 ? error.message[0] == '\0' : error.code == r && error.message[0] != '\0');
  const char *const texts[] = { "operator new(unsigned long)", "", "/usr/lib/libc.so.6" };
  if (r == 0)
    prof_suppressions_find (suppressions, texts, 3);
  prof_suppressions_free (suppressions);
}

/* All reports over any profile that can be read; else the bytes are suppressions. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  cleanup (prof_heap_free) ProfHeap *heap = read_heap (data, size);
  if (heap == NULL) {
    check_suppressions (data, size);
    return 0;
  }
  ProfHeapSummary summary = PROF_HEAP_SUMMARY_INIT;
  ProfHeapPoint peak;
  ProfHeapSizeClass *classes;
  size_t n;
  prof_heap_get_summary (heap, &summary);
  prof_heap_get_peak (heap, &peak);
  require (summary.start_ns <= summary.end_ns && peak.time_ns >= summary.start_ns
           && peak.time_ns <= summary.end_ns);
  require (peak.live_bytes >= summary.live_bytes || summary.live_bytes < 0);
  check_timeline (heap, summary.start_ns, summary.end_ns);
  check_timeline (heap, INT64_MIN, INT64_MAX);
  require (prof_heap_get_sizes (heap, summary.end_ns, &classes, &n) == 0);
  free (classes);
  check_selections (heap, &summary);
  return 0;
}
