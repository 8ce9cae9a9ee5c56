/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/otlp.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "otlp/dictionary.h"
#include "otlp/layout.h"
#include "otlp/put-text.h"
#include "otlp/samples.h"
#include "profile/profile-tables.h"

PROF_DEFINE_CLEANUP (ProfOtlpEncoder *, prof_otlp_encoder_free)

struct ProfOtlpEncoder {
  ProfProfile *profile; /* a reference */
  ProfOtlpOptions options;
  ProfOtlpNumbers numbers;
  ProfOtlpSamples samples;
  ProfOtlpDictionary dictionary;
  ProfWireBuffer *rows; /* samples of the request at hand, by value type */
  uint32_t *order;      /* value types as they are sent: the default one first */
  size_t n_value_types;
  size_t next_row, next_moment;
  uint64_t n_profiles; /* sent */
  bool has_sent;       /* a request; an empty profile is sent as well */
  ProfWireBuffer request;
};

/* Types without samples in the request at hand are left out, but there is one profile at least, and
 * all that there are where all is one request. */
static bool
is_sent (const ProfOtlpEncoder *encoder, uint32_t type)
{
  return encoder->rows[type].bytes.n > 0 || type == encoder->order[0]
         || encoder->options.max_bytes == 0;
}

/* ---- samples ---- */

static void
put_packed_attributes (ProfOtlpEncoder *encoder, ProfWireBuffer *buffer, uint32_t list_row)
{
  const ProfOtlpList *list = &encoder->samples.attribute_lists.items[list_row];
  if (list->n == 0)
    return;
  size_t start = prof_wire_begin (buffer, encoder->numbers.sample_attributes);
  for (uint32_t i = 0; i < list->n; i++) {
    uint32_t attribute = encoder->samples.attribute_rows.items[list->first + i];
    prof_wire_put_varint (buffer,
                          prof_otlp_dictionary_get_attribute (&encoder->dictionary, attribute));
  }
  prof_wire_end (buffer, start);
}

static size_t
begin_sample (ProfOtlpEncoder *encoder, ProfWireBuffer *buffer, const ProfOtlpRow *row)
{
  ProfOtlpDictionary *dictionary = &encoder->dictionary;
  size_t start = prof_wire_begin (buffer, PROF_OTLP_PROFILE_SAMPLE);
  prof_wire_put_number (buffer, PROF_OTLP_SAMPLE_STACK,
                        prof_otlp_dictionary_get_stack (dictionary, row->stack));
  put_packed_attributes (encoder, buffer, row->attributes);
  prof_wire_put_number (buffer, encoder->numbers.sample_link,
                        prof_otlp_dictionary_get_link (dictionary, row->link));
  return start;
}

/* One value, no time: the shape that every receiver takes. */
static void
put_sum (ProfOtlpEncoder *encoder, const ProfOtlpRow *row, uint32_t type, int64_t value)
{
  ProfWireBuffer *buffer = &encoder->rows[type];
  if (value == 0)
    return;
  size_t sample = begin_sample (encoder, buffer, row);
  size_t values = prof_wire_begin (buffer, encoder->numbers.sample_values);
  prof_wire_put_varint (buffer, (uint64_t)value);
  prof_wire_end (buffer, values);
  prof_wire_end (buffer, sample);
}

/* Times lie in the profile: at or after its start, and before its end. */
static uint64_t
clamp_time (const ProfProfile *profile, int64_t time_ns)
{
  int64_t start_ns = prof_profile_get_time_ns (profile);
  int64_t duration_ns = prof_profile_get_duration_ns (profile), last_ns;
  if (duration_ns <= 0 || __builtin_add_overflow (start_ns, duration_ns - 1, &last_ns))
    last_ns = start_ns;
  return (uint64_t)(time_ns < start_ns ? start_ns : time_ns > last_ns ? last_ns : time_ns);
}

/* A value for each time. */
static void
put_moments (ProfOtlpEncoder *encoder,
             const ProfOtlpRow *row,
             uint32_t type,
             const ProfOtlpMoment *moments,
             size_t n_moments)
{
  ProfWireBuffer *buffer = &encoder->rows[type];
  size_t n;
  const int64_t *all = prof_profile_get_values (encoder->profile, &n);
  size_t n_types = encoder->n_value_types, n_values = 0;
  for (size_t i = 0; i < n_moments; i++)
    n_values += all[moments[i].sample * n_types + type] != 0;
  if (n_values == 0)
    return;
  size_t sample = begin_sample (encoder, buffer, row);
  size_t values = prof_wire_begin (buffer, encoder->numbers.sample_values);
  for (size_t i = 0; i < n_moments; i++)
    if (all[moments[i].sample * n_types + type] != 0)
      prof_wire_put_varint (buffer, (uint64_t)all[moments[i].sample * n_types + type]);
  prof_wire_end (buffer, values);
  prof_wire_put_tag (buffer, PROF_OTLP_SAMPLE_TIMESTAMPS, PROF_WIRE_BYTES);
  prof_wire_put_varint (buffer, 8 * n_values);
  for (size_t i = 0; i < n_moments; i++)
    if (all[moments[i].sample * n_types + type] != 0)
      prof_wire_put_fixed64 (buffer, clamp_time (encoder->profile, moments[i].time_ns));
  prof_wire_end (buffer, sample);
}

static void
put_row (ProfOtlpEncoder *encoder, size_t number)
{
  const ProfOtlpRow *row = &encoder->samples.rows.items[number];
  const ProfOtlpMoment *moments = encoder->samples.moments.items;
  size_t first = encoder->next_moment, end = first;
  while (end < encoder->samples.moments.n && moments[end].row == number)
    end++;
  encoder->next_moment = end;
  for (uint32_t type = 0; type < encoder->n_value_types; type++)
    if (encoder->samples.has_times)
      put_moments (encoder, row, type, moments + first, end - first);
    else
      put_sum (encoder, row, type,
               encoder->samples.values.items[number * encoder->n_value_types + type]);
}

static size_t
get_n_bytes (const ProfOtlpEncoder *encoder)
{
  size_t n = prof_otlp_dictionary_get_n_bytes (&encoder->dictionary);
  for (size_t i = 0; i < encoder->n_value_types; i++)
    n += encoder->rows[i].bytes.n;
  return n;
}

enum { N_ROWS_AHEAD = 6 };

/* An eighth of the bound is for the row that exceeds it, and for all that is around the rows. */
static void
put_rows (ProfOtlpEncoder *encoder)
{
  size_t max_bytes = encoder->options.max_bytes;
  size_t bound = max_bytes == 0 ? SIZE_MAX : max_bytes - max_bytes / 8;
  for (; encoder->next_row < encoder->samples.rows.n && get_n_bytes (encoder) < bound;
       encoder->next_row++) {
    size_t ahead = encoder->next_row + N_ROWS_AHEAD;
    if (ahead < encoder->samples.rows.n)
      prof_otlp_dictionary_fetch (&encoder->dictionary, encoder->samples.rows.items[ahead].stack);
    put_row (encoder, encoder->next_row);
  }
}

/* ---- profiles ---- */

static void
put_value_type (ProfOtlpEncoder *encoder,
                ProfWireBuffer *buffer,
                uint32_t field,
                ProfValueType type)
{
  ProfOtlpDictionary *dictionary = &encoder->dictionary;
  size_t start = prof_wire_begin (buffer, field);
  prof_wire_put_number (buffer, PROF_OTLP_VALUE_TYPE_TYPE,
                        prof_otlp_dictionary_get_string (dictionary, type.type));
  prof_wire_put_number (buffer, PROF_OTLP_VALUE_TYPE_UNIT,
                        prof_otlp_dictionary_get_string (dictionary, type.unit));
  prof_wire_end (buffer, start);
}

/* Different for each profile that is sent. */
static void
put_profile_id (ProfOtlpEncoder *encoder, ProfWireBuffer *buffer)
{
  static const uint8_t none[16];
  uint8_t id[16];
  memcpy (id, encoder->options.profile_id, sizeof id);
  if (memcmp (id, none, sizeof id) == 0)
    return;
  for (unsigned i = 0; i < 8; i++)
    id[15 - i] ^= (uint8_t)(encoder->n_profiles >> (8 * i));
  prof_wire_put_bytes (buffer, encoder->numbers.profile_id, id, sizeof id);
}

static uint32_t
add_string_attribute (ProfOtlpEncoder *encoder, ProfOtlpText key, uint32_t string)
{
  return string == 0 ? 0
                     : prof_otlp_dictionary_get_text_attribute (&encoder->dictionary, key, string);
}

/* What pprof knows of a profile and OTLP has no field for. */
static unsigned
add_profile_attributes (ProfOtlpEncoder *encoder, uint32_t *ret)
{
  const ProfProfile *profile = encoder->profile;
  size_t n_comments;
  const uint32_t *comments = prof_profile_get_comments (profile, &n_comments);
  const uint32_t attributes[] = {
    n_comments == 0
        ? 0
        : prof_otlp_dictionary_add_array_attribute (&encoder->dictionary, PROF_OTLP_TEXT_COMMENT,
                                                    comments, n_comments),
    add_string_attribute (encoder, PROF_OTLP_TEXT_DROP_FRAMES,
                          prof_profile_get_drop_frames (profile)),
    add_string_attribute (encoder, PROF_OTLP_TEXT_KEEP_FRAMES,
                          prof_profile_get_keep_frames (profile)),
    add_string_attribute (encoder, PROF_OTLP_TEXT_DOC_URL, prof_profile_get_doc_url (profile)),
  };
  unsigned n = 0;
  for (unsigned i = 0; i < sizeof attributes / sizeof *attributes; i++)
    if (attributes[i] != 0)
      ret[n++] = attributes[i];
  return n;
}

static void
put_profile (ProfOtlpEncoder *encoder,
             uint32_t type,
             const uint32_t *attributes,
             unsigned n_attributes)
{
  ProfWireBuffer *buffer = &encoder->request;
  const ProfProfile *profile = encoder->profile;
  const ProfWireBuffer *rows = &encoder->rows[type];
  size_t n;
  size_t start = prof_wire_begin (buffer, PROF_OTLP_SCOPE_PROFILES_PROFILE);
  put_value_type (encoder, buffer, PROF_OTLP_PROFILE_SAMPLE_TYPE,
                  prof_profile_get_value_types (profile, &n)[type]);
  prof_wire_put_raw (buffer, rows->bytes.items, rows->bytes.n);
  prof_wire_put_tag (buffer, PROF_OTLP_PROFILE_TIME, PROF_WIRE_FIXED64);
  prof_wire_put_fixed64 (buffer, (uint64_t)prof_profile_get_time_ns (profile));
  prof_wire_put_number (buffer, PROF_OTLP_PROFILE_DURATION,
                        (uint64_t)prof_profile_get_duration_ns (profile));
  put_value_type (encoder, buffer, PROF_OTLP_PROFILE_PERIOD_TYPE,
                  prof_profile_get_period_type (profile));
  prof_wire_put_number (buffer, PROF_OTLP_PROFILE_PERIOD,
                        (uint64_t)prof_profile_get_period (profile));
  put_profile_id (encoder, buffer);
  if (n_attributes > 0) {
    size_t packed = prof_wire_begin (buffer, encoder->numbers.profile_attributes);
    for (unsigned i = 0; i < n_attributes; i++)
      prof_wire_put_varint (buffer, attributes[i]);
    prof_wire_end (buffer, packed);
  }
  prof_wire_end (buffer, start);
  encoder->n_profiles++;
}

/* ---- resource and scope: plain keys and texts, which every receiver understands ---- */

static void
put_text (ProfWireBuffer *buffer, uint32_t field, const char *text)
{
  prof_otlp_put_text (buffer, field, text, strlen (text));
}

static void
put_resource (const ProfOtlpEncoder *encoder, ProfWireBuffer *buffer)
{
  size_t resource = prof_wire_begin (buffer, PROF_OTLP_RESOURCE_PROFILES_RESOURCE);
  for (size_t i = 0; i < encoder->options.n_resource; i++) {
    const ProfOtlpAttribute *attribute = &encoder->options.resource[i];
    size_t start = prof_wire_begin (buffer, PROF_OTLP_RESOURCE_ATTRIBUTE);
    put_text (buffer, PROF_OTLP_ATTRIBUTE_KEY, attribute->key);
    size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
    if (attribute->value != NULL) {
      put_text (buffer, PROF_OTLP_ANY_STRING, attribute->value);
    } else {
      prof_wire_put_tag (buffer, PROF_OTLP_ANY_INT, PROF_WIRE_VARINT);
      prof_wire_put_varint (buffer, (uint64_t)attribute->number);
    }
    prof_wire_end (buffer, value);
    prof_wire_end (buffer, start);
  }
  prof_wire_end (buffer, resource);
}

/* Semantic conventions 1.44: pprof.scope.*. */
static void
put_default_type (const ProfOtlpEncoder *encoder, ProfWireBuffer *buffer)
{
  uint32_t type = encoder->profile->default_sample_type;
  if (type == 0)
    return;
  size_t start = prof_wire_begin (buffer, PROF_OTLP_SCOPE_ATTRIBUTE);
  put_text (buffer, PROF_OTLP_ATTRIBUTE_KEY, "pprof.scope.default_sample_type");
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  put_text (buffer, PROF_OTLP_ANY_STRING, prof_profile_get_string (encoder->profile, type));
  prof_wire_end (buffer, value);
  prof_wire_end (buffer, start);
}

static void
put_type_order (const ProfOtlpEncoder *encoder, ProfWireBuffer *buffer)
{
  size_t start = prof_wire_begin (buffer, PROF_OTLP_SCOPE_ATTRIBUTE);
  put_text (buffer, PROF_OTLP_ATTRIBUTE_KEY, "pprof.scope.sample_type_order");
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  size_t array = prof_wire_begin (buffer, PROF_OTLP_ANY_ARRAY);
  for (size_t i = 0; i < encoder->n_value_types; i++) {
    if (!is_sent (encoder, encoder->order[i]))
      continue;
    size_t item = prof_wire_begin (buffer, PROF_OTLP_ARRAY_VALUE);
    prof_wire_put_tag (buffer, PROF_OTLP_ANY_INT, PROF_WIRE_VARINT);
    prof_wire_put_varint (buffer, encoder->order[i]);
    prof_wire_end (buffer, item);
  }
  prof_wire_end (buffer, array);
  prof_wire_end (buffer, value);
  prof_wire_end (buffer, start);
}

static void
put_scope (const ProfOtlpEncoder *encoder, ProfWireBuffer *buffer)
{
  size_t scope = prof_wire_begin (buffer, PROF_OTLP_SCOPE_PROFILES_SCOPE);
  put_text (buffer, PROF_OTLP_SCOPE_NAME, "libprof");
  put_text (buffer, PROF_OTLP_SCOPE_VERSION, PROF_VERSION);
  put_default_type (encoder, buffer);
  put_type_order (encoder, buffer);
  prof_wire_end (buffer, scope);
}

/* ---- requests ---- */

static void
write_request (ProfOtlpEncoder *encoder)
{
  ProfWireBuffer *buffer = &encoder->request;
  uint32_t attributes[4];
  unsigned n_attributes = add_profile_attributes (encoder, attributes);
  buffer->bytes.n = 0;
  size_t resource = prof_wire_begin (buffer, PROF_OTLP_REQUEST_RESOURCE_PROFILES);
  put_resource (encoder, buffer);
  size_t scope = prof_wire_begin (buffer, PROF_OTLP_RESOURCE_PROFILES_SCOPE_PROFILES);
  put_scope (encoder, buffer);
  for (size_t i = 0; i < encoder->n_value_types; i++) {
    buffer->is_failed |= encoder->rows[i].is_failed;
    if (is_sent (encoder, encoder->order[i]))
      put_profile (encoder, encoder->order[i], attributes, n_attributes);
  }
  prof_wire_end (buffer, scope);
  prof_wire_end (buffer, resource);
  size_t dictionary = prof_wire_begin (buffer, PROF_OTLP_REQUEST_DICTIONARY);
  prof_otlp_dictionary_write (&encoder->dictionary, buffer);
  prof_wire_end (buffer, dictionary);
}

int
prof_otlp_encoder_next (ProfOtlpEncoder *encoder, const uint8_t **ret_bytes, size_t *ret_n_bytes)
{
  if (encoder->has_sent && encoder->next_row == encoder->samples.rows.n)
    return 0;
  if (encoder->has_sent)
    prof_otlp_dictionary_reset (&encoder->dictionary);
  for (size_t i = 0; i < encoder->n_value_types; i++)
    encoder->rows[i].bytes.n = 0;
  encoder->has_sent = true;
  put_rows (encoder);
  write_request (encoder);
  if (encoder->request.is_failed)
    return -ENOMEM;
  *ret_bytes = encoder->request.bytes.items;
  *ret_n_bytes = encoder->request.bytes.n;
  return 1;
}

/* ---- life ---- */

/* A viewer shows the first profile first. */
static int
order_value_types (ProfOtlpEncoder *encoder)
{
  prof_profile_get_value_types (encoder->profile, &encoder->n_value_types);
  encoder->order = calloc (encoder->n_value_types, sizeof *encoder->order);
  encoder->rows = calloc (encoder->n_value_types, sizeof *encoder->rows);
  if (encoder->order == NULL || encoder->rows == NULL)
    return -ENOMEM;
  uint32_t first = (uint32_t)prof_profile_get_default_value_type (encoder->profile), n = 0;
  encoder->order[n++] = first;
  for (uint32_t i = 0; i < encoder->n_value_types; i++)
    if (i != first)
      encoder->order[n++] = i;
  return 0;
}

int
prof_otlp_encoder_new (ProfProfile *profile,
                       const ProfOtlpOptions *options,
                       ProfOtlpEncoder **ret,
                       ProfError *reterr)
{
  if (profile == NULL || options == NULL || options->size < sizeof options->size
      || options->size > sizeof *options)
    return prof_error_set (reterr, -EINVAL, "prof_otlp_encoder_new: %s",
                           profile == NULL ? "profile is NULL"
                                           : "options is not set by PROF_OTLP_OPTIONS_INIT");
  if (prof_profile_get_default_value_type (profile) < 0)
    return prof_error_set (reterr, -EINVAL, "Can't export the profile: it has no sample type");
  cleanup (prof_otlp_encoder_free) ProfOtlpEncoder *encoder = calloc (1, sizeof *encoder);
  if (encoder == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't export the profile: out of memory");
  encoder->profile = prof_profile_ref (profile);
  encoder->options = (ProfOtlpOptions)PROF_OTLP_OPTIONS_INIT;
  memcpy (&encoder->options, options, options->size);
  options = &encoder->options;
  if (options->layout < PROF_OTLP_LAYOUT_1_10 || options->layout > PROF_OTLP_LAYOUT_1_8)
    return prof_error_set (reterr, -EINVAL, "prof_otlp_encoder_new: layout is no ProfOtlpLayout");
  encoder->numbers = prof_otlp_get_numbers (options->layout);
  if (order_value_types (encoder) < 0
      || prof_otlp_samples_init (&encoder->samples, profile, options->has_timestamps) < 0
      || prof_otlp_dictionary_init (&encoder->dictionary, &encoder->samples) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't export the profile: out of memory");
  encoder->dictionary.file_hashes = options->file_hashes;
  *ret = steal (&encoder);
  return 0;
}

ProfOtlpEncoder *
prof_otlp_encoder_free (ProfOtlpEncoder *encoder)
{
  if (encoder == NULL)
    return NULL;
  for (size_t i = 0; encoder->rows != NULL && i < encoder->n_value_types; i++)
    prof_vec_clear (&encoder->rows[i].bytes);
  free (encoder->rows);
  free (encoder->order);
  prof_vec_clear (&encoder->request.bytes);
  prof_otlp_dictionary_finish (&encoder->dictionary);
  prof_otlp_samples_finish (&encoder->samples);
  prof_profile_unref (encoder->profile);
  free (encoder);
  return NULL;
}
