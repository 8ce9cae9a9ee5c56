/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "profile/filter-regex.h"

/* What the expressions say of a location; the rules are google/pprof's (profile/filter.go). */
enum {
  PROF_FILTER_IGNORED = 1,
  PROF_FILTER_FOCUSED = 2,
  PROF_FILTER_HIDDEN = 4,   /* none of its lines is left */
  PROF_FILTER_TOP = 8,      /* show_from matches */
  PROF_FILTER_CHANGED = 16, /* some of its lines are left */
};

/* A filter that is being applied to a profile. */
typedef struct {
  const ProfProfile *profile;
  ProfFilter options;
  ProfFilterRegex focus, ignore, hide, show_from, label_focus, label_ignore;
  uint32_t time_key;         /* string; 0: no sample has a time */
  uint8_t *verdicts;         /* by location */
  PROF_VEC (uint32_t) lines; /* scratch of prof_filter_run_judge_lines */
} ProfFilterRun;

/* 0, -EINVAL, -ENOMEM. Finish it in all cases. */
int prof_filter_run_init (ProfFilterRun *run,
                          const ProfProfile *profile,
                          const ProfFilter *filter,
                          ProfError *reterr);
void prof_filter_run_finish (ProfFilterRun *run);

/* Leaves the rows of the lines that are left of a location in run->lines. What hide and show_from
 * say of it, or -ENOMEM. */
int prof_filter_run_judge_lines (ProfFilterRun *run, const ProfLocation *location);

/* Whether time and labels of a sample let it through. 0, 1 or -ENOMEM. */
int prof_filter_run_wants_sample (ProfFilterRun *run, const ProfSample *sample);

/* Whether focus and ignore do, by its stack; what hide and show_from leave of that is another
 * question. */
bool prof_filter_run_wants_stack (const ProfFilterRun *run, const ProfSample *sample);

/* How many locations of a stack are not above the one that show_from matches nearest to the root.
 */
uint32_t prof_filter_run_count_shown (const ProfFilterRun *run, const ProfSample *sample);
