/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "comparison.h"

typedef struct {
  const Comparison *comparison;
  const char *base_path, *new_path;
  int64_t base_duration_ns, new_duration_ns;
  const char *normalize;
  const char *type, *unit;
  size_t limit;
} DiffView;

void print_diff (const DiffView *view);
void print_diff_json (const DiffView *view);
