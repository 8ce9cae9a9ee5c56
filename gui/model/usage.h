/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/process-list.h"

G_BEGIN_DECLS

/* What processes use together at one time. */
typedef struct {
  guint n_processes;
  gint64 time_us;    /* of the monotonic clock */
  guint64 cpu_ticks; /* with that of children that have ended */
  guint64 rss_bytes;
} PyroUsage;

/* Of the process and all that descend from it; of all processes for pid 0. */
PyroUsage pyro_usage_sum (PyroProcessList *list, guint pid);
/* 1: a whole processor. What ended without being waited for takes its time with it: never less
 * than 0. */
double pyro_usage_get_cpu_share (const PyroUsage *before, const PyroUsage *now, double tick_hz);

G_END_DECLS
