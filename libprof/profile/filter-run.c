/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/filter-run.h"

#include "base/error.h"

/* ---- locations ---- */

static bool
location_matches (const ProfFilterRun *run, ProfFilterRegex *regex, const ProfLocation *location)
{
  for (uint32_t i = 0; i < location->n_lines; i++) {
    const ProfLine *line = &run->profile->lines.items[location->first_line + i];
    if (prof_filter_regex_matches_line (regex, line))
      return true;
  }
  return prof_filter_regex_matches_mapping (regex, location->mapping);
}

/* Writes the rows of the lines that hide leaves into run->lines. */
static int
gather_shown (ProfFilterRun *run, const ProfLocation *location)
{
  run->lines.n = 0;
  for (uint32_t i = 0; i < location->n_lines; i++) {
    uint32_t row = location->first_line + i;
    if (run->hide.is_set
        && prof_filter_regex_matches_line (&run->hide, &run->profile->lines.items[row]))
      continue;
    if (prof_vec_push (&run->lines, row) < 0)
      return -ENOMEM;
  }
  return 0;
}

/* Takes the lines after the last match, its callers, out of run->lines. Returns whether there
 * was one; a matching mapping matches with all lines. */
static bool
cut_above_top (ProfFilterRun *run, const ProfLocation *location)
{
  if (prof_filter_regex_matches_mapping (&run->show_from, location->mapping))
    return true;
  for (size_t n = run->lines.n; n > 0; n--) {
    const ProfLine *line = &run->profile->lines.items[run->lines.items[n - 1]];
    if (prof_filter_regex_matches_line (&run->show_from, line)) {
      run->lines.n = n;
      return true;
    }
  }
  return false;
}

/* Leaves the location's lines in run->lines. */
int
prof_filter_run_judge_lines (ProfFilterRun *run, const ProfLocation *location)
{
  int verdict = 0;
  if (gather_shown (run, location) < 0)
    return -ENOMEM;
  if (run->hide.is_set
      && (prof_filter_regex_matches_mapping (&run->hide, location->mapping)
          || (run->lines.n == 0 && location->n_lines > 0)))
    return PROF_FILTER_HIDDEN;
  if (run->show_from.is_set && cut_above_top (run, location))
    verdict = PROF_FILTER_TOP;
  return verdict | (run->lines.n < location->n_lines ? PROF_FILTER_CHANGED : 0);
}

static int
judge_location (ProfFilterRun *run, const ProfLocation *location)
{
  int verdict = prof_filter_run_judge_lines (run, location);
  if (verdict < 0)
    return verdict;
  if (run->ignore.is_set && location_matches (run, &run->ignore, location))
    return verdict | PROF_FILTER_IGNORED;
  if (!run->focus.is_set || location_matches (run, &run->focus, location))
    return verdict | PROF_FILTER_FOCUSED;
  return verdict;
}

static int
judge_locations (ProfFilterRun *run)
{
  const ProfProfile *profile = run->profile;
  run->verdicts = calloc (profile->locations.n, 1);
  if (run->verdicts == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < profile->locations.n; i++) {
    int verdict = judge_location (run, &profile->locations.items[i]);
    if (verdict < 0)
      return verdict;
    run->verdicts[i] = (uint8_t)verdict;
  }
  return 0;
}

/* ---- samples ---- */

static bool
is_in_time (const ProfFilterRun *run, const ProfSample *sample)
{
  const ProfFilter *options = &run->options;
  if (options->start_ns == 0 && options->end_ns == 0)
    return true;
  const ProfLabel *labels = run->profile->labels.items + sample->first_label;
  for (uint32_t i = 0; run->time_key != 0 && i < sample->n_labels; i++)
    if (labels[i].key == run->time_key && labels[i].string == 0
        && labels[i].number >= options->start_ns
        && (options->end_ns == 0 || labels[i].number < options->end_ns))
      return true;
  return false;
}

static int
has_label (ProfFilterRegex *regex, const ProfSample *sample)
{
  int matches = 0;
  for (uint32_t i = 0; matches == 0 && i < sample->n_labels; i++)
    matches = prof_filter_regex_matches_label (regex, sample->first_label + i);
  return matches;
}

static int
has_wanted_labels (ProfFilterRun *run, const ProfSample *sample)
{
  int is_wanted = 1;
  if (run->label_focus.is_set)
    is_wanted = has_label (&run->label_focus, sample);
  if (is_wanted <= 0 || !run->label_ignore.is_set)
    return is_wanted;
  int is_ignored = has_label (&run->label_ignore, sample);
  return is_ignored < 0 ? is_ignored : !is_ignored;
}

bool
prof_filter_run_wants_stack (const ProfFilterRun *run, const ProfSample *sample)
{
  if (!run->focus.is_set && !run->ignore.is_set && !run->hide.is_set)
    return true;
  uint8_t seen = 0;
  for (uint32_t i = 0; i < sample->n_locations; i++)
    seen |= run->verdicts[run->profile->stacks.items[sample->first_location + i]];
  return (seen & PROF_FILTER_FOCUSED) && !(seen & PROF_FILTER_IGNORED);
}

int
prof_filter_run_wants_sample (ProfFilterRun *run, const ProfSample *sample)
{
  return is_in_time (run, sample) ? has_wanted_labels (run, sample) : 0;
}

uint32_t
prof_filter_run_count_shown (const ProfFilterRun *run, const ProfSample *sample)
{
  const uint32_t *rows = run->profile->stacks.items + sample->first_location;
  uint32_t n = sample->n_locations;
  while (run->show_from.is_set && n > 0 && !(run->verdicts[rows[n - 1]] & PROF_FILTER_TOP))
    n--;
  return n;
}

/* ---- life ---- */

static uint32_t
find_string (const ProfProfile *profile, const char *text)
{
  for (uint32_t i = 1; i < prof_string_table_count (&profile->strings); i++)
    if (strcmp (prof_profile_get_string (profile, i), text) == 0)
      return i;
  return 0;
}

static int
init_expressions (ProfFilterRun *run, ProfError *reterr)
{
  const struct {
    ProfFilterRegex *regex;
    const char *name, *expression;
  } expressions[] = {
    { &run->focus, "focus", run->options.focus },
    { &run->ignore, "ignore", run->options.ignore },
    { &run->hide, "hide", run->options.hide },
    { &run->show_from, "show_from", run->options.show_from },
    { &run->label_focus, "label_focus", run->options.label_focus },
    { &run->label_ignore, "label_ignore", run->options.label_ignore },
  };
  for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
    int r = prof_filter_regex_init (expressions[i].regex, run->profile, expressions[i].name,
                                    expressions[i].expression, reterr);
    if (r < 0)
      return r;
  }
  return 0;
}

int
prof_filter_run_init (ProfFilterRun *run,
                      const ProfProfile *profile,
                      const ProfFilter *filter,
                      ProfError *reterr)
{
  *run = (ProfFilterRun){ .profile = profile, .options = PROF_FILTER_INIT };
  if (filter->size == 0 || filter->size > sizeof *filter)
    return prof_error_set (reterr, -EINVAL,
                           "Can't filter the profile: the filter's field 'size' is wrong; use "
                           "PROF_FILTER_INIT.");
  memcpy (&run->options, filter, filter->size);
  int r = init_expressions (run, reterr);
  if (r < 0)
    return r;
  run->time_key = find_string (profile, "end_timestamp_ns");
  r = judge_locations (run);
  return r < 0 ? prof_error_set (reterr, r, "Can't filter the profile: %s.", strerror (-r)) : 0;
}

void
prof_filter_run_finish (ProfFilterRun *run)
{
  prof_filter_regex_finish (&run->focus);
  prof_filter_regex_finish (&run->ignore);
  prof_filter_regex_finish (&run->hide);
  prof_filter_regex_finish (&run->show_from);
  prof_filter_regex_finish (&run->label_focus);
  prof_filter_regex_finish (&run->label_ignore);
  free (run->verdicts);
  prof_vec_clear (&run->lines);
}
