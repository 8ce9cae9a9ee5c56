/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "otlp/decoder.h"
#include "otlp/sample-join.h"

/* ---- Profile ---- */

static int
take_value_type_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfValueType *type = row;
  uint32_t *string = field->number == PROF_OTLP_VALUE_TYPE_TYPE   ? &type->type
                     : field->number == PROF_OTLP_VALUE_TYPE_UNIT ? &type->unit
                                                                  : NULL;
  if (string == NULL)
    return 0;
  int r = prof_otlp_take_index (decoder, field, string);
  return r < 0 ? r : prof_otlp_check_index (decoder, PROF_OTLP_TABLE_STRING, *string);
}

static int
take_value_type (ProfOtlpDecoder *decoder, const ProfWireField *field, ProfValueType *ret)
{
  ProfWire wire;
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  return r < 0 ? r : prof_otlp_take_fields (decoder, wire, take_value_type_field, ret);
}

static int
take_signed (ProfOtlpDecoder *decoder, const ProfWireField *field, int64_t *ret)
{
  uint64_t number = 0;
  int r = field->number == PROF_OTLP_PROFILE_TIME ? prof_otlp_take_fixed64 (decoder, field, &number)
                                                  : prof_otlp_take_number (decoder, field, &number);
  *ret = (int64_t)number;
  return r;
}

/* Samples are decoded when all else is: messages say which sample of which profile is at fault. */
static int
take_profile_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfOtlpMessage *message = row;
  switch (field->number) {
  case PROF_OTLP_PROFILE_SAMPLE_TYPE:
    return take_value_type (decoder, field, &message->sample_type);
  case PROF_OTLP_PROFILE_TIME:
    return take_signed (decoder, field, &message->time_ns);
  case PROF_OTLP_PROFILE_DURATION:
    return take_signed (decoder, field, &message->duration_ns);
  case PROF_OTLP_PROFILE_PERIOD_TYPE:
    return take_value_type (decoder, field, &message->period_type);
  case PROF_OTLP_PROFILE_PERIOD:
    return take_signed (decoder, field, &message->period);
  default:
    break;
  }
  if (field->number == decoder->numbers.profile_attributes)
    return prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_ATTRIBUTE, &message->attributes);
  if (field->number == PROF_OTLP_PROFILE_COMMENTS_1_8 && decoder->layout == PROF_OTLP_LAYOUT_1_8)
    return prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_STRING, &message->comments);
  return 0;
}

static int
decode_profile (ProfOtlpDecoder *decoder, size_t number, ProfWire wire, ProfOtlpMessage *message)
{
  ProfWire sample;
  prof_otlp_enter_row (decoder, "profile", number, wire.next);
  int r = prof_otlp_take_fields (decoder, wire, take_profile_field, message);
  for (size_t i = 0; r == 0 && prof_wire_find_message (&wire, PROF_OTLP_PROFILE_SAMPLE, &sample);
       i++) {
    prof_otlp_enter_row (decoder, "sample", i, sample.next);
    r = prof_otlp_decode_sample (decoder, sample, message);
  }
  return r;
}

/* ---- ScopeProfiles ---- */

typedef struct {
  PROF_VEC (ProfOtlpMessage) messages;
  ProfOtlpScope scope;
} Scope;

static void
clear_scope_p (Scope *scope)
{
  prof_vec_foreach (message, &scope->messages) {
    prof_vec_clear (&message->attributes);
    prof_vec_clear (&message->comments);
    prof_vec_clear (&message->samples);
    prof_vec_clear (&message->sample_attributes);
  }
  prof_vec_clear (&scope->messages);
  prof_vec_clear (&scope->scope.order);
}

static int
take_order (ProfOtlpDecoder *decoder, ProfWire array, ProfOtlpScope *scope)
{
  ProfOtlpValue value;
  int r;
  scope->order.n = 0;
  while ((r = prof_otlp_next_value (decoder, &array, &value)) > 0)
    if (prof_vec_push (&scope->order, value.number) < 0)
      return -ENOMEM;
  return r;
}

static int
take_scope_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfOtlpScope *scope = row;
  ProfWire wire, key;
  ProfOtlpValue value;
  if (field->number != PROF_OTLP_SCOPE_ATTRIBUTE)
    return 0;
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r == 0)
    r = prof_otlp_decode_key_value (decoder, wire, &key, &value);
  if (r < 0)
    return r;
  if (value.kind == PROF_OTLP_ANY_STRING
      && prof_otlp_is_text (key, "pprof.scope.default_sample_type"))
    scope->default_type = value.bytes;
  if (value.kind == PROF_OTLP_ANY_ARRAY && prof_otlp_is_text (key, "pprof.scope.sample_type_order"))
    return take_order (decoder, value.bytes, scope);
  return 0;
}

static int
take_scope_profiles_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Scope *scope = row;
  ProfWire wire;
  if (field->number != PROF_OTLP_SCOPE_PROFILES_SCOPE
      && field->number != PROF_OTLP_SCOPE_PROFILES_PROFILE)
    return 0;
  prof_otlp_enter_row (decoder, "scope", PROF_OTLP_NO_NUMBER, field->start);
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r < 0)
    return r;
  if (field->number == PROF_OTLP_SCOPE_PROFILES_SCOPE)
    return prof_otlp_take_fields (decoder, wire, take_scope_field, &scope->scope);
  size_t n = scope->messages.n;
  if (decoder->profiles.n + n >= decoder->limits->profiles)
    return prof_otlp_fail (decoder, -EFBIG, "it has more than %zu profiles",
                           decoder->limits->profiles);
  if (prof_vec_push (&scope->messages, (ProfOtlpMessage){ 0 }) < 0)
    return -ENOMEM;
  return decode_profile (decoder, n, wire, &scope->messages.items[n]);
}

static bool
has_equal_head (const ProfOtlpMessage *a, const ProfOtlpMessage *b)
{
  return a->time_ns == b->time_ns && a->duration_ns == b->duration_ns && a->period == b->period
         && a->period_type.type == b->period_type.type && a->period_type.unit == b->period_type.unit
         && a->attributes.n == b->attributes.n
         && (a->attributes.n == 0
             || memcmp (a->attributes.items, b->attributes.items,
                        a->attributes.n * sizeof *a->attributes.items)
                    == 0);
}

static bool
has_type (const ProfOtlpMessage *messages, size_t n, const ProfOtlpMessage *message)
{
  for (size_t i = 0; i < n; i++)
    if (messages[i].sample_type.type == message->sample_type.type)
      return true;
  return false;
}

/* How many messages from the first on are sample types of one profile: the order says that they
 * were one, and some samples may be in a part of them only; else their samples are the same. */
static size_t
count_types (const ProfOtlpDecoder *decoder, const ProfOtlpMessage *messages, size_t n, bool is_one)
{
  size_t n_types = 1;
  while (n_types < n && n_types < decoder->limits->types_per_profile
         && has_equal_head (&messages[0], &messages[n_types])
         && !has_type (messages, n_types, &messages[n_types])
         && (is_one || prof_otlp_has_equal_samples (&messages[0], &messages[n_types])))
    n_types++;
  return n_types;
}

static int
decode_scope_profiles (ProfOtlpDecoder *decoder, ProfWire wire, const ProfOtlpTexts *resource)
{
  cleanup (clear_scope) Scope scope = { 0 };
  prof_otlp_enter_row (decoder, "scope", PROF_OTLP_NO_NUMBER, wire.next);
  int r = prof_otlp_take_fields (decoder, wire, take_scope_profiles_field, &scope);
  bool is_one = scope.scope.order.n > 1 && scope.scope.order.n == scope.messages.n;
  for (size_t i = 0, n; r == 0 && i < scope.messages.n; i += n) {
    n = count_types (decoder, &scope.messages.items[i], scope.messages.n - i, is_one);
    r = prof_otlp_make_profile (decoder, &scope.messages.items[i], n, &scope.scope, resource);
  }
  return r;
}

/* ---- ResourceProfiles ---- */

static int
take_resource_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfOtlpTexts *resource = row;
  ProfWireBuffer *text = &resource->bytes;
  ProfOtlpList list = { .first = (uint32_t)text->bytes.n };
  ProfWire wire, key;
  ProfOtlpValue value;
  if (field->number != PROF_OTLP_RESOURCE_ATTRIBUTE)
    return 0;
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r == 0)
    r = prof_otlp_decode_key_value (decoder, wire, &key, &value);
  if (r < 0)
    return r;
  prof_wire_put_raw (text, key.next, (size_t)(key.end - key.next));
  prof_wire_put_raw (text, "=", 1);
  r = prof_otlp_write_value (decoder, &value, text);
  list.n = (uint32_t)text->bytes.n - list.first;
  return r < 0 ? r : prof_vec_push (&resource->texts, list);
}

static void
clear_resource_p (ProfOtlpTexts *resource)
{
  prof_vec_clear (&resource->texts);
  prof_vec_clear (&resource->bytes.bytes);
}

static int
decode_resource_profiles (ProfOtlpDecoder *decoder, ProfWire wire)
{
  cleanup (clear_resource) ProfOtlpTexts resource = { 0 };
  ProfWire resources = wire, scopes = wire, message;
  int r = 0;
  while (r == 0
         && prof_wire_find_message (&resources, PROF_OTLP_RESOURCE_PROFILES_RESOURCE, &message)) {
    prof_otlp_enter_row (decoder, "resource", PROF_OTLP_NO_NUMBER, message.next);
    r = prof_otlp_take_fields (decoder, message, take_resource_field, &resource);
  }
  while (r == 0
         && prof_wire_find_message (&scopes, PROF_OTLP_RESOURCE_PROFILES_SCOPE_PROFILES, &message))
    r = decode_scope_profiles (decoder, message, &resource);
  if (r < 0 || scopes.next == scopes.end)
    return r;
  prof_otlp_enter_row (decoder, "resource", PROF_OTLP_NO_NUMBER, wire.next);
  return prof_otlp_fail_row (decoder, "is damaged at its byte %td", scopes.next - wire.next);
}

/* ---- the request ---- */

typedef struct {
  ProfWire dictionary;
  unsigned n_resources, n_dictionaries;
} Request;

static int
take_request_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Request *request = row;
  ProfWire wire;
  switch (field->number) {
  case PROF_OTLP_REQUEST_RESOURCE_PROFILES:
    request->n_resources++;
    return prof_otlp_take_bytes (decoder, field, &wire);
  case PROF_OTLP_REQUEST_DICTIONARY:
    request->n_dictionaries++;
    return prof_otlp_take_bytes (decoder, field, &request->dictionary);
  default:
    return 0;
  }
}

static int
check_request (ProfOtlpDecoder *decoder, const Request *request)
{
  if (request->n_dictionaries > 1)
    return prof_otlp_fail (decoder, -EBADMSG,
                           "it has %u dictionaries, so it is requests one after the other: each "
                           "needs its length in four bytes before it",
                           request->n_dictionaries);
  if (request->n_dictionaries == 0 && request->n_resources > 0)
    return prof_otlp_fail (decoder, -EBADMSG,
                           "it has no dictionary: it is profiles of OTLP 1.6 or older, or traces, "
                           "metrics or logs");
  return 0;
}

int
prof_otlp_decode_request (ProfOtlpDecoder *decoder, ProfWire wire)
{
  Request request = { 0 };
  ProfWire resource;
  prof_otlp_enter_row (decoder, "request", PROF_OTLP_NO_NUMBER, wire.next);
  int r = prof_otlp_take_fields (decoder, wire, take_request_field, &request);
  if (r == 0)
    r = check_request (decoder, &request);
  prof_otlp_clear_dictionary (decoder);
  prof_otlp_enter_row (decoder, "dictionary", PROF_OTLP_NO_NUMBER, request.dictionary.next);
  if (r == 0)
    r = prof_otlp_decode_dictionary (decoder, request.dictionary);
  if (r == 0)
    r = prof_otlp_find_layout (decoder, wire, &decoder->layout);
  decoder->numbers = prof_otlp_get_numbers (decoder->layout);
  while (r == 0 && prof_wire_find_message (&wire, PROF_OTLP_REQUEST_RESOURCE_PROFILES, &resource))
    r = decode_resource_profiles (decoder, resource);
  return r;
}
