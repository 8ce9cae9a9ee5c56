/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "otlp/decoder.h"
#include "otlp/sample-join.h"

/* ---- samples ---- */

/* Strings of the profile. */
typedef struct {
  uint32_t end_timestamp, nanoseconds;
} TimeLabel;

static int
add_labels (ProfOtlpDecoder *decoder,
            const ProfOtlpMessage *message,
            const ProfOtlpSample *sample,
            const TimeLabel *time)
{
  ProfProfile *profile = decoder->profile;
  ProfLabel labels[2];
  for (uint32_t i = 0; i < sample->n_attributes; i++) {
    uint32_t index = message->sample_attributes.items[sample->first_attribute + i];
    int r = prof_otlp_get_attribute (decoder, index, &labels[0]);
    if (r < 0 || prof_vec_push (&profile->labels, labels[0]) < 0)
      return r < 0 ? r : -ENOMEM;
  }
  int n = prof_otlp_get_link (decoder, sample->link, labels);
  if (n < 0 || prof_vec_append (&profile->labels, labels, (size_t)n) < 0)
    return n < 0 ? n : -ENOMEM;
  if (sample->time_ns == 0)
    return 0;
  ProfLabel label = { time->end_timestamp, 0, time->nanoseconds, sample->time_ns };
  return prof_vec_push (&profile->labels, label);
}

static int
add_sample (ProfOtlpDecoder *decoder,
            const ProfOtlpJoin *join,
            ProfOtlpJoinedRow row,
            const TimeLabel *time)
{
  ProfProfile *profile = decoder->profile;
  const ProfOtlpSample *sample = prof_otlp_join_get_sample (join, row);
  ProfOtlpList stack = { 0 };
  ProfSample added = { .first_label = (uint32_t)profile->labels.n };
  int r = sample->stack == 0 ? 0 : prof_otlp_get_stack (decoder, sample->stack, &stack);
  if (r == 0)
    r = add_labels (decoder, &join->messages[row.message], sample, time);
  added.first_location = stack.first;
  added.n_locations = stack.n;
  added.n_labels = (uint32_t)profile->labels.n - added.first_label;
  return r < 0 ? r : prof_vec_push (&profile->samples, added);
}

static bool
has_times (const ProfOtlpJoin *join)
{
  prof_vec_foreach (row, &join->rows)
    if (prof_otlp_join_get_sample (join, *row)->time_ns != 0)
      return true;
  return false;
}

static int
add_text (ProfOtlpDecoder *decoder, const char *text, uint32_t *ret)
{
  return prof_otlp_add_string (decoder, text, strlen (text), ret);
}

static int
add_samples (ProfOtlpDecoder *decoder, const ProfOtlpJoin *join, const uint32_t *columns)
{
  ProfProfile *profile = decoder->profile;
  TimeLabel time = { 0 };
  int r = prof_otlp_count (decoder, &decoder->n_values, join->values.n, decoder->limits->values,
                           "values");
  if (r == 0 && has_times (join)) {
    r = add_text (decoder, "end_timestamp_ns", &time.end_timestamp);
    if (r == 0)
      r = add_text (decoder, "nanoseconds", &time.nanoseconds);
  }
  if (r == 0)
    r = prof_vec_reserve (&profile->values, join->values.n);
  for (size_t i = 0; r == 0 && i < join->rows.n; i++) {
    for (size_t k = 0; k < join->n_messages; k++)
      profile->values.items[profile->values.n + columns[k]]
          = join->values.items[i * join->n_messages + k];
    profile->values.n += join->n_messages;
    r = add_sample (decoder, join, join->rows.items[i], &time);
  }
  return r;
}

/* ---- what is around the samples ---- */

/* The column of each message's values. The order says where the sample types were. */
static void
order_columns (const ProfOtlpScope *scope, size_t n, uint32_t *ret)
{
  bool is_ordered = scope->order.n == n;
  for (size_t i = 0; is_ordered && i < n; i++)
    for (size_t k = 0; k < i; k++)
      is_ordered &= scope->order.items[i] != scope->order.items[k];
  for (uint32_t i = 0; i < n; i++) {
    ret[i] = is_ordered ? 0 : i;
    for (size_t k = 0; is_ordered && k < n; k++)
      ret[i] += scope->order.items[k] < scope->order.items[i];
  }
}

static int
add_value_types (ProfOtlpDecoder *decoder, const ProfOtlpJoin *join, const uint32_t *columns)
{
  ProfProfile *profile = decoder->profile;
  int r = prof_vec_reserve (&profile->value_types, join->n_messages);
  for (size_t i = 0; r == 0 && i < join->n_messages; i++) {
    ProfValueType *type = &profile->value_types.items[columns[i]];
    r = prof_otlp_get_string (decoder, join->messages[i].sample_type.type, &type->type);
    if (r == 0)
      r = prof_otlp_get_string (decoder, join->messages[i].sample_type.unit, &type->unit);
  }
  if (r == 0)
    profile->value_types.n = join->n_messages;
  return r;
}

/* The first message is the default one; pprof's is the last sample type unless it has a name. */
static int
set_default_type (ProfOtlpDecoder *decoder, const ProfOtlpScope *scope, uint32_t first_column)
{
  ProfProfile *profile = decoder->profile;
  ProfWire name = scope->default_type;
  if (name.next != name.end)
    return prof_otlp_add_string (decoder, name.next, (size_t)(name.end - name.next),
                                 &profile->default_sample_type);
  if (first_column != profile->value_types.n - 1)
    profile->default_sample_type = profile->value_types.items[first_column].type;
  return 0;
}

static int
add_comment (ProfOtlpDecoder *decoder, const void *bytes, size_t n)
{
  uint32_t comment;
  const uint8_t *start = bytes;
  int r = prof_otlp_charge_row (decoder, (ProfWire){ start, start + n });
  if (r == 0)
    r = prof_otlp_add_string (decoder, bytes, n, &comment);
  return r < 0 ? r : prof_vec_push (&decoder->profile->comments, comment);
}

/* `key` and "=" stand before the value, if there is a key. */
static int
add_value_comment (ProfOtlpDecoder *decoder, const ProfWire *key, const ProfOtlpValue *value)
{
  ProfWireBuffer text = { 0 };
  if (key != NULL) {
    prof_wire_put_raw (&text, key->next, (size_t)(key->end - key->next));
    prof_wire_put_raw (&text, "=", 1);
  }
  int r = prof_otlp_write_value (decoder, value, &text);
  if (r == 0)
    r = add_comment (decoder, text.bytes.items, text.bytes.n);
  prof_vec_clear (&text.bytes);
  return r;
}

static int
add_comments (ProfOtlpDecoder *decoder, const ProfOtlpValue *value)
{
  ProfWire array = value->bytes;
  ProfOtlpValue item;
  int r;
  if (value->kind != PROF_OTLP_ANY_ARRAY)
    return add_value_comment (decoder, NULL, value);
  while ((r = prof_otlp_next_value (decoder, &array, &item)) > 0) {
    r = add_value_comment (decoder, NULL, &item);
    if (r < 0)
      return r;
  }
  return r;
}

static bool
has_prefix (ProfWire bytes, const char *prefix)
{
  size_t n = strlen (prefix);
  return (size_t)(bytes.end - bytes.next) >= n && memcmp (bytes.next, prefix, n) == 0;
}

static int
take_profile_attribute (ProfOtlpDecoder *decoder, uint32_t index)
{
  static const char *const keys[]
      = { "pprof.profile.drop_frames", "pprof.profile.keep_frames", "pprof.profile.doc_url" };
  ProfProfile *profile = decoder->profile;
  uint32_t *const strings[] = { &profile->drop_frames, &profile->keep_frames, &profile->doc_url };
  ProfWire key;
  ProfOtlpValue value;
  uint32_t unit;
  int r = prof_otlp_decode_attribute (decoder, index, &key, &value, &unit);
  if (r < 0)
    return r;
  if (has_prefix (key, "pprof.profile.comment")) /* also with a number behind it */
    return add_comments (decoder, &value);
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
    if (value.kind == PROF_OTLP_ANY_STRING && prof_otlp_is_text (key, keys[i]))
      return prof_otlp_add_string (decoder, value.bytes.next,
                                   (size_t)(value.bytes.end - value.bytes.next), strings[i]);
  return add_value_comment (decoder, &key, &value);
}

static int
add_all_comments (ProfOtlpDecoder *decoder,
                  const ProfOtlpMessage *message,
                  const ProfOtlpTexts *resource)
{
  int r = 0;
  for (size_t i = 0; r == 0 && i < message->comments.n; i++) {
    ProfWire bytes;
    r = prof_otlp_find_string (decoder, message->comments.items[i], &bytes);
    if (r == 0)
      r = add_comment (decoder, bytes.next, (size_t)(bytes.end - bytes.next));
  }
  for (size_t i = 0; r == 0 && i < message->attributes.n; i++)
    r = take_profile_attribute (decoder, message->attributes.items[i]);
  for (size_t i = 0; r == 0 && i < resource->texts.n; i++) {
    ProfOtlpList list = resource->texts.items[i];
    r = add_comment (decoder, resource->bytes.bytes.items + list.first, list.n);
  }
  return r;
}

static int
set_header (ProfOtlpDecoder *decoder, const ProfOtlpMessage *message)
{
  ProfProfile *profile = decoder->profile;
  profile->period = message->period;
  profile->time_ns = message->time_ns;
  profile->duration_ns = message->duration_ns;
  int r = prof_otlp_get_string (decoder, message->period_type.type, &profile->period_type.type);
  if (r == 0)
    r = prof_otlp_get_string (decoder, message->period_type.unit, &profile->period_type.unit);
  return r;
}

/* ---- the whole ---- */

static int
begin_profile (ProfOtlpDecoder *decoder)
{
  decoder->profile_number++;
  decoder->attributes.n = decoder->stacks.n = 0;
  prof_profile_unref (steal (&decoder->profile));
  return prof_profile_new (&decoder->profile);
}

static int
end_profile (ProfOtlpDecoder *decoder)
{
  int r = prof_vec_push (&decoder->profiles, decoder->profile);
  if (r == 0)
    decoder->profile = NULL;
  return r;
}

static void
finish_join_p (ProfOtlpJoin *join)
{
  prof_otlp_join_finish (join);
}

int
prof_otlp_make_profile (ProfOtlpDecoder *decoder,
                        const ProfOtlpMessage *messages,
                        size_t n,
                        const ProfOtlpScope *scope,
                        const ProfOtlpTexts *resource)
{
  cleanup (finish_join) ProfOtlpJoin join = { .messages = messages, .n_messages = n };
  cleanup (prof_free) uint32_t *columns = calloc (n, sizeof *columns);
  if (columns == NULL)
    return -ENOMEM;
  order_columns (scope, n, columns);
  int r = begin_profile (decoder);
  if (r == 0)
    r = add_value_types (decoder, &join, columns);
  if (r == 0)
    r = set_default_type (decoder, scope, columns[0]);
  if (r == 0)
    r = set_header (decoder, messages);
  if (r == 0)
    r = add_all_comments (decoder, messages, resource);
  if (r == 0)
    r = prof_otlp_join_init (&join, messages, n);
  if (r == 0)
    r = add_samples (decoder, &join, columns);
  return r < 0 ? r : end_profile (decoder);
}
