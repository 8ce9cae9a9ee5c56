/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/samples.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/saturate.h"

/* The strings of the labels that are no attributes. */
typedef struct {
  uint32_t trace_id, span_id, end_timestamp, freed_timestamp;
} Keys;

/* ---- unique rows ---- */

static bool
equals_list (const uint32_t *numbers, const ProfOtlpList *list, const ProfOtlpList *key)
{
  return list->n == key->n
         && memcmp (numbers + list->first, numbers + key->first, key->n * sizeof *numbers) == 0;
}

static bool
is_stack (const void *table, uint32_t row, const void *key)
{
  const ProfOtlpSamples *samples = table;
  size_t n;
  return equals_list (prof_profile_get_stacks (samples->profile, &n), &samples->stacks.items[row],
                      key);
}

static bool
is_attribute_list (const void *table, uint32_t row, const void *key)
{
  const ProfOtlpSamples *samples = table;
  return equals_list (samples->attribute_rows.items, &samples->attribute_lists.items[row], key);
}

static bool
is_attribute (const void *table, uint32_t row, const void *key)
{
  const ProfLabel *label = &((const ProfOtlpSamples *)table)->attributes.items[row], *other = key;
  return label->key == other->key && label->string == other->string && label->unit == other->unit
         && label->number == other->number;
}

static bool
is_link (const void *table, uint32_t row, const void *key)
{
  return memcmp (&((const ProfOtlpSamples *)table)->links.items[row], key, sizeof (ProfOtlpLink))
         == 0;
}

static bool
is_row (const void *table, uint32_t row, const void *key)
{
  return memcmp (&((const ProfOtlpSamples *)table)->rows.items[row], key, sizeof (ProfOtlpRow))
         == 0;
}

/* The number of `item` in a vec of unique items, where it is added if it is new. */
#define add_unique(samples, vec, index, hash, is_equal, item, ret)                                 \
  do {                                                                                             \
    uint64_t hash_ = (hash);                                                                       \
    *(ret) = prof_hash_index_find (&(samples)->index, hash_, is_equal, samples, &(item));          \
    if (*(ret) == PROF_HASH_INDEX_NONE) {                                                          \
      *(ret) = (uint32_t)(samples)->vec.n;                                                         \
      if (prof_vec_push (&(samples)->vec, item) < 0                                                \
          || prof_hash_index_add (&(samples)->index, hash_, *(ret)) < 0)                           \
        return -ENOMEM;                                                                            \
    }                                                                                              \
  } while (0)

static int
add_stack (ProfOtlpSamples *samples, const ProfSample *sample, uint32_t *ret)
{
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (samples->profile, &n);
  ProfOtlpList list = { sample->first_location, sample->n_locations };
  *ret = 0;
  if (list.n == 0)
    return 0;
  add_unique (samples, stacks, stack_index,
              prof_hash_bytes (0, stacks + list.first, list.n * sizeof *stacks), is_stack, list,
              ret);
  return 0;
}

static int
add_attribute (ProfOtlpSamples *samples, const ProfLabel *label, uint32_t *ret)
{
  uint64_t hash = prof_hash_word (label->key, label->string);
  hash = prof_hash_word (prof_hash_word (hash, label->unit), (uint64_t)label->number);
  add_unique (samples, attributes, attribute_index, hash, is_attribute, *label, ret);
  return 0;
}

static int
add_link (ProfOtlpSamples *samples, const ProfOtlpLink *link, uint32_t *ret)
{
  add_unique (samples, links, link_index, prof_hash_bytes (0, link, sizeof *link), is_link, *link,
              ret);
  return 0;
}

static int
add_row (ProfOtlpSamples *samples, const ProfOtlpRow *row, uint32_t *ret)
{
  size_t n_before = samples->rows.n;
  add_unique (samples, rows, row_index, prof_hash_bytes (0, row, sizeof *row), is_row, *row, ret);
  if (samples->rows.n == n_before)
    return 0;
  if (prof_vec_reserve (&samples->values, samples->n_value_types) < 0)
    return -ENOMEM;
  memset (samples->values.items + samples->values.n, 0, samples->n_value_types * sizeof (int64_t));
  samples->values.n += samples->n_value_types;
  return 0;
}

/* ---- labels ---- */

static bool
parse_hex (const char *text, uint8_t *ret, size_t n)
{
  if (strlen (text) != 2 * n)
    return false;
  for (size_t i = 0; i < n; i++) {
    unsigned byte = 0;
    for (size_t k = 0; k < 2; k++) {
      char c = text[2 * i + k];
      unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                              : 16;
      if (digit > 15)
        return false;
      byte = byte << 4 | digit;
    }
    ret[i] = (uint8_t)byte;
  }
  return true;
}

/* True if the label is half of a link. */
static bool
read_link (const ProfOtlpSamples *samples,
           const Keys *keys,
           const ProfLabel *label,
           ProfOtlpLink *link)
{
  if (label->string == 0 || label->key == 0)
    return false;
  const char *text = prof_profile_get_string (samples->profile, label->string);
  if (label->key == keys->trace_id)
    return parse_hex (text, link->trace_id, sizeof link->trace_id);
  return label->key == keys->span_id && parse_hex (text, link->span_id, sizeof link->span_id);
}

static bool
has_key (const ProfOtlpSamples *samples, uint32_t first, uint32_t key)
{
  for (size_t i = first; i < samples->attribute_rows.n; i++)
    if (samples->attributes.items[samples->attribute_rows.items[i]].key == key)
      return true;
  return false;
}

static int
compare_numbers (const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* The list that begins at `first` of attribute_rows: kept if it is new, else taken back. */
static int
close_list (ProfOtlpSamples *samples, uint32_t first, uint32_t *ret)
{
  ProfOtlpList list = { first, (uint32_t)samples->attribute_rows.n - first };
  uint32_t *rows = samples->attribute_rows.items + first;
  *ret = 0;
  if (list.n == 0)
    return 0;
  qsort (rows, list.n, sizeof *rows, compare_numbers);
  size_t n_before = samples->attribute_lists.n;
  add_unique (samples, attribute_lists, list_index,
              prof_hash_bytes (0, rows, list.n * sizeof *rows), is_attribute_list, list, ret);
  if (samples->attribute_lists.n == n_before)
    samples->attribute_rows.n = first;
  return 0;
}

static int
add_labels (ProfOtlpSamples *samples,
            const Keys *keys,
            const ProfSample *sample,
            ProfOtlpRow *row,
            int64_t *ret_time_ns)
{
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (samples->profile, &n) + sample->first_label;
  uint32_t first = (uint32_t)samples->attribute_rows.n, attribute;
  ProfOtlpLink link = { 0 };
  *ret_time_ns = 0;
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &labels[i];
    if (label->key != 0 && label->key == keys->end_timestamp)
      *ret_time_ns = label->number;
    else if (label->key != 0 && label->key != keys->freed_timestamp
             && !read_link (samples, keys, label, &link) && !has_key (samples, first, label->key)
             && (add_attribute (samples, label, &attribute) < 0
                 || prof_vec_push (&samples->attribute_rows, attribute) < 0))
      return -ENOMEM;
  }
  static const ProfOtlpLink none;
  if (memcmp (link.trace_id, none.trace_id, sizeof none.trace_id) == 0)
    link = none;
  if (add_link (samples, &link, &row->link) < 0)
    return -ENOMEM;
  return close_list (samples, first, &row->attributes);
}

/* ---- all samples ---- */

static int
add_sample (ProfOtlpSamples *samples, const Keys *keys, uint32_t number)
{
  size_t n;
  const ProfSample *sample = &prof_profile_get_samples (samples->profile, &n)[number];
  const int64_t *values
      = prof_profile_get_values (samples->profile, &n) + number * samples->n_value_types;
  ProfOtlpRow row = { 0 };
  ProfOtlpMoment moment = { .sample = number };
  if (add_stack (samples, sample, &row.stack) < 0
      || add_labels (samples, keys, sample, &row, &moment.time_ns) < 0
      || add_row (samples, &row, &moment.row) < 0)
    return -ENOMEM;
  int64_t *sums = samples->values.items + moment.row * samples->n_value_types;
  for (size_t i = 0; i < samples->n_value_types; i++)
    sums[i] = prof_add_saturated (sums[i], values[i]);
  return samples->has_times ? prof_vec_push (&samples->moments, moment) : 0;
}

static int
compare_moments (const void *a, const void *b)
{
  const ProfOtlpMoment *x = a, *y = b;
  if (x->row != y->row)
    return x->row < y->row ? -1 : 1;
  if (x->time_ns != y->time_ns)
    return x->time_ns < y->time_ns ? -1 : 1;
  return (x->sample > y->sample) - (x->sample < y->sample);
}

static Keys
find_keys (const ProfProfile *profile)
{
  Keys keys = { 0 };
  size_t n = prof_profile_get_n_strings (profile);
  for (uint32_t i = 1; i < n; i++) {
    const char *string = prof_profile_get_string (profile, i);
    if (strcmp (string, "trace_id") == 0)
      keys.trace_id = i;
    else if (strcmp (string, "span_id") == 0)
      keys.span_id = i;
    else if (strcmp (string, "end_timestamp_ns") == 0)
      keys.end_timestamp = i;
    else if (strcmp (string, "freed_timestamp_ns") == 0)
      keys.freed_timestamp = i;
  }
  return keys;
}

/* Row 0 of the tables: the empty stack, no attribute, no link. */
static int
add_empty_rows (ProfOtlpSamples *samples)
{
  ProfOtlpLink none = { 0 };
  uint32_t row;
  if (prof_vec_push (&samples->stacks, (ProfOtlpList){ 0 }) < 0
      || prof_vec_push (&samples->attributes, (ProfLabel){ 0 }) < 0
      || prof_vec_push (&samples->attribute_lists, (ProfOtlpList){ 0 }) < 0)
    return -ENOMEM;
  return add_link (samples, &none, &row);
}

int
prof_otlp_samples_init (ProfOtlpSamples *samples, const ProfProfile *profile, bool has_times)
{
  size_t n_samples;
  *samples = (ProfOtlpSamples){ .profile = profile };
  prof_profile_get_value_types (profile, &samples->n_value_types);
  prof_profile_get_samples (profile, &n_samples);
  Keys keys = find_keys (profile);
  samples->has_times = has_times && keys.end_timestamp != 0;
  if (samples->has_times)
    keys.freed_timestamp = 0;
  if (add_empty_rows (samples) < 0)
    return -ENOMEM;
  for (uint32_t i = 0; i < n_samples; i++)
    if (add_sample (samples, &keys, i) < 0)
      return -ENOMEM;
  if (samples->moments.n > 0)
    qsort (samples->moments.items, samples->moments.n, sizeof *samples->moments.items,
           compare_moments);
  return 0;
}

void
prof_otlp_samples_finish (ProfOtlpSamples *samples)
{
  prof_vec_clear (&samples->rows);
  prof_vec_clear (&samples->values);
  prof_vec_clear (&samples->moments);
  prof_vec_clear (&samples->stacks);
  prof_vec_clear (&samples->attributes);
  prof_vec_clear (&samples->attribute_lists);
  prof_vec_clear (&samples->attribute_rows);
  prof_vec_clear (&samples->links);
  prof_hash_index_clear (&samples->row_index);
  prof_hash_index_clear (&samples->stack_index);
  prof_hash_index_clear (&samples->attribute_index);
  prof_hash_index_clear (&samples->list_index);
  prof_hash_index_clear (&samples->link_index);
}
