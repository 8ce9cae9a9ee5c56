/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/report-rows.h"
#include "profile/stack-rank.h"

static const char base_key[] = "pprof::base";

static bool
is_diff (const ProfProfile *profile)
{
  for (uint32_t i = 0; i < prof_string_table_count (&profile->strings); i++)
    if (strcmp (prof_profile_get_string (profile, i), base_key) == 0)
      return true;
  return false;
}

static bool
is_of_base (const ProfProfile *profile, const ProfSample *sample)
{
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &profile->labels.items[sample->first_label + i];
    if (strcmp (prof_profile_get_string (profile, label->key), base_key) == 0
        && strcmp (prof_profile_get_string (profile, label->string), "true") == 0)
      return true;
  }
  return false;
}

static void
add_samples (ProfReport *report, const ProfRank *rank)
{
  const ProfProfile *profile = report->profile;
  bool has_base = is_diff (profile);
  for (size_t i = 0; i < profile->samples.n; i++) {
    const ProfSample *sample = &profile->samples.items[i];
    int64_t value = profile->values.items[i * profile->value_types.n + report->value_type];
    ProfReportStack *stack = &report->stacks.items[prof_stack_rank_of (rank, sample)];
    stack->n_locations = sample->n_locations;
    stack->first_location = sample->n_locations == 0 ? 0 : sample->first_location;
    stack->value = prof_add_saturated (stack->value, value);
    if (has_base && is_of_base (profile, sample))
      stack->base_value = prof_add_saturated (stack->base_value, prof_negate_saturated (value));
  }
}

int
prof_report_build_stacks (ProfReport *report)
{
  ProfRank rank;
  size_t n;
  if (prof_stack_rank_init (&rank, report->profile, &n) < 0)
    return -ENOMEM;
  int r = prof_vec_reserve (&report->stacks, n);
  if (r == 0) {
    memset (report->stacks.items, 0, n * sizeof *report->stacks.items);
    report->stacks.n = n;
    add_samples (report, &rank);
  }
  prof_rank_finish (&rank);
  return r;
}
