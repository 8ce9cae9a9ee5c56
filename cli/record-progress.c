/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "record-progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "message.h"
#include "text.h"
#include "units.h"

Progress
progress_new (bool is_quiet)
{
  return (Progress){ .is_quiet = is_quiet, .has_line = !is_quiet && isatty (STDERR_FILENO) };
}

int
progress_get_timeout_ms (const Progress *progress)
{
  return progress->has_line ? 1000 : -1;
}

void
progress_show (Progress *progress, Recorder *recorder)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  if (!progress->has_line || now.tv_sec == progress->shown_s)
    return;
  progress->shown_s = now.tv_sec;
  RecorderStats stats = recorder_get_stats (recorder);
  double seconds = (double)stats.duration_ns / 1e9;
  fputs ("\r\033[K[prof] ", stderr);
  fprintf (stderr, _ ("%.0f s, %s samples (%s/s), %s lost"), seconds,
           format_count ((double)stats.n_samples).text,
           format_count (seconds > 0 ? (double)stats.n_samples / seconds : 0).text,
           format_count ((double)stats.n_lost).text);
  if (stats.has_live)
    fprintf (stderr, _ (", %s live"), format_bytes ((double)stats.live_bytes).text);
  fflush (stderr);
}

void
progress_clear (const Progress *progress)
{
  if (progress->has_line)
    fputs ("\r\033[K", stderr);
}

void
progress_print_notes (const Progress *progress, Recorder *recorder)
{
  if (!progress->is_quiet)
    recorder_print_early_notes (recorder, note);
}

static void
print_heap (const RecorderStats *stats)
{
  if (!stats->has_live) {
    message ("heap: %s allocated; frees were not recorded",
             format_bytes ((double)stats->allocated_bytes).text);
    return;
  }
  message ("heap: %s allocated, %s at the peak, %s live at the end",
           format_bytes ((double)stats->allocated_bytes).text,
           format_bytes ((double)stats->peak_bytes).text,
           format_bytes ((double)stats->live_bytes).text);
}

void
progress_print_summary (const Progress *progress, Recorder *recorder, const char *path)
{
  if (progress->is_quiet)
    return;
  RecorderStats stats = recorder_get_stats (recorder);
  struct stat file;
  bool has_size = strcmp (path, "-") != 0 && stat (path, &file) == 0 && S_ISREG (file.st_mode);
  cleanup (free) char *cut = NULL;
  if (stats.n_samples > 0
      && asprintf (&cut, _ (", %s of the stacks cut short"),
                   format_percent ((double)stats.n_truncated, (double)stats.n_samples).text)
             < 0)
    cut = NULL;
  message (ngettext ("%s sample in %s, %s lost%s; written to %s%s%s%s",
                     "%s samples in %s, %s lost%s; written to %s%s%s%s", stats.n_samples),
           format_count ((double)stats.n_samples).text, format_ns ((double)stats.duration_ns).text,
           format_count ((double)stats.n_lost).text, cut != NULL ? cut : "",
           strcmp (path, "-") == 0 ? _ ("standard output") : path, has_size ? " (" : "",
           has_size ? format_bytes ((double)file.st_size).text : "", has_size ? ")" : "");
  if (recorder->heap != NULL)
    print_heap (&stats);
  if (stats.n_truncated > stats.n_samples / 100)
    message (
        "more than 1%% of the stacks are cut short: 'prof report --quality' says why, and what "
        "would help");
  recorder_print_late_notes (recorder, note);
  if (stats.n_samples == 0 && recorder->heap != NULL)
    message ("no samples: too little was allocated for one (--heap-rate 1 takes all), or what ran "
             "did not load libprof-heap.so: static and set-user-ID programs don't, nor does "
             "what has an environment without LD_PRELOAD");
  else if (stats.n_samples == 0)
    message ("no samples: the target did not run long enough for one, only waited, or --sampling "
             "took none");
}
