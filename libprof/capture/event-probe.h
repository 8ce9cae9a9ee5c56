/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "capture/perf-attr.h"
#include "capture/perf-rights.h"

typedef struct {
  bool is_countable;
  char reason[192]; /* why not; "" if countable */
} ProfEventProbe;

/* Tries to count the event in the calling thread, without starting it; in user space only if the
 * kernel is not allowed and the event happens elsewhere, too. */
void prof_event_probe (const ProfPerfEvent *event,
                       const ProfPerfRights *rights,
                       ProfEventProbe *ret);
