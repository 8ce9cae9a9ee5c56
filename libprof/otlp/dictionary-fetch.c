/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/dictionary.h"
#include "profile/profile-tables.h"

static void
fetch_locations (ProfOtlpDictionary *dictionary, uint32_t stack, ProfOtlpAhead *ahead)
{
  ahead->n = 0;
  if (stack == 0 || dictionary->stacks[stack] != 0)
    return;
  const ProfProfile *profile = dictionary->samples->profile;
  const ProfOtlpList *list = &dictionary->samples->stacks.items[stack];
  const uint32_t *locations = profile->stacks.items + list->first;
  for (uint32_t i = 0; i < list->n && ahead->n < PROF_OTLP_MAX_AHEAD; i++)
    if (dictionary->locations[locations[i]] == 0) {
      ahead->locations[ahead->n] = &profile->locations.items[locations[i]];
      __builtin_prefetch (ahead->locations[ahead->n++]);
    }
}

static void
fetch_lines (const ProfOtlpDictionary *dictionary, const ProfOtlpAhead *ahead)
{
  const ProfLine *lines = dictionary->samples->profile->lines.items;
  for (uint32_t i = 0; i < ahead->n; i++)
    if (ahead->locations[i]->n_lines > 0)
      __builtin_prefetch (&lines[ahead->locations[i]->first_line]);
}

static void
fetch_functions (const ProfOtlpDictionary *dictionary, const ProfOtlpAhead *ahead)
{
  const ProfProfile *profile = dictionary->samples->profile;
  for (uint32_t i = 0; i < ahead->n; i++) {
    const ProfLocation *location = ahead->locations[i];
    if (location->n_lines == 0)
      continue;
    uint32_t function = profile->lines.items[location->first_line].function;
    __builtin_prefetch (&dictionary->functions[function]);
    __builtin_prefetch (&profile->functions.items[function]);
  }
}

void
prof_otlp_dictionary_fetch (ProfOtlpDictionary *dictionary, uint32_t stack)
{
  unsigned turn = dictionary->turn++;
  fetch_locations (dictionary, stack, &dictionary->ahead[turn % PROF_OTLP_N_AHEAD]);
  fetch_lines (dictionary, &dictionary->ahead[(turn - 2) % PROF_OTLP_N_AHEAD]);
  fetch_functions (dictionary, &dictionary->ahead[(turn - 4) % PROF_OTLP_N_AHEAD]);
}
