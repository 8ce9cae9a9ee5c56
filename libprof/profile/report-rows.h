/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/report.h>

#include "profile/profile-tables.h"

/* The sum of all samples whose stacks are the same entries of the profile's stack array. */
typedef struct {
  uint32_t first_location, n_locations;
  int64_t value, base_value;
} ProfReportStack;

/* Functions of a location, innermost first: n entries of ProfReport.frames from `first` on. */
typedef struct {
  uint32_t first, n;
} ProfReportFrames;

typedef struct {
  ProfReportNode *nodes; /* NULL: not built yet */
  size_t n;
} ProfReportTree;

struct ProfReport {
  ProfProfile *profile;
  unsigned value_type;
  int64_t total, base_total;
  ProfStringTable strings;
  PROF_VEC (ProfReportStack) stacks;
  PROF_VEC (ProfReportFunction) functions;
  ProfReportFrames *location_frames; /* by location; n 0: in no stack */
  PROF_VEC (uint32_t) frames;        /* rows of functions */
  ProfReportTree trees[2];           /* by direction */
};

/* Fills stacks. 0 or -ENOMEM. */
int prof_report_build_stacks (ProfReport *report);

/* Fills functions, with no sums, and the frames of all locations that are in stacks. 0, -ENOMEM,
 * -EOVERFLOW; -EFBIG: more inlined calls than a real profile has. */
int prof_report_build_rows (ProfReport *report);

/* Goes through the functions of a stack, the leaf first:
 * `cursor = prof_report_start (…); while (prof_report_next (&cursor, &function)) …` */
typedef struct {
  const ProfReport *report;
  const uint32_t *location, *locations_end;
  const uint32_t *frame, *frames_end;
} ProfReportCursor;

static inline ProfReportCursor
prof_report_start (const ProfReport *report, const ProfReportStack *stack)
{
  ProfReportCursor cursor = { .report = report };
  if (stack->n_locations > 0) {
    cursor.location = report->profile->stacks.items + stack->first_location;
    cursor.locations_end = cursor.location + stack->n_locations;
  }
  return cursor;
}

static inline bool
prof_report_next (ProfReportCursor *cursor, uint32_t *ret_function)
{
  if (cursor->frame == cursor->frames_end) {
    if (cursor->location == cursor->locations_end)
      return false;
    const ProfReportFrames *frames = &cursor->report->location_frames[*cursor->location++];
    cursor->frame = cursor->report->frames.items + frames->first;
    cursor->frames_end = cursor->frame + frames->n;
  }
  *ret_function = *cursor->frame++;
  return true;
}
