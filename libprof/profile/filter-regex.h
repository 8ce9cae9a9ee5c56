/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <regex.h>

#include "profile/profile-tables.h"

/* One expression of a filter, with what it said of each string and label of a profile: it is asked
 * once for each. */
typedef struct {
  bool is_set;
  regex_t regex;
  const ProfProfile *profile;
  uint8_t *string_answers; /* of a kind that is private to filter-regex.c */
  uint8_t *label_answers;  /* only for the first of equal labels */
  ProfHashIndex label_index;
} ProfFilterRegex;

/* `name` is what a person calls it; `expression` may be NULL: not set. 0, -EINVAL, -ENOMEM. Finish
 * it in all cases. */
int prof_filter_regex_init (ProfFilterRegex *regex,
                            const ProfProfile *profile,
                            const char *name,
                            const char *expression,
                            ProfError *reterr);
void prof_filter_regex_finish (ProfFilterRegex *regex);

bool prof_filter_regex_matches_string (ProfFilterRegex *regex, uint32_t string);
/* By the name and the file name of the line's function. */
bool prof_filter_regex_matches_line (ProfFilterRegex *regex, const ProfLine *line);
/* By file name; mapping 0 never does. */
bool prof_filter_regex_matches_mapping (ProfFilterRegex *regex, uint32_t row);
/* As "key=value" or "key=number unit". 0, 1 or -ENOMEM. */
int prof_filter_regex_matches_label (ProfFilterRegex *regex, uint32_t row);
