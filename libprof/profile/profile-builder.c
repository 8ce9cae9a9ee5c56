/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "profile/profile-rows.h"
#include "profile/profile-tables.h"

/* Ends the adding of the table's last row: gives the row up if there is an equal one, or no memory
 * to index it. */
#define intern_last(profile, vec, index, kind)                                                     \
  __extension__({                                                                                  \
    int row_ = (int)(vec)->n - 1;                                                                  \
    int interned_ = prof_row_index_intern (index, profile, kind, (uint32_t)row_);                  \
    if (interned_ != row_)                                                                         \
      (vec)->n--;                                                                                  \
    interned_;                                                                                     \
  })

static bool
has_string (const ProfProfile *profile, uint32_t string)
{
  return string < prof_string_table_count (&profile->strings);
}

int
prof_profile_add_string (ProfProfile *profile, const char *string)
{
  return prof_profile_add_string_n (profile, string, string == NULL ? 0 : strlen (string));
}

int
prof_profile_add_string_n (ProfProfile *profile, const char *bytes, size_t n_bytes)
{
  return prof_string_table_intern (&profile->strings, bytes, n_bytes);
}

static int
set_string (ProfProfile *profile, const char *text, uint32_t *ret)
{
  int string = prof_profile_add_string (profile, text);
  if (string < 0)
    return string;
  *ret = (uint32_t)string;
  return 0;
}

static int
set_value_type (ProfProfile *profile, const char *type, const char *unit, ProfValueType *ret)
{
  int r = set_string (profile, type, &ret->type);
  return r < 0 ? r : set_string (profile, unit, &ret->unit);
}

int
prof_profile_add_value_type (ProfProfile *profile, const char *type, const char *unit)
{
  if (profile->samples.n > 0)
    return -EBUSY;
  ProfValueType value_type;
  int r = set_value_type (profile, type, unit, &value_type);
  if (r < 0)
    return r;
  if (prof_vec_push (&profile->value_types, value_type) < 0)
    return -ENOMEM;
  return (int)profile->value_types.n - 1;
}

int
prof_profile_add_mapping (ProfProfile *profile, const ProfMapping *mapping)
{
  if (!has_string (profile, mapping->filename) || !has_string (profile, mapping->build_id))
    return -EINVAL;
  if (profile->mappings.n >= INT32_MAX)
    return -EOVERFLOW;
  if (prof_vec_push (&profile->mappings, *mapping) < 0)
    return -ENOMEM;
  return intern_last (profile, &profile->mappings, &profile->mapping_index, &prof_mapping_kind);
}

int
prof_profile_add_module (ProfProfile *profile, const ProfMapping *mapping)
{
  if (profile->mappings.n >= INT32_MAX)
    return -EOVERFLOW;
  if (prof_vec_push (&profile->mappings, *mapping) < 0)
    return -ENOMEM;
  return intern_last (profile, &profile->mappings, &profile->module_index, &prof_module_kind);
}

int
prof_profile_add_function (ProfProfile *profile, const ProfFunction *function)
{
  if (!has_string (profile, function->name) || !has_string (profile, function->system_name)
      || !has_string (profile, function->filename))
    return -EINVAL;
  if (profile->functions.n >= INT32_MAX)
    return -EOVERFLOW;
  if (prof_vec_push (&profile->functions, *function) < 0)
    return -ENOMEM;
  return intern_last (profile, &profile->functions, &profile->function_index, &prof_function_kind);
}

static int
check_location (const ProfProfile *profile,
                const ProfLocation *location,
                const ProfLine *lines,
                size_t n_lines)
{
  if (location->mapping >= profile->mappings.n)
    return -EINVAL;
  for (size_t i = 0; i < n_lines; i++)
    if (lines[i].function == 0 || lines[i].function >= profile->functions.n)
      return -EINVAL;
  if (profile->locations.n >= INT32_MAX || n_lines > UINT32_MAX - profile->lines.n)
    return -EOVERFLOW;
  return 0;
}

int
prof_profile_add_location (ProfProfile *profile,
                           const ProfLocation *location,
                           const ProfLine *lines,
                           size_t n_lines)
{
  int r = check_location (profile, location, lines, n_lines);
  if (r < 0)
    return r;
  ProfLocation row = *location;
  row.first_line = (uint32_t)profile->lines.n;
  row.n_lines = (uint32_t)n_lines;
  if (prof_vec_reserve (&profile->locations, 1) < 0
      || prof_vec_append (&profile->lines, lines, n_lines) < 0)
    return -ENOMEM;
  profile->locations.items[profile->locations.n++] = row;
  r = intern_last (profile, &profile->locations, &profile->location_index, &prof_location_kind);
  if (r != (int)profile->locations.n - 1)
    profile->lines.n = row.first_line;
  return r;
}

static int
check_sample (const ProfProfile *profile, const uint32_t *locations, size_t n_locations)
{
  if (profile->value_types.n == 0)
    return -EINVAL;
  for (size_t i = 0; i < n_locations; i++)
    if (locations[i] == 0 || locations[i] >= profile->locations.n)
      return -EINVAL;
  if (profile->samples.n >= INT32_MAX || n_locations > UINT32_MAX - profile->stacks.n)
    return -EOVERFLOW;
  return 0;
}

/* Lets the newest sample use the entries of an earlier one with an equal stack. */
static int
share_stack (ProfProfile *profile)
{
  uint32_t row = (uint32_t)profile->samples.n - 1;
  int found = prof_row_index_intern (&profile->stack_index, profile, &prof_stack_kind, row);
  if (found < 0 || (uint32_t)found == row)
    return found;
  ProfSample *sample = &profile->samples.items[row];
  profile->stacks.n = sample->first_location;
  sample->first_location = profile->samples.items[found].first_location;
  profile->stack_index.n_indexed = row + 1;
  return 0;
}

int
prof_profile_add_sample (ProfProfile *profile,
                         const uint32_t *locations,
                         size_t n_locations,
                         const int64_t *values)
{
  int r = check_sample (profile, locations, n_locations);
  if (r < 0)
    return r;
  size_t n_values = profile->value_types.n, first_location = profile->stacks.n;
  if (prof_vec_reserve (&profile->samples, 1) < 0
      || prof_vec_reserve (&profile->values, n_values) < 0
      || prof_vec_append (&profile->stacks, locations, n_locations) < 0)
    return -ENOMEM;
  profile->samples.items[profile->samples.n++] = (ProfSample){
    .first_location = (uint32_t)first_location,
    .n_locations = (uint32_t)n_locations,
    .first_label = (uint32_t)profile->labels.n,
  };
  r = share_stack (profile);
  if (r < 0) {
    profile->samples.n--;
    profile->stacks.n = first_location;
    return r;
  }
  memcpy (profile->values.items + profile->values.n, values, n_values * sizeof *values);
  profile->values.n += n_values;
  return (int)profile->samples.n - 1;
}

int
prof_profile_reserve_samples (ProfProfile *profile, size_t n_samples, size_t n_labels)
{
  if (prof_vec_reserve (&profile->samples, n_samples) < 0
      || prof_vec_reserve (&profile->values, n_samples * profile->value_types.n) < 0
      || prof_vec_reserve (&profile->labels, n_samples * n_labels) < 0)
    return -ENOMEM;
  return 0;
}

int
prof_profile_append_label (ProfProfile *profile, const ProfLabel *label)
{
  if (profile->labels.n >= UINT32_MAX)
    return -EOVERFLOW;
  if (prof_vec_push (&profile->labels, *label) < 0)
    return -ENOMEM;
  uint32_t sample = (uint32_t)profile->samples.n - 1;
  profile->samples.items[sample].n_labels++;
  if (sample < profile->sample_index.n_indexed)
    prof_row_index_clear (&profile->sample_index);
  return 0;
}

static bool
is_newest (const ProfProfile *profile, uint32_t sample)
{
  return profile->samples.n > 0 && sample == profile->samples.n - 1;
}

int
prof_profile_add_label (ProfProfile *profile, uint32_t sample, const char *key, const char *value)
{
  ProfLabel label = { 0 };
  if (!is_newest (profile, sample))
    return -EINVAL;
  int r = set_string (profile, key, &label.key);
  if (r == 0)
    r = set_string (profile, value, &label.string);
  return r < 0 ? r : prof_profile_append_label (profile, &label);
}

int
prof_profile_add_number_label (
    ProfProfile *profile, uint32_t sample, const char *key, int64_t value, const char *unit)
{
  ProfLabel label = { .number = value };
  if (!is_newest (profile, sample))
    return -EINVAL;
  int r = set_string (profile, key, &label.key);
  if (r == 0)
    r = set_string (profile, unit, &label.unit);
  return r < 0 ? r : prof_profile_append_label (profile, &label);
}

int
prof_profile_set_period (ProfProfile *profile, const char *type, const char *unit, int64_t period)
{
  int r = set_value_type (profile, type, unit, &profile->period_type);
  if (r < 0)
    return r;
  profile->period = period;
  return 0;
}

void
prof_profile_set_time (ProfProfile *profile, int64_t time_ns, int64_t duration_ns)
{
  profile->time_ns = time_ns;
  profile->duration_ns = duration_ns;
}

int
prof_profile_set_default_sample_type (ProfProfile *profile, const char *type)
{
  return set_string (profile, type, &profile->default_sample_type);
}

int
prof_profile_add_comment (ProfProfile *profile, const char *comment)
{
  uint32_t string;
  int r = set_string (profile, comment, &string);
  if (r < 0)
    return r;
  return prof_vec_push (&profile->comments, string);
}

int
prof_profile_set_frame_filters (ProfProfile *profile,
                                const char *drop_frames,
                                const char *keep_frames)
{
  int r = set_string (profile, drop_frames, &profile->drop_frames);
  return r < 0 ? r : set_string (profile, keep_frames, &profile->keep_frames);
}

int
prof_profile_set_doc_url (ProfProfile *profile, const char *doc_url)
{
  return set_string (profile, doc_url, &profile->doc_url);
}

int
prof_profile_append_session_bytes (ProfProfile *profile, const void *bytes, size_t n_bytes)
{
  size_t start = profile->session_bytes.n;
  if (prof_vec_reserve (&profile->sessions, 1) < 0
      || prof_vec_append (&profile->session_bytes, (const uint8_t *)bytes, n_bytes) < 0)
    return -ENOMEM;
  profile->sessions.items[profile->sessions.n++] = (ProfBytesRange){ start, n_bytes };
  return 0;
}
