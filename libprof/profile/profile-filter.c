/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/error.h"
#include "profile/filter-run.h"
#include "profile/profile-remap.h"

typedef struct {
  ProfFilterRun run;
  ProfRemap remap;
  PROF_VEC (uint32_t) stack;
} Filter;

static int
copy_location (Filter *filter, uint32_t row)
{
  if (!(filter->run.verdicts[row] & PROF_FILTER_CHANGED)
      || filter->remap.locations[row] != PROF_REMAP_NONE)
    return prof_remap_location (&filter->remap, row);
  const ProfLocation *location = &filter->run.profile->locations.items[row];
  int verdict = prof_filter_run_judge_lines (&filter->run, location);
  if (verdict < 0)
    return verdict;
  return prof_remap_location_lines (&filter->remap, row, filter->run.lines.items,
                                    filter->run.lines.n);
}

/* Copies the frames that are left, up to the top one, to filter->stack. 0: none are; 1; or a
 * negative errno. */
static int
gather_stack (Filter *filter, const ProfSample *sample)
{
  const uint32_t *rows = filter->run.profile->stacks.items + sample->first_location;
  uint32_t n = prof_filter_run_count_shown (&filter->run, sample);
  filter->stack.n = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (filter->run.verdicts[rows[i]] & PROF_FILTER_HIDDEN)
      continue;
    int location = copy_location (filter, rows[i]);
    if (location < 0)
      return location;
    if (prof_vec_push (&filter->stack, (uint32_t)location) < 0)
      return -ENOMEM;
  }
  return filter->stack.n > 0 || (sample->n_locations == 0 && !filter->run.show_from.is_set);
}

static int
copy_sample (Filter *filter, uint32_t row)
{
  const ProfProfile *profile = filter->run.profile;
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
  const ProfProfile *profile = filter->run.profile;
  for (uint32_t row = 0; row < profile->samples.n; row++) {
    const ProfSample *sample = &profile->samples.items[row];
    if (!prof_filter_run_wants_stack (&filter->run, sample))
      continue;
    int r = prof_filter_run_wants_sample (&filter->run, sample);
    if (r > 0)
      r = gather_stack (filter, sample);
    if (r > 0)
      r = copy_sample (filter, row);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
copy_all (Filter *filter, ProfProfile *to)
{
  int r = prof_remap_init (&filter->remap, filter->run.profile, to);
  if (r == 0)
    r = prof_remap_copy_header (&filter->remap);
  if (r == 0)
    r = copy_samples (filter);
  if (r == 0)
    r = prof_remap_unknown_fields (&filter->remap);
  prof_remap_finish (&filter->remap);
  prof_vec_clear (&filter->stack);
  return r;
}

int
prof_profile_filter (const ProfProfile *profile,
                     const ProfFilter *filter,
                     ProfProfile **ret,
                     ProfError *reterr)
{
  if (profile == NULL || filter == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_profile_filter: NULL argument.");
  Filter work = { 0 };
  cleanup (prof_profile_unref) ProfProfile *filtered = NULL;
  int r = prof_filter_run_init (&work.run, profile, filter, reterr);
  if (r == 0) {
    r = prof_profile_new (&filtered);
    if (r == 0)
      r = copy_all (&work, filtered);
    if (r < 0)
      prof_error_set (reterr, r, "Can't filter the profile: %s.", strerror (-r));
  }
  prof_filter_run_finish (&work.run);
  if (r == 0)
    *ret = steal (&filtered);
  return r;
}
