/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <prof/report.h>

typedef struct {
  const char *title;
  const char *type, *unit; /* of the report's values */
  ProfTreeDirection direction;
  bool is_icicle; /* the root is on top */
} FlameGraphStyle;

/* Writes an SVG that stands alone: it zooms and searches where scripts run, and is readable where
 * they do not. Frames are as wide as the magnitudes below them, so that the differences of a diff
 * don't cancel out: red ones grew, blue ones shrank. -ENOMEM. */
int write_flame_graph (FILE *file, ProfReport *report, const FlameGraphStyle *style);
