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
  uint32_t trace_id, span_id, end_timestamp, freed_timestamp, exited_timestamp;
} Keys;

/* ---- unique rows ---- */

static bool
equals_list (const uint32_t *numbers, const ProfOtlpList *list, const ProfOtlpList *key)
{
  return list->n == key->n
         && (key->n == 0
             || memcmp (numbers + list->first, numbers + key->first, key->n * sizeof *numbers)
                    == 0);
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

/* A sample on its way to a row. */
typedef struct {
  const ProfSample *sample;
  uint64_t stack_hash, hash; /* of the stack; of all that makes the row */
  uint32_t attributes, link;
  int64_t time_ns;
} Candidate;

static bool
is_row (const void *table, uint32_t row, const void *key)
{
  const ProfOtlpRow *a = &((const ProfOtlpSamples *)table)->rows.items[row], *b = key;
  return a->stack == b->stack && a->attributes == b->attributes && a->link == b->link;
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
add_stack (ProfOtlpSamples *samples, const Candidate *candidate, uint32_t *ret)
{
  ProfOtlpList list = { candidate->sample->first_location, candidate->sample->n_locations };
  *ret = 0;
  if (list.n == 0)
    return 0;
  add_unique (samples, stacks, stack_index, candidate->stack_hash, is_stack, list, ret);
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

/* What has a new stack is new. */
static int
add_row (ProfOtlpSamples *samples, const Candidate *candidate, uint32_t *ret)
{
  ProfOtlpRow row = { .attributes = candidate->attributes, .link = candidate->link };
  size_t n_stacks = samples->stacks.n;
  if (add_stack (samples, candidate, &row.stack) < 0)
    return -ENOMEM;
  *ret = PROF_HASH_INDEX_NONE;
  if (samples->stacks.n == n_stacks)
    *ret = prof_hash_index_find (&samples->row_index, candidate->hash, is_row, samples, &row);
  if (*ret != PROF_HASH_INDEX_NONE)
    return 0;
  *ret = (uint32_t)samples->rows.n;
  if (prof_vec_push (&samples->rows, row) < 0
      || prof_hash_index_add (&samples->row_index, candidate->hash, *ret) < 0
      || prof_vec_reserve (&samples->values, samples->n_value_types) < 0)
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

/* The link of a sample, and which of its labels make it. */
typedef struct {
  ProfOtlpLink link;
  bool has_trace, has_span;
} SampleLink;

/* Without a trace there is no link. */
static SampleLink
find_link (const ProfOtlpSamples *samples, const Keys *keys, const ProfSample *sample)
{
  static const ProfOtlpLink none;
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (samples->profile, &n);
  SampleLink found = { 0 };
  for (uint32_t i = 0; keys->trace_id != 0 && i < sample->n_labels; i++) {
    const ProfLabel *label = &labels[sample->first_label + i];
    const char *text = prof_profile_get_string (samples->profile, label->string);
    if (label->key == keys->trace_id)
      found.has_trace = parse_hex (text, found.link.trace_id, sizeof found.link.trace_id);
    else if (keys->span_id != 0 && label->key == keys->span_id)
      found.has_span = parse_hex (text, found.link.span_id, sizeof found.link.span_id);
  }
  if (!found.has_span)
    memset (found.link.span_id, 0, sizeof found.link.span_id);
  found.has_trace &= memcmp (found.link.trace_id, none.trace_id, sizeof none.trace_id) != 0;
  return found.has_trace ? found : (SampleLink){ 0 };
}

/* Becomes a time or a part of a link, or is left out. */
static bool
is_no_attribute (const Keys *keys, const SampleLink *found, uint32_t key)
{
  return key == 0 || key == keys->end_timestamp || key == keys->freed_timestamp
         || key == keys->exited_timestamp || (found->has_trace && key == keys->trace_id)
         || (found->has_span && key == keys->span_id);
}

static bool
has_key (const ProfOtlpSamples *samples, uint32_t first, uint32_t key)
{
  for (size_t i = first; i < samples->attribute_rows.n; i++)
    if (samples->attributes.items[samples->attribute_rows.items[i]].key == key)
      return true;
  return false;
}

/* The few attributes of a sample. */
static void
sort_numbers (uint32_t *numbers, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    uint32_t number = numbers[i];
    size_t k = i;
    for (; k > 0 && numbers[k - 1] > number; k--)
      numbers[k] = numbers[k - 1];
    numbers[k] = number;
  }
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
  sort_numbers (rows, list.n);
  size_t n_before = samples->attribute_lists.n;
  add_unique (samples, attribute_lists, list_index,
              prof_hash_bytes (0, rows, list.n * sizeof *rows), is_attribute_list, list, ret);
  if (samples->attribute_lists.n == n_before)
    samples->attribute_rows.n = first;
  return 0;
}

/* What OpenTelemetry's SDKs take, too. */
enum { MAX_ATTRIBUTES = 128 };

static bool
is_attribute_wanted (const ProfOtlpSamples *samples, const ProfLabel *label, uint32_t first)
{
  return samples->attribute_rows.n - first < MAX_ATTRIBUTES
         && !has_key (samples, first, label->key);
}

static int
add_labels (ProfOtlpSamples *samples, const Keys *keys, Candidate *candidate)
{
  const ProfSample *sample = candidate->sample;
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (samples->profile, &n);
  uint32_t first = (uint32_t)samples->attribute_rows.n, attribute;
  const SampleLink found = find_link (samples, keys, sample);
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &labels[sample->first_label + i];
    if (label->key != 0 && label->key == keys->end_timestamp)
      candidate->time_ns = label->number;
    if (!is_no_attribute (keys, &found, label->key) && is_attribute_wanted (samples, label, first)
        && (add_attribute (samples, label, &attribute) < 0
            || prof_vec_push (&samples->attribute_rows, attribute) < 0))
      return -ENOMEM;
  }
  if (found.has_trace && add_link (samples, &found.link, &candidate->link) < 0)
    return -ENOMEM;
  return close_list (samples, first, &candidate->attributes);
}

/* ---- all samples ---- */

/* So many that the memory of one is fetched while those before it are worked on. */
enum { N_CANDIDATES = 32 };

static int
make_candidate (ProfOtlpSamples *samples, const Keys *keys, uint32_t number, Candidate *ret)
{
  size_t n;
  const ProfSample *sample = &prof_profile_get_samples (samples->profile, &n)[number];
  const uint32_t *stacks = prof_profile_get_stacks (samples->profile, &n);
  *ret = (Candidate){ .sample = sample };
  if (sample->n_locations > 0)
    ret->stack_hash = prof_hash_bytes (0, stacks + sample->first_location,
                                       sample->n_locations * sizeof *stacks);
  int r = add_labels (samples, keys, ret);
  ret->hash = prof_hash_word (ret->stack_hash, (uint64_t)ret->attributes << 32 | ret->link);
  prof_hash_index_prefetch (&samples->stack_index, ret->stack_hash);
  prof_hash_index_prefetch (&samples->row_index, ret->hash);
  return r;
}

static int
add_candidate (ProfOtlpSamples *samples, const Candidate *candidate, uint32_t number)
{
  size_t n;
  const int64_t *values
      = prof_profile_get_values (samples->profile, &n) + number * samples->n_value_types;
  ProfOtlpMoment moment = { .sample = number, .time_ns = candidate->time_ns };
  if (add_row (samples, candidate, &moment.row) < 0)
    return -ENOMEM;
  int64_t *sums = samples->values.items + moment.row * samples->n_value_types;
  for (size_t i = 0; i < samples->n_value_types; i++)
    sums[i] = prof_add_saturated (sums[i], values[i]);
  return samples->has_times ? prof_vec_push (&samples->moments, moment) : 0;
}

static int
add_samples (ProfOtlpSamples *samples, const Keys *keys, uint32_t first, uint32_t n)
{
  Candidate candidates[N_CANDIDATES];
  for (uint32_t i = 0; i < n; i++)
    if (make_candidate (samples, keys, first + i, &candidates[i]) < 0)
      return -ENOMEM;
  for (uint32_t i = 0; i < n; i++)
    if (add_candidate (samples, &candidates[i], first + i) < 0)
      return -ENOMEM;
  return 0;
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

/* Where stacks hardly repeat, they are in order already. */
static void
sort_moments (ProfOtlpSamples *samples)
{
  const ProfOtlpMoment *moments = samples->moments.items;
  size_t i = 1;
  while (i < samples->moments.n && compare_moments (&moments[i - 1], &moments[i]) < 0)
    i++;
  if (i < samples->moments.n)
    qsort (samples->moments.items, samples->moments.n, sizeof *moments, compare_moments);
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
    else if (strcmp (string, "exited_timestamp_ns") == 0)
      keys.exited_timestamp = i;
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
    keys.freed_timestamp = keys.exited_timestamp = 0;
  if (add_empty_rows (samples) < 0 || prof_hash_index_reserve (&samples->row_index, n_samples) < 0
      || prof_hash_index_reserve (&samples->stack_index, n_samples) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n_samples; i += N_CANDIDATES) {
    size_t n_left = n_samples - i;
    if (add_samples (samples, &keys, (uint32_t)i,
                     (uint32_t)(n_left < N_CANDIDATES ? n_left : N_CANDIDATES))
        < 0)
      return -ENOMEM;
  }
  sort_moments (samples);
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
