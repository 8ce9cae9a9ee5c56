/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/hash.h"
#include "base/saturate.h"
#include "profile/report-rows.h"

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

static bool
stack_equals (const void *stacks, uint32_t row, const void *key)
{
  const ProfReportStack *a = (const ProfReportStack *)stacks + row, *b = key;
  return a->first_location == b->first_location && a->n_locations == b->n_locations;
}

static int
add_stack (ProfReport *report, ProfHashIndex *index, const ProfReportStack *stack)
{
  uint64_t hash = prof_hash_word (stack->first_location, stack->n_locations);
  uint32_t found = prof_hash_index_find (index, hash, stack_equals, report->stacks.items, stack);
  if (found == PROF_HASH_INDEX_NONE) {
    if (prof_vec_push (&report->stacks, *stack) < 0)
      return -ENOMEM;
    return prof_hash_index_add (index, hash, (uint32_t)report->stacks.n - 1);
  }
  ProfReportStack *same = &report->stacks.items[found];
  same->value = prof_add_saturated (same->value, stack->value);
  same->base_value = prof_add_saturated (same->base_value, stack->base_value);
  return 0;
}

int
prof_report_build_stacks (ProfReport *report)
{
  const ProfProfile *profile = report->profile;
  bool has_base = is_diff (profile);
  ProfHashIndex index = { 0 };
  int r = 0;
  for (size_t i = 0; r == 0 && i < profile->samples.n; i++) {
    const ProfSample *sample = &profile->samples.items[i];
    ProfReportStack stack = {
      .first_location = sample->n_locations == 0 ? 0 : sample->first_location,
      .n_locations = sample->n_locations,
      .value = profile->values.items[i * profile->value_types.n + report->value_type],
    };
    if (has_base && is_of_base (profile, sample))
      stack.base_value = prof_negate_saturated (stack.value);
    r = add_stack (report, &index, &stack);
  }
  prof_hash_index_clear (&index);
  return r;
}
