/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/profile-remap.h"

#include "profile/profile-rows.h"

static uint32_t *
new_map (size_t n_rows)
{
  uint32_t *map = malloc ((n_rows + 1) * sizeof *map);
  if (map != NULL)
    memset (map, 0xff, (n_rows + 1) * sizeof *map);
  return map;
}

static void
count_rows (const ProfProfile *profile, uint32_t *counts)
{
  bool is_empty = profile->value_types.n == 0;
  counts[PROF_TABLE_PROFILE] = is_empty ? 0 : 1;
  counts[PROF_TABLE_VALUE_TYPE] = is_empty ? 0 : (uint32_t)profile->value_types.n + 1;
  counts[PROF_TABLE_SAMPLE] = (uint32_t)profile->samples.n;
  counts[PROF_TABLE_LABEL] = (uint32_t)profile->labels.n;
  counts[PROF_TABLE_MAPPING] = (uint32_t)profile->mappings.n;
  counts[PROF_TABLE_LOCATION] = (uint32_t)profile->locations.n;
  counts[PROF_TABLE_LINE] = (uint32_t)profile->lines.n;
  counts[PROF_TABLE_FUNCTION] = (uint32_t)profile->functions.n;
}

int
prof_remap_init (ProfRemap *remap, const ProfProfile *from, ProfProfile *to)
{
  *remap = (ProfRemap){ .from = from, .to = to };
  count_rows (to, remap->n_before);
  remap->strings = new_map (prof_string_table_count (&from->strings));
  remap->mappings = new_map (from->mappings.n);
  remap->functions = new_map (from->functions.n);
  remap->locations = new_map (from->locations.n);
  remap->lines = new_map (from->lines.n);
  if (remap->strings == NULL || remap->mappings == NULL || remap->functions == NULL
      || remap->locations == NULL || remap->lines == NULL)
    return -ENOMEM;
  if (from->unknown_fields.n == 0)
    return 0;
  remap->samples = new_map (from->samples.n);
  remap->labels = new_map (from->labels.n);
  return remap->samples == NULL || remap->labels == NULL ? -ENOMEM : 0;
}

void
prof_remap_finish (ProfRemap *remap)
{
  free (remap->strings);
  free (remap->mappings);
  free (remap->functions);
  free (remap->locations);
  free (remap->lines);
  free (remap->samples);
  free (remap->labels);
  prof_vec_clear (&remap->line_scratch);
  prof_vec_clear (&remap->row_scratch);
}

static int
remember (uint32_t *map, uint32_t row, int to_row)
{
  if (to_row >= 0)
    map[row] = (uint32_t)to_row;
  return to_row;
}

int
prof_remap_string (ProfRemap *remap, uint32_t string)
{
  if (remap->strings[string] != PROF_REMAP_NONE)
    return (int)remap->strings[string];
  const ProfStringTable *strings = &remap->from->strings;
  int to = prof_string_table_intern (&remap->to->strings, prof_string_table_get (strings, string),
                                     prof_string_table_size (strings, string));
  return remember (remap->strings, string, to);
}

int
prof_remap_strings (ProfRemap *remap, uint32_t *const *strings)
{
  for (; *strings != NULL; strings++) {
    int to = prof_remap_string (remap, **strings);
    if (to < 0)
      return to;
    **strings = (uint32_t)to;
  }
  return 0;
}

int
prof_remap_mapping (ProfRemap *remap, uint32_t row)
{
  if (row == 0)
    return 0;
  if (remap->mappings[row] != PROF_REMAP_NONE)
    return (int)remap->mappings[row];
  ProfMapping mapping = remap->from->mappings.items[row];
  int r = prof_remap_strings (remap, (uint32_t *[]){ &mapping.filename, &mapping.build_id, NULL });
  if (r == 0 && remap->unites_modules)
    r = prof_profile_add_module (remap->to, &mapping);
  else if (r == 0)
    r = prof_profile_add_mapping (remap->to, &mapping);
  return remember (remap->mappings, row, r);
}

int
prof_remap_function (ProfRemap *remap, uint32_t row)
{
  if (remap->functions[row] != PROF_REMAP_NONE)
    return (int)remap->functions[row];
  ProfFunction function = remap->from->functions.items[row];
  int r = prof_remap_strings (remap, (uint32_t *[]){ &function.name, &function.system_name,
                                                     &function.filename, NULL });
  if (r == 0)
    r = prof_profile_add_function (remap->to, &function);
  return remember (remap->functions, row, r);
}

static int
gather_lines (ProfRemap *remap, const uint32_t *line_rows, size_t n_lines)
{
  remap->line_scratch.n = 0;
  for (size_t i = 0; i < n_lines; i++) {
    ProfLine line = remap->from->lines.items[line_rows[i]];
    int function = prof_remap_function (remap, line.function);
    if (function < 0)
      return function;
    line.function = (uint32_t)function;
    if (prof_vec_push (&remap->line_scratch, line) < 0)
      return -ENOMEM;
  }
  return 0;
}

int
prof_remap_location_lines (ProfRemap *remap,
                           uint32_t row,
                           const uint32_t *line_rows,
                           size_t n_lines)
{
  ProfLocation location = remap->from->locations.items[row];
  int mapping = prof_remap_mapping (remap, location.mapping);
  if (mapping < 0)
    return mapping;
  location.address += remap->to->mappings.items[mapping].start
                      - remap->from->mappings.items[location.mapping].start;
  location.mapping = (uint32_t)mapping;
  int r = gather_lines (remap, line_rows, n_lines);
  if (r < 0)
    return r;
  r = prof_profile_add_location (remap->to, &location, remap->line_scratch.items, n_lines);
  if (r < 0)
    return r;
  for (uint32_t i = 0; i < n_lines; i++)
    remap->lines[line_rows[i]] = remap->to->locations.items[r].first_line + i;
  return remember (remap->locations, row, r);
}

int
prof_remap_location (ProfRemap *remap, uint32_t row)
{
  if (remap->locations[row] != PROF_REMAP_NONE)
    return (int)remap->locations[row];
  const ProfLocation *location = &remap->from->locations.items[row];
  remap->row_scratch.n = 0;
  for (uint32_t i = 0; i < location->n_lines; i++)
    if (prof_vec_push (&remap->row_scratch, location->first_line + i) < 0)
      return -ENOMEM;
  return prof_remap_location_lines (remap, row, remap->row_scratch.items, location->n_lines);
}

int
prof_remap_labels (ProfRemap *remap, const ProfSample *sample)
{
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    ProfLabel label = remap->from->labels.items[sample->first_label + i];
    int r = prof_remap_strings (remap,
                                (uint32_t *[]){ &label.key, &label.string, &label.unit, NULL });
    if (r == 0)
      r = prof_profile_append_label (remap->to, &label);
    if (r < 0)
      return r;
  }
  return 0;
}

/* Labels of a sample that became one with another may be in another order there. */
static uint32_t
find_label (const ProfProfile *profile,
            const ProfSample *sample,
            uint32_t i,
            const ProfLabel *label)
{
  for (uint32_t n_tried = 0; n_tried < sample->n_labels; n_tried++) {
    uint32_t row = sample->first_label + (i + n_tried) % sample->n_labels;
    if (prof_labels_equal (&profile->labels.items[row], label))
      return row;
  }
  return PROF_REMAP_NONE;
}

void
prof_remap_set_sample (ProfRemap *remap, uint32_t row, uint32_t to_row)
{
  if (remap->samples == NULL)
    return;
  remap->samples[row] = to_row;
  const ProfSample *sample = &remap->from->samples.items[row];
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    ProfLabel label = remap->from->labels.items[sample->first_label + i];
    label.key = remap->strings[label.key];
    label.string = remap->strings[label.string];
    label.unit = remap->strings[label.unit];
    remap->labels[sample->first_label + i]
        = find_label (remap->to, &remap->to->samples.items[to_row], i, &label);
  }
}
