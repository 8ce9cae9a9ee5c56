/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <inttypes.h>

#include "pprof/pprof-decoder.h"

static int
check_sample_types (ProfPprofDecoder *decoder)
{
  const ProfProfile *profile = decoder->profile;
  if (profile->samples.n == 0)
    return 0;
  if (profile->value_types.n == 0)
    return prof_pprof_fail (decoder, -EBADMSG, "it has samples, but no sample type");
  if (decoder->n_values == profile->value_types.n)
    return 0;
  return prof_pprof_fail (decoder, -EBADMSG, "sample 0 has %zu values for %zu sample types",
                          decoder->n_values, profile->value_types.n);
}

static int
fail_stack (ProfPprofDecoder *decoder, size_t entry, uint32_t key)
{
  const ProfProfile *profile = decoder->profile;
  size_t sample = 0;
  while (entry >= profile->samples.items[sample].first_location
                      + profile->samples.items[sample].n_locations)
    sample++;
  return prof_pprof_fail (decoder, -EBADMSG,
                          "sample %zu names location %" PRIu64 ", which does not exist", sample,
                          prof_id_map_get_id (&decoder->location_ids, key));
}

/* Writers number their locations 1, 2, …: then the ids are the rows already. */
static bool
stacks_are_rows (const ProfPprofDecoder *decoder)
{
  const ProfProfile *profile = decoder->profile;
  if (decoder->location_ids.has_other_ids)
    return false;
  uint32_t max = 0;
  prof_vec_foreach (key, &profile->stacks)
    max = *key > max ? *key : max;
  return max < profile->locations.n;
}

static int
resolve_stacks (ProfPprofDecoder *decoder)
{
  if (stacks_are_rows (decoder))
    return 0;
  prof_vec_foreach (key, &decoder->profile->stacks) {
    uint32_t row = prof_id_map_get_row (&decoder->location_ids, *key);
    if (row == 0)
      return fail_stack (decoder, (size_t)(key - decoder->profile->stacks.items), *key);
    *key = row;
  }
  return 0;
}

static int
resolve_lines (ProfPprofDecoder *decoder, const ProfLocation *location)
{
  ProfLine *lines = decoder->profile->lines.items;
  for (size_t i = 0; i < location->n_lines; i++) {
    ProfLine *line = &lines[location->first_line + i];
    uint32_t row = prof_id_map_get_row (&decoder->function_ids, line->function);
    if (row == 0)
      return prof_pprof_fail_row (decoder, "names function %" PRIu64 ", which does not exist",
                                  prof_id_map_get_id (&decoder->function_ids, line->function));
    line->function = row;
  }
  return 0;
}

/* A mapping that does not exist is none: google/pprof's rule. */
static int
resolve_locations (ProfPprofDecoder *decoder)
{
  ProfProfile *profile = decoder->profile;
  for (size_t row = 1; row < profile->locations.n; row++) {
    ProfLocation *location = &profile->locations.items[row];
    prof_pprof_enter_row (decoder, "location", row - 1);
    location->mapping = prof_id_map_get_row (&decoder->mapping_ids, location->mapping);
    int r = resolve_lines (decoder, location);
    if (r < 0)
      return r;
  }
  return 0;
}

/* Fails if one of the strings of the row that was entered does not exist. */
static int
check_strings (ProfPprofDecoder *decoder, const uint32_t *strings, size_t n)
{
  size_t n_strings = prof_string_table_count (&decoder->profile->strings);
  for (size_t i = 0; i < n; i++)
    if (strings[i] >= n_strings)
      return prof_pprof_fail_row (decoder, "names string %" PRIu32 ", which does not exist",
                                  strings[i]);
  return 0;
}

static int
check_value_type (ProfPprofDecoder *decoder, const ProfValueType *value_type)
{
  return check_strings (decoder, (uint32_t[]){ value_type->type, value_type->unit }, 2);
}

static int
check_header_strings (ProfPprofDecoder *decoder)
{
  const ProfProfile *profile = decoder->profile;
  int r = 0;
  for (size_t i = 0; r == 0 && i < profile->value_types.n; i++) {
    prof_pprof_enter_row (decoder, "sample type", i);
    r = check_value_type (decoder, &profile->value_types.items[i]);
  }
  if (r == 0) {
    prof_pprof_enter_row (decoder, "period type", 0);
    r = check_value_type (decoder, &profile->period_type);
  }
  for (size_t i = 0; r == 0 && i < profile->comments.n; i++) {
    prof_pprof_enter_row (decoder, "comment", i);
    r = check_strings (decoder, &profile->comments.items[i], 1);
  }
  if (r < 0)
    return r;
  prof_pprof_enter_row (decoder, NULL, 0);
  uint32_t strings[] = { profile->drop_frames, profile->keep_frames, profile->doc_url,
                         profile->default_sample_type };
  return check_strings (decoder, strings, sizeof strings / sizeof *strings);
}

static int
check_table_strings (ProfPprofDecoder *decoder)
{
  const ProfProfile *profile = decoder->profile;
  int r = 0;
  for (size_t i = 1; r == 0 && i < profile->mappings.n; i++) {
    const ProfMapping *mapping = &profile->mappings.items[i];
    prof_pprof_enter_row (decoder, "mapping", i - 1);
    r = check_strings (decoder, (uint32_t[]){ mapping->filename, mapping->build_id }, 2);
  }
  for (size_t i = 1; r == 0 && i < profile->functions.n; i++) {
    const ProfFunction *function = &profile->functions.items[i];
    uint32_t strings[] = { function->name, function->system_name, function->filename };
    prof_pprof_enter_row (decoder, "function", i - 1);
    r = check_strings (decoder, strings, 3);
  }
  return r;
}

static int
check_label_strings (ProfPprofDecoder *decoder)
{
  const ProfProfile *profile = decoder->profile;
  for (size_t i = 0; i < profile->samples.n; i++) {
    const ProfSample *sample = &profile->samples.items[i];
    prof_pprof_enter_row (decoder, "sample", i);
    for (size_t j = 0; j < sample->n_labels; j++) {
      const ProfLabel *label = &profile->labels.items[sample->first_label + j];
      int r = check_strings (decoder, (uint32_t[]){ label->key, label->string, label->unit }, 3);
      if (r < 0)
        return r;
    }
  }
  return 0;
}

static void
number_period_type (ProfProfile *profile)
{
  prof_vec_foreach (unknown, &profile->unknown_fields)
    if (unknown->table == PROF_TABLE_VALUE_TYPE && unknown->row == PROF_PPROF_PERIOD_TYPE_ROW)
      unknown->row = (uint32_t)profile->value_types.n;
}

int
prof_pprof_resolve (ProfPprofDecoder *decoder)
{
  if (!decoder->has_strings)
    return prof_pprof_fail (decoder, -EBADMSG, "it has no string table");
  int r = check_sample_types (decoder);
  if (r == 0)
    r = resolve_stacks (decoder);
  if (r == 0)
    r = resolve_locations (decoder);
  if (r == 0)
    r = check_header_strings (decoder);
  if (r == 0)
    r = check_table_strings (decoder);
  if (r == 0)
    r = check_label_strings (decoder);
  if (r == 0)
    number_period_type (decoder->profile);
  return r;
}
