/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/hash.h"
#include "profile/profile-tables.h"

/* ---- how rows are told apart ---- */

static uint64_t
hash_mapping (const ProfProfile *profile, uint32_t row)
{
  const ProfMapping *m = &profile->mappings.items[row];
  uint64_t hash = prof_hash_word (m->start, m->limit);
  hash = prof_hash_word (hash, m->offset);
  return prof_hash_word (hash, (uint64_t)m->filename << 32 | m->build_id);
}

static bool
mappings_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfMapping *a = &profile->mappings.items[row];
  const ProfMapping *b = &profile->mappings.items[*(const uint32_t *)key];
  return a->start == b->start && a->limit == b->limit && a->offset == b->offset
         && a->filename == b->filename && a->build_id == b->build_id
         && a->has_functions == b->has_functions && a->has_filenames == b->has_filenames
         && a->has_line_numbers == b->has_line_numbers
         && a->has_inline_frames == b->has_inline_frames;
}

static uint64_t
hash_function (const ProfProfile *profile, uint32_t row)
{
  const ProfFunction *f = &profile->functions.items[row];
  uint64_t hash = prof_hash_word (f->filename, (uint64_t)f->start_line);
  return prof_hash_word (hash, (uint64_t)f->name << 32 | f->system_name);
}

static bool
functions_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfFunction *a = &profile->functions.items[row];
  const ProfFunction *b = &profile->functions.items[*(const uint32_t *)key];
  return a->name == b->name && a->system_name == b->system_name && a->filename == b->filename
         && a->start_line == b->start_line;
}

static uint64_t
hash_location (const ProfProfile *profile, uint32_t row)
{
  const ProfLocation *l = &profile->locations.items[row];
  uint64_t hash = prof_hash_word (l->address, (uint64_t)l->mapping << 32 | l->n_lines);
  for (uint32_t i = 0; i < l->n_lines; i++) {
    const ProfLine *line = &profile->lines.items[l->first_line + i];
    hash = prof_hash_word (hash, (uint64_t)line->function << 32 ^ (uint64_t)line->line);
  }
  return hash;
}

static bool
lines_equal (const ProfLine *a, const ProfLine *b, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++)
    if (a[i].function != b[i].function || a[i].line != b[i].line || a[i].column != b[i].column)
      return false;
  return true;
}

static bool
locations_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfLocation *a = &profile->locations.items[row];
  const ProfLocation *b = &profile->locations.items[*(const uint32_t *)key];
  const ProfLine *lines = profile->lines.items;
  return a->address == b->address && a->mapping == b->mapping && a->is_folded == b->is_folded
         && a->n_lines == b->n_lines
         && (a->n_lines == 0
             || lines_equal (lines + a->first_line, lines + b->first_line, a->n_lines));
}

static uint64_t
hash_stack (const ProfProfile *profile, uint32_t row)
{
  const ProfSample *s = &profile->samples.items[row];
  if (s->n_locations == 0)
    return 0;
  return prof_hash_bytes (0, profile->stacks.items + s->first_location,
                          s->n_locations * sizeof (uint32_t));
}

static bool
stacks_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfSample *a = &profile->samples.items[row];
  const ProfSample *b = &profile->samples.items[*(const uint32_t *)key];
  const uint32_t *stacks = profile->stacks.items;
  if (a->n_locations != b->n_locations)
    return false;
  return a->n_locations == 0
         || memcmp (stacks + a->first_location, stacks + b->first_location,
                    a->n_locations * sizeof *stacks)
                == 0;
}

static const ProfRowKind mapping_kind = { hash_mapping, mappings_equal };
static const ProfRowKind function_kind = { hash_function, functions_equal };
static const ProfRowKind location_kind = { hash_location, locations_equal };
static const ProfRowKind stack_kind = { hash_stack, stacks_equal };

/* ---- adding ---- */

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
intern_value_type (ProfProfile *profile, const char *type, const char *unit, ProfValueType *ret)
{
  int type_string = prof_profile_add_string (profile, type);
  if (type_string < 0)
    return type_string;
  int unit_string = prof_profile_add_string (profile, unit);
  if (unit_string < 0)
    return unit_string;
  *ret = (ProfValueType){ (uint32_t)type_string, (uint32_t)unit_string };
  return 0;
}

int
prof_profile_add_value_type (ProfProfile *profile, const char *type, const char *unit)
{
  if (profile->samples.n > 0)
    return -EBUSY;
  ProfValueType value_type;
  int r = intern_value_type (profile, type, unit, &value_type);
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
  return intern_last (profile, &profile->mappings, &profile->mapping_index, &mapping_kind);
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
  return intern_last (profile, &profile->functions, &profile->function_index, &function_kind);
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
  r = intern_last (profile, &profile->locations, &profile->location_index, &location_kind);
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
  int found = prof_row_index_intern (&profile->stack_index, profile, &stack_kind, row);
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

static int
add_label_row (ProfProfile *profile, uint32_t sample, const char *key, ProfLabel label)
{
  if (profile->samples.n == 0 || sample != profile->samples.n - 1)
    return -EINVAL;
  if (profile->labels.n >= UINT32_MAX)
    return -EOVERFLOW;
  int key_string = prof_profile_add_string (profile, key);
  if (key_string < 0)
    return key_string;
  label.key = (uint32_t)key_string;
  if (prof_vec_push (&profile->labels, label) < 0)
    return -ENOMEM;
  profile->samples.items[sample].n_labels++;
  return 0;
}

int
prof_profile_add_label (ProfProfile *profile, uint32_t sample, const char *key, const char *value)
{
  int string = prof_profile_add_string (profile, value);
  if (string < 0)
    return string;
  return add_label_row (profile, sample, key, (ProfLabel){ .string = (uint32_t)string });
}

int
prof_profile_add_number_label (
    ProfProfile *profile, uint32_t sample, const char *key, int64_t value, const char *unit)
{
  int string = prof_profile_add_string (profile, unit);
  if (string < 0)
    return string;
  return add_label_row (profile, sample, key,
                        (ProfLabel){ .unit = (uint32_t)string, .number = value });
}

int
prof_profile_set_period (ProfProfile *profile, const char *type, const char *unit, int64_t period)
{
  int r = intern_value_type (profile, type, unit, &profile->period_type);
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

static int
set_string (ProfProfile *profile, const char *text, uint32_t *ret)
{
  int string = prof_profile_add_string (profile, text);
  if (string < 0)
    return string;
  *ret = (uint32_t)string;
  return 0;
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
