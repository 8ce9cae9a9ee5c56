/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/report.h"

G_BEGIN_DECLS

/* What the samples of a report say about one line of a function. Recursion counts once in a
 * total. */
typedef struct {
  gint64 line;
  gint64 self_value, total_value;
} PyroSourceSum;

/* By line, ascending, of PyroSourceSum. Without those whose line is not known. Walks all samples:
 * for workers. NULL if cancelled. */
GArray *pyro_source_sums_new (PyroReport *report, guint32 function, GCancellable *cancellable);

G_END_DECLS
