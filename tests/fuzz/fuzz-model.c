/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>
#include <prof/report.h>
#include <prof/session.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pprof/pprof-read.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { MAX_BYTES = 1 << 20, MAX_FRAMES = 1 << 16 };

static void
require (int is_true)
{
  if (!is_true)
    abort ();
}

/* NULL: it can't be read. */
static ProfProfile *
read_profile (const uint8_t *data, size_t size)
{
  ProfPprofLimits limits = PROF_PPROF_LIMITS_INIT;
  limits.raw_bytes = MAX_BYTES;
  limits.frames = MAX_FRAMES;
  ProfProfile *profile = NULL;
  int fd = memfd_create ("input", MFD_CLOEXEC);
  require (fd >= 0 && write (fd, data, size) == (ssize_t)size && lseek (fd, 0, SEEK_SET) == 0);
  prof_pprof_read_limited (fd, "it", &limits, &profile, NULL);
  close (fd);
  return profile;
}

static void
check_tree (ProfReport *report, ProfTreeDirection direction)
{
  const ProfReportNode *nodes;
  size_t n;
  require (prof_report_get_tree (report, direction, &nodes, &n) == 0 && n > 0);
  require (nodes[0].total == prof_report_get_total (report));
  for (size_t i = 0; i < n; i++) {
    require (nodes[i].n_children == 0 || nodes[i].first_child > i);
    require (nodes[i].first_child + nodes[i].n_children <= n);
    for (uint32_t child = 0; child < nodes[i].n_children; child++)
      require (nodes[nodes[i].first_child + child].parent == i);
  }
}

static void
check_edges (const ProfReport *report, uint32_t row)
{
  ProfReportEdge *edges;
  size_t n;
  require (prof_report_get_callers (report, row, &edges, &n) == 0);
  free (edges);
  require (prof_report_get_callees (report, row, &edges, &n) == 0);
  free (edges);
}

static void
check_lines (const ProfReport *report, uint32_t row)
{
  ProfReportLine *lines;
  size_t n;
  require (prof_report_get_lines (report, row, &lines, &n) == 0 && n > 0);
  for (size_t i = 1; i < n; i++)
    require (lines[i - 1].line < lines[i].line);
  free (lines);
}

static void
check_report (ProfProfile *profile)
{
  ProfReport *report;
  size_t n_types, n;
  prof_profile_get_value_types (profile, &n_types);
  if (n_types == 0 || prof_report_new (profile, (unsigned)n_types - 1, &report, NULL) < 0)
    return;
  check_tree (report, PROF_TREE_TOP_DOWN);
  check_tree (report, PROF_TREE_BOTTOM_UP);
  prof_report_get_functions (report, &n);
  for (uint32_t row = 0; row < n && row < 3; row++) {
    check_edges (report, row);
    check_lines (report, row);
  }
  prof_report_free (report);
}

static size_t
count_samples (const ProfProfile *profile)
{
  size_t n;
  prof_profile_get_samples (profile, &n);
  return n;
}

static void
check_filter (ProfProfile *profile)
{
  ProfProfile *filtered, *selected;
  ProfFilter filter = PROF_FILTER_INIT;
  filter.ignore = "x";
  filter.hide = "a";
  filter.show_from = "m|^f";
  filter.label_ignore = "=1";
  require (prof_profile_filter (profile, &filter, &filtered, NULL) == 0);
  check_report (filtered);
  require (prof_profile_select (profile, &filter, &selected, NULL) == 0);
  require (count_samples (selected) == count_samples (filtered));
  check_report (selected);
  prof_profile_unref (selected);
  prof_profile_unref (filtered);
}

/* A profile and itself: no new sample in a sum, and in a difference those of one again. */
static void
check_combinations (const ProfProfile *profile, const ProfProfile *same)
{
  ProfProfile *sum, *difference;
  require (prof_profile_new (&sum) == 0);
  require (prof_profile_merge (sum, profile, NULL) == 0);
  size_t n = count_samples (sum);
  require (prof_profile_merge (sum, same, NULL) == 0 && count_samples (sum) == n);
  prof_profile_unref (sum);
  int r = prof_profile_diff (profile, same, PROF_NORMALIZE_TOTAL, &difference, NULL);
  require (r == 0 && count_samples (difference) <= 2 * n);
  check_report (difference);
  prof_profile_unref (difference);
}

static void
check_text (const ProfProfile *profile)
{
  int fd = memfd_create ("text", MFD_CLOEXEC);
  require (fd >= 0);
  prof_collapsed_write (profile, 0, fd, NULL);
  close (fd);
  for (size_t i = 0; i < prof_profile_get_n_sessions (profile); i++) {
    ProfSession *session = NULL;
    prof_profile_get_session (profile, i, &session, NULL);
    prof_session_free (session);
  }
}

/* What is done with a profile that came from anywhere. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfProfile *profile = read_profile (data, size), *same = read_profile (data, size);
  if (profile != NULL && same != NULL) {
    check_report (profile);
    check_filter (profile);
    check_combinations (profile, same);
    check_text (profile);
  }
  prof_profile_unref (profile);
  prof_profile_unref (same);
  return 0;
}
