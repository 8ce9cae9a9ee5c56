/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/profile-rows.h"

#include "base/hash.h"
#include "profile/profile-tables.h"

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

const ProfRowKind prof_mapping_kind = { hash_mapping, mappings_equal };

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

const ProfRowKind prof_function_kind = { hash_function, functions_equal };

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

const ProfRowKind prof_location_kind = { hash_location, locations_equal };

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

const ProfRowKind prof_stack_kind = { hash_stack, stacks_equal };

/* google/pprof's rule (profile/merge.go): the same file's or build's, of the same size in pages. */
static uint64_t
count_pages (const ProfMapping *mapping)
{
  return (mapping->limit - mapping->start + 4095) / 4096;
}

static uint64_t
get_module (const ProfMapping *mapping)
{
  return mapping->build_id != 0 ? (uint64_t)mapping->build_id << 32 : mapping->filename;
}

static uint64_t
hash_module (const ProfProfile *profile, uint32_t row)
{
  const ProfMapping *m = &profile->mappings.items[row];
  return prof_hash_word (prof_hash_word (count_pages (m), m->offset), get_module (m));
}

static bool
modules_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfMapping *a = &profile->mappings.items[row];
  const ProfMapping *b = &profile->mappings.items[*(const uint32_t *)key];
  return count_pages (a) == count_pages (b) && a->offset == b->offset
         && get_module (a) == get_module (b);
}

const ProfRowKind prof_module_kind = { hash_module, modules_equal };

bool
prof_labels_equal (const ProfLabel *a, const ProfLabel *b)
{
  return a->key == b->key && a->string == b->string && a->unit == b->unit && a->number == b->number;
}

uint64_t
prof_label_hash (const ProfLabel *label)
{
  uint64_t hash = prof_hash_word (label->key, (uint64_t)label->string << 32 | label->unit);
  return prof_hash_word (hash, (uint64_t)label->number);
}

static uint64_t
hash_sample (const ProfProfile *profile, uint32_t row)
{
  const ProfSample *sample = &profile->samples.items[row];
  uint64_t hash = hash_stack (profile, row);
  for (uint32_t i = 0; i < sample->n_labels; i++)
    hash += prof_label_hash (&profile->labels.items[sample->first_label + i]);
  return hash;
}

static bool
all_labels_in (const ProfLabel *a, const ProfLabel *b, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++) {
    uint32_t j = 0;
    while (j < n && !prof_labels_equal (&a[i], &b[j]))
      j++;
    if (j == n)
      return false;
  }
  return true;
}

/* Labels are a set. Long lists, which only hostile input has, are compared in their order. */
static bool
label_sets_equal (const ProfLabel *a, const ProfLabel *b, uint32_t n)
{
  uint32_t n_equal = 0;
  while (n_equal < n && prof_labels_equal (&a[n_equal], &b[n_equal]))
    n_equal++;
  return n_equal == n || (n <= 64 && all_labels_in (a, b, n) && all_labels_in (b, a, n));
}

static bool
samples_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfSample *a = &profile->samples.items[row];
  const ProfSample *b = &profile->samples.items[*(const uint32_t *)key];
  const ProfLabel *labels = profile->labels.items;
  if (a->n_labels != b->n_labels || !stacks_equal (table, row, key))
    return false;
  return a->n_labels == 0
         || label_sets_equal (labels + a->first_label, labels + b->first_label, a->n_labels);
}

const ProfRowKind prof_sample_kind = { hash_sample, samples_equal };

static uint64_t
hash_comment (const ProfProfile *profile, uint32_t row)
{
  return prof_hash_word (0, profile->comments.items[row]);
}

static bool
comments_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  return profile->comments.items[row] == profile->comments.items[*(const uint32_t *)key];
}

const ProfRowKind prof_comment_kind = { hash_comment, comments_equal };

static uint64_t
hash_unknown_field (const ProfProfile *profile, uint32_t row)
{
  const ProfUnknownField *field = &profile->unknown_fields.items[row];
  uint64_t hash = prof_hash_word (field->table, field->row);
  return prof_hash_bytes (hash, profile->unknown_bytes.items + field->start, field->n_bytes);
}

static bool
unknown_fields_equal (const void *table, uint32_t row, const void *key)
{
  const ProfProfile *profile = table;
  const ProfUnknownField *a = &profile->unknown_fields.items[row];
  const ProfUnknownField *b = &profile->unknown_fields.items[*(const uint32_t *)key];
  const uint8_t *bytes = profile->unknown_bytes.items;
  return a->table == b->table && a->row == b->row && a->n_bytes == b->n_bytes
         && memcmp (bytes + a->start, bytes + b->start, a->n_bytes) == 0;
}

const ProfRowKind prof_unknown_field_kind = { hash_unknown_field, unknown_fields_equal };
