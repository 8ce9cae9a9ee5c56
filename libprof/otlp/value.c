/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "otlp/decoder.h"

enum { MAX_DEPTH = 16 };

/* A oneof: of several fields the last one counts. */
static int
take_value_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfOtlpValue *value = row;
  uint32_t index;
  int r = 0;
  switch (field->number) {
  case PROF_OTLP_ANY_STRING:
  case PROF_OTLP_ANY_ARRAY:
  case PROF_OTLP_ANY_LIST:
  case PROF_OTLP_ANY_BYTES:
    r = prof_otlp_take_bytes (decoder, field, &value->bytes);
    break;
  case PROF_OTLP_ANY_BOOL:
  case PROF_OTLP_ANY_INT:
    r = prof_otlp_take_number (decoder, field, &value->number);
    break;
  case PROF_OTLP_ANY_DOUBLE:
    r = prof_otlp_take_fixed64 (decoder, field, &value->number);
    break;
  case PROF_OTLP_ANY_STRING_INDEX:
    r = prof_otlp_take_index (decoder, field, &index);
    if (r == 0)
      r = prof_otlp_find_string (decoder, index, &value->bytes);
    value->kind = PROF_OTLP_ANY_STRING;
    return r;
  default:
    return 0;
  }
  value->kind = field->number;
  return r;
}

int
prof_otlp_decode_value (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpValue *ret)
{
  *ret = (ProfOtlpValue){ 0 };
  return prof_otlp_take_fields (decoder, wire, take_value_field, ret);
}

int
prof_otlp_next_value (ProfOtlpDecoder *decoder, ProfWire *array, ProfOtlpValue *ret)
{
  ProfWire item;
  if (!prof_wire_find_message (array, PROF_OTLP_ARRAY_VALUE, &item))
    return 0;
  int r = prof_otlp_decode_value (decoder, item, ret);
  return r < 0 ? r : 1;
}

typedef struct {
  ProfWire key;
  ProfOtlpValue value;
} KeyValue;

static int
take_key_value_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  KeyValue *pair = row;
  ProfWire wire;
  uint32_t index;
  int r;
  switch (field->number) {
  case PROF_OTLP_ATTRIBUTE_KEY:
    return prof_otlp_take_bytes (decoder, field, &pair->key);
  case PROF_OTLP_ATTRIBUTE_VALUE:
    r = prof_otlp_take_bytes (decoder, field, &wire);
    return r < 0 ? r : prof_otlp_decode_value (decoder, wire, &pair->value);
  case PROF_OTLP_KEY_VALUE_STRING:
    r = prof_otlp_take_index (decoder, field, &index);
    return r < 0 || index == 0 ? r : prof_otlp_find_string (decoder, index, &pair->key);
  default:
    return 0;
  }
}

int
prof_otlp_decode_key_value (ProfOtlpDecoder *decoder,
                            ProfWire wire,
                            ProfWire *ret_key,
                            ProfOtlpValue *ret_value)
{
  KeyValue pair = { 0 };
  int r = prof_otlp_take_fields (decoder, wire, take_key_value_field, &pair);
  *ret_key = pair.key;
  *ret_value = pair.value;
  return r;
}

/* ---- text ---- */

static int write_value (ProfOtlpDecoder *decoder,
                        const ProfOtlpValue *value,
                        ProfWireBuffer *text,
                        unsigned depth);

static int
write_items (ProfOtlpDecoder *decoder,
             const ProfOtlpValue *list,
             ProfWireBuffer *text,
             unsigned depth)
{
  ProfWire wire = list->bytes, item, key = { 0 };
  ProfOtlpValue value;
  if (depth == MAX_DEPTH)
    return prof_otlp_fail_row (decoder, "has a value in more than %d lists", MAX_DEPTH);
  for (unsigned i = 0; prof_wire_find_message (&wire, PROF_OTLP_ARRAY_VALUE, &item); i++) {
    int r = list->kind == PROF_OTLP_ANY_ARRAY
                ? prof_otlp_decode_value (decoder, item, &value)
                : prof_otlp_decode_key_value (decoder, item, &key, &value);
    if (r < 0)
      return r;
    if (i > 0)
      prof_wire_put_raw (text, ",", 1);
    if (list->kind == PROF_OTLP_ANY_LIST) {
      prof_wire_put_raw (text, key.next, (size_t)(key.end - key.next));
      prof_wire_put_raw (text, "=", 1);
    }
    r = write_value (decoder, &value, text, depth + 1);
    if (r < 0)
      return r;
  }
  return 0;
}

static void
write_number (const ProfOtlpValue *value, ProfWireBuffer *text)
{
  char digits[40] = "";
  double real;
  memcpy (&real, &value->number, sizeof real);
  int n = value->kind == PROF_OTLP_ANY_INT
              ? snprintf (digits, sizeof digits, "%" PRId64, (int64_t)value->number)
              : snprintf (digits, sizeof digits, "%.17g", real);
  prof_wire_put_raw (text, digits, (size_t)n);
}

static void
write_hex (ProfWire bytes, ProfWireBuffer *text)
{
  char digits[3];
  for (; bytes.next < bytes.end; bytes.next++) {
    prof_write_hex (bytes.next, 1, digits);
    prof_wire_put_raw (text, digits, 2);
  }
}

static int
write_value (ProfOtlpDecoder *decoder,
             const ProfOtlpValue *value,
             ProfWireBuffer *text,
             unsigned depth)
{
  switch (value->kind) {
  case PROF_OTLP_ANY_STRING:
    prof_wire_put_raw (text, value->bytes.next, (size_t)(value->bytes.end - value->bytes.next));
    break;
  case PROF_OTLP_ANY_BOOL:
    prof_wire_put_raw (text, value->number != 0 ? "true" : "false", value->number != 0 ? 4 : 5);
    break;
  case PROF_OTLP_ANY_INT:
  case PROF_OTLP_ANY_DOUBLE:
    write_number (value, text);
    break;
  case PROF_OTLP_ANY_BYTES:
    write_hex (value->bytes, text);
    break;
  case PROF_OTLP_ANY_ARRAY:
  case PROF_OTLP_ANY_LIST:
    return write_items (decoder, value, text, depth);
  default:
    break;
  }
  return 0;
}

int
prof_otlp_write_value (ProfOtlpDecoder *decoder, const ProfOtlpValue *value, ProfWireBuffer *text)
{
  int r = write_value (decoder, value, text, 0);
  return r < 0 ? r : text->is_failed ? -ENOMEM : 0;
}
