/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "recorder.h"

/* What a recording says on standard error. */
typedef struct {
  bool is_quiet;
  bool has_line; /* standard error is a terminal: a line that is rewritten once a second */
  int64_t shown_s;
} Progress;

Progress progress_new (bool is_quiet);
/* How long to wait for the line to be due again; -1: forever. */
int progress_get_timeout_ms (const Progress *progress);
void progress_show (Progress *progress, Recorder *recorder);
void progress_clear (const Progress *progress);
void progress_print_notes (const Progress *progress, Recorder *recorder);
/* `path`: what was written; "-" for standard output. */
void progress_print_summary (const Progress *progress, Recorder *recorder, const char *path);
