/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/error.h"
#include "profile/filter-regex.h"
#include "profile/profile-remap.h"

/* What the expressions say of a location; the rules are google/pprof's (profile/filter.go). */
enum {
  IS_IGNORED = 1,
  IS_FOCUSED = 2,
  IS_HIDDEN = 4,   /* none of its lines is left */
  IS_TOP = 8,      /* show_from matches */
  IS_CHANGED = 16, /* some of its lines are left */
};

typedef struct {
  const ProfProfile *profile;
  ProfFilter options;
  ProfFilterRegex focus, ignore, hide, show_from, label_focus, label_ignore;
  uint8_t *verdicts; /* by location */
  ProfRemap remap;
  PROF_VEC (uint32_t) lines;
  PROF_VEC (uint32_t) stack;
} Filter;

/* ---- locations ---- */

static bool
location_matches (const Filter *filter, ProfFilterRegex *regex, const ProfLocation *location)
{
  for (uint32_t i = 0; i < location->n_lines; i++) {
    const ProfLine *line = &filter->profile->lines.items[location->first_line + i];
    if (prof_filter_regex_matches_line (regex, line))
      return true;
  }
  return prof_filter_regex_matches_mapping (regex, location->mapping);
}

/* Writes the rows of the lines that hide leaves into filter->lines. */
static int
gather_shown (Filter *filter, const ProfLocation *location)
{
  filter->lines.n = 0;
  for (uint32_t i = 0; i < location->n_lines; i++) {
    uint32_t row = location->first_line + i;
    if (filter->hide.is_set
        && prof_filter_regex_matches_line (&filter->hide, &filter->profile->lines.items[row]))
      continue;
    if (prof_vec_push (&filter->lines, row) < 0)
      return -ENOMEM;
  }
  return 0;
}

/* Takes the lines after the last match, its callers, out of filter->lines. Returns whether there
 * was one; a matching mapping matches with all lines. */
static bool
cut_above_top (Filter *filter, const ProfLocation *location)
{
  if (prof_filter_regex_matches_mapping (&filter->show_from, location->mapping))
    return true;
  for (size_t n = filter->lines.n; n > 0; n--) {
    const ProfLine *line = &filter->profile->lines.items[filter->lines.items[n - 1]];
    if (prof_filter_regex_matches_line (&filter->show_from, line)) {
      filter->lines.n = n;
      return true;
    }
  }
  return false;
}

/* Leaves the location's lines in filter->lines. */
static int
judge_lines (Filter *filter, const ProfLocation *location)
{
  int verdict = 0;
  if (gather_shown (filter, location) < 0)
    return -ENOMEM;
  if (filter->hide.is_set
      && (prof_filter_regex_matches_mapping (&filter->hide, location->mapping)
          || (filter->lines.n == 0 && location->n_lines > 0)))
    return IS_HIDDEN;
  if (filter->show_from.is_set && cut_above_top (filter, location))
    verdict = IS_TOP;
  return verdict | (filter->lines.n < location->n_lines ? IS_CHANGED : 0);
}

static int
judge_location (Filter *filter, const ProfLocation *location)
{
  int verdict = judge_lines (filter, location);
  if (verdict < 0)
    return verdict;
  if (filter->ignore.is_set && location_matches (filter, &filter->ignore, location))
    return verdict | IS_IGNORED;
  if (!filter->focus.is_set || location_matches (filter, &filter->focus, location))
    return verdict | IS_FOCUSED;
  return verdict;
}

static int
judge_locations (Filter *filter)
{
  const ProfProfile *profile = filter->profile;
  filter->verdicts = calloc (profile->locations.n, 1);
  if (filter->verdicts == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < profile->locations.n; i++) {
    int verdict = judge_location (filter, &profile->locations.items[i]);
    if (verdict < 0)
      return verdict;
    filter->verdicts[i] = (uint8_t)verdict;
  }
  return 0;
}

static int
copy_location (Filter *filter, uint32_t row)
{
  if (!(filter->verdicts[row] & IS_CHANGED) || filter->remap.locations[row] != PROF_REMAP_NONE)
    return prof_remap_location (&filter->remap, row);
  int verdict = judge_lines (filter, &filter->profile->locations.items[row]);
  if (verdict < 0)
    return verdict;
  return prof_remap_location_lines (&filter->remap, row, filter->lines.items, filter->lines.n);
}

/* ---- samples: these return 0, 1 or a negative errno ---- */

static bool
is_in_time (const Filter *filter, const ProfSample *sample)
{
  const ProfFilter *options = &filter->options;
  if (options->start_ns == 0 && options->end_ns == 0)
    return true;
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &filter->profile->labels.items[sample->first_label + i];
    const char *key = prof_profile_get_string (filter->profile, label->key);
    if (label->string == 0 && label->number >= options->start_ns
        && (options->end_ns == 0 || label->number < options->end_ns)
        && strcmp (key, "end_timestamp_ns") == 0)
      return true;
  }
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
has_wanted_labels (Filter *filter, const ProfSample *sample)
{
  int is_wanted = 1;
  if (filter->label_focus.is_set)
    is_wanted = has_label (&filter->label_focus, sample);
  if (is_wanted <= 0 || !filter->label_ignore.is_set)
    return is_wanted;
  int is_ignored = has_label (&filter->label_ignore, sample);
  return is_ignored < 0 ? is_ignored : !is_ignored;
}

static bool
has_wanted_frames (const Filter *filter, const ProfSample *sample)
{
  if (!filter->focus.is_set && !filter->ignore.is_set && !filter->hide.is_set)
    return true;
  uint8_t seen = 0;
  for (uint32_t i = 0; i < sample->n_locations; i++)
    seen |= filter->verdicts[filter->profile->stacks.items[sample->first_location + i]];
  return (seen & IS_FOCUSED) && !(seen & IS_IGNORED);
}

/* Copies the frames that are left, up to the top one, to filter->stack. 0: none are. */
static int
gather_stack (Filter *filter, const ProfSample *sample)
{
  const uint32_t *rows = filter->profile->stacks.items + sample->first_location;
  uint32_t n = sample->n_locations;
  while (filter->show_from.is_set && n > 0 && !(filter->verdicts[rows[n - 1]] & IS_TOP))
    n--;
  filter->stack.n = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (filter->verdicts[rows[i]] & IS_HIDDEN)
      continue;
    int location = copy_location (filter, rows[i]);
    if (location < 0)
      return location;
    if (prof_vec_push (&filter->stack, (uint32_t)location) < 0)
      return -ENOMEM;
  }
  return filter->stack.n > 0 || (sample->n_locations == 0 && !filter->show_from.is_set);
}

static int
choose (Filter *filter, const ProfSample *sample)
{
  if (!is_in_time (filter, sample) || !has_wanted_frames (filter, sample))
    return 0;
  int r = has_wanted_labels (filter, sample);
  return r <= 0 ? r : gather_stack (filter, sample);
}

static int
copy_sample (Filter *filter, uint32_t row)
{
  const ProfProfile *profile = filter->profile;
  const int64_t *values = profile->values.items + row * profile->value_types.n;
  int copy
      = prof_profile_add_sample (filter->remap.to, filter->stack.items, filter->stack.n, values);
  if (copy < 0)
    return copy;
  int r = prof_remap_labels (&filter->remap, &profile->samples.items[row]);
  if (r == 0)
    prof_remap_set_sample (&filter->remap, row, (uint32_t)copy);
  return r;
}

static int
copy_samples (Filter *filter)
{
  for (uint32_t row = 0; row < filter->profile->samples.n; row++) {
    int r = choose (filter, &filter->profile->samples.items[row]);
    if (r > 0)
      r = copy_sample (filter, row);
    if (r < 0)
      return r;
  }
  return 0;
}

/* ---- the filter ---- */

static int
init_expressions (Filter *filter, ProfError *reterr)
{
  const struct {
    ProfFilterRegex *regex;
    const char *name, *expression;
  } expressions[] = {
    { &filter->focus, "focus", filter->options.focus },
    { &filter->ignore, "ignore", filter->options.ignore },
    { &filter->hide, "hide", filter->options.hide },
    { &filter->show_from, "show_from", filter->options.show_from },
    { &filter->label_focus, "label_focus", filter->options.label_focus },
    { &filter->label_ignore, "label_ignore", filter->options.label_ignore },
  };
  for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
    int r = prof_filter_regex_init (expressions[i].regex, filter->profile, expressions[i].name,
                                    expressions[i].expression, reterr);
    if (r < 0)
      return r;
  }
  return 0;
}

static void
finish (Filter *filter)
{
  prof_filter_regex_finish (&filter->focus);
  prof_filter_regex_finish (&filter->ignore);
  prof_filter_regex_finish (&filter->hide);
  prof_filter_regex_finish (&filter->show_from);
  prof_filter_regex_finish (&filter->label_focus);
  prof_filter_regex_finish (&filter->label_ignore);
  free (filter->verdicts);
  prof_remap_finish (&filter->remap);
  prof_vec_clear (&filter->lines);
  prof_vec_clear (&filter->stack);
}

static int
run (Filter *filter, ProfProfile *to)
{
  int r = prof_remap_init (&filter->remap, filter->profile, to);
  if (r == 0)
    r = prof_remap_copy_header (&filter->remap);
  if (r == 0)
    r = judge_locations (filter);
  if (r == 0)
    r = copy_samples (filter);
  return r == 0 ? prof_remap_unknown_fields (&filter->remap) : r;
}

int
prof_profile_filter (const ProfProfile *profile,
                     const ProfFilter *filter,
                     ProfProfile **ret,
                     ProfError *reterr)
{
  if (profile == NULL || filter == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_profile_filter: NULL argument.");
  if (filter->size == 0 || filter->size > sizeof *filter)
    return prof_error_set (reterr, -EINVAL,
                           "prof_profile_filter: field 'size' is wrong; use PROF_FILTER_INIT.");
  Filter work = { .profile = profile, .options = PROF_FILTER_INIT };
  memcpy (&work.options, filter, filter->size);
  cleanup (prof_profile_unref) ProfProfile *filtered = NULL;
  int r = init_expressions (&work, reterr);
  if (r == 0) {
    r = prof_profile_new (&filtered);
    if (r == 0)
      r = run (&work, filtered);
    if (r < 0)
      prof_error_set (reterr, r, "Can't filter the profile: %s.", strerror (-r));
  }
  finish (&work);
  if (r == 0)
    *ret = steal (&filtered);
  return r;
}
