/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/filter-regex.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/hash.h"
#include "profile/profile-rows.h"

enum { NOT_ASKED, NO, YES };

int
prof_filter_regex_init (ProfFilterRegex *regex,
                        const ProfProfile *profile,
                        const char *name,
                        const char *expression,
                        ProfError *reterr)
{
  *regex = (ProfFilterRegex){ .profile = profile };
  if (expression == NULL)
    return 0;
  int code = regcomp (&regex->regex, expression, REG_EXTENDED | REG_NOSUB);
  if (code != 0) {
    char reason[128];
    regerror (code, &regex->regex, reason, sizeof reason);
    return prof_error_set (reterr, -EINVAL,
                           "Can't use '%.200s' as %s: %s. Give a POSIX extended regular "
                           "expression, "
                           "with a backslash before characters to be taken literally.",
                           expression, name, reason);
  }
  regex->is_set = true;
  regex->string_answers = calloc (prof_string_table_count (&profile->strings), 1);
  regex->label_answers = calloc (profile->labels.n + 1, 1);
  if (regex->string_answers == NULL || regex->label_answers == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't filter the profile: out of memory.");
  return 0;
}

void
prof_filter_regex_finish (ProfFilterRegex *regex)
{
  if (regex->is_set)
    regfree (&regex->regex);
  free (regex->string_answers);
  free (regex->label_answers);
  prof_hash_index_clear (&regex->label_index);
}

static bool
matches_text (const ProfFilterRegex *regex, const char *text)
{
  return regexec (&regex->regex, text, 0, NULL, 0) == 0;
}

bool
prof_filter_regex_matches_string (ProfFilterRegex *regex, uint32_t string)
{
  uint8_t *answer = &regex->string_answers[string];
  if (*answer == NOT_ASKED)
    *answer = matches_text (regex, prof_profile_get_string (regex->profile, string)) ? YES : NO;
  return *answer == YES;
}

bool
prof_filter_regex_matches_line (ProfFilterRegex *regex, const ProfLine *line)
{
  const ProfFunction *function = &regex->profile->functions.items[line->function];
  return prof_filter_regex_matches_string (regex, function->name)
         || prof_filter_regex_matches_string (regex, function->filename);
}

bool
prof_filter_regex_matches_mapping (ProfFilterRegex *regex, uint32_t row)
{
  return row != 0
         && prof_filter_regex_matches_string (regex, regex->profile->mappings.items[row].filename);
}

static bool
label_row_equals (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  return prof_labels_equal (&profile->labels.items[row], key);
}

static int
ask_about_label (const ProfFilterRegex *regex, const ProfLabel *label)
{
  const char *key = prof_profile_get_string (regex->profile, label->key);
  const char *unit = prof_profile_get_string (regex->profile, label->unit);
  char *text;
  int n;
  if (label->string != 0)
    n = asprintf (&text, "%s=%s", key, prof_profile_get_string (regex->profile, label->string));
  else
    n = asprintf (&text, "%s=%" PRId64 "%s%s", key, label->number, *unit == '\0' ? "" : " ", unit);
  if (n < 0)
    return -ENOMEM;
  bool matches = matches_text (regex, text);
  free (text);
  return matches;
}

int
prof_filter_regex_matches_label (ProfFilterRegex *regex, uint32_t row)
{
  const ProfLabel *label = &regex->profile->labels.items[row];
  uint64_t hash = prof_label_hash (label);
  uint32_t first
      = prof_hash_index_find (&regex->label_index, hash, label_row_equals, regex->profile, label);
  if (first != PROF_HASH_INDEX_NONE)
    return regex->label_answers[first] == YES;
  int matches = ask_about_label (regex, label);
  if (matches < 0 || prof_hash_index_add (&regex->label_index, hash, row) < 0)
    return -ENOMEM;
  regex->label_answers[row] = matches ? YES : NO;
  return matches;
}
