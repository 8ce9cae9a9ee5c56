/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <string.h>

#include "base/hex.h"
#include "otlp/decoder.h"

/* ---- attributes and links ---- */

typedef struct {
  uint32_t key, unit;
  ProfOtlpValue value;
} Attribute;

static int
take_attribute_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Attribute *attribute = row;
  ProfWire wire;
  int r;
  switch (field->number) {
  case PROF_OTLP_ATTRIBUTE_KEY:
    return prof_otlp_take_index (decoder, field, &attribute->key);
  case PROF_OTLP_ATTRIBUTE_VALUE:
    r = prof_otlp_take_bytes (decoder, field, &wire);
    return r < 0 ? r : prof_otlp_decode_value (decoder, wire, &attribute->value);
  case PROF_OTLP_ATTRIBUTE_UNIT:
    return prof_otlp_take_index (decoder, field, &attribute->unit);
  default:
    return 0;
  }
}

/* An array of one value is that value: translators of 2026 wrapped them so. */
static int
unwrap (ProfOtlpDecoder *decoder, ProfOtlpValue *value)
{
  ProfWire array = value->bytes;
  ProfOtlpValue first, second;
  if (value->kind != PROF_OTLP_ANY_ARRAY)
    return 0;
  int r = prof_otlp_next_value (decoder, &array, &first);
  if (r > 0)
    r = prof_otlp_next_value (decoder, &array, &second) == 0;
  if (r > 0)
    *value = first;
  return r < 0 ? r : 0;
}

int
prof_otlp_decode_attribute (ProfOtlpDecoder *decoder,
                            uint32_t index,
                            ProfWire *ret_key,
                            ProfOtlpValue *ret_value,
                            uint32_t *ret_unit)
{
  const ProfOtlpRows *table = &decoder->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  Attribute attribute = { 0 };
  if (index < table->rows.n) {
    ProfWire row = table->rows.items[index];
    prof_otlp_enter_row (decoder, prof_otlp_table_names[PROF_OTLP_TABLE_ATTRIBUTE], index,
                         row.next);
    int r = prof_otlp_charge_row (decoder, row);
    if (r == 0)
      r = prof_otlp_take_fields (decoder, row, take_attribute_field, &attribute);
    if (r == 0)
      r = unwrap (decoder, &attribute.value);
    if (r < 0)
      return r;
  }
  *ret_value = attribute.value;
  *ret_unit = attribute.unit;
  int r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_STRING, attribute.unit);
  return r < 0 ? r : prof_otlp_find_string (decoder, attribute.key, ret_key);
}

static int
make_label (ProfOtlpDecoder *decoder, uint32_t index, ProfLabel *ret)
{
  ProfWire key = { 0 };
  ProfOtlpValue value;
  uint32_t unit;
  ProfWireBuffer text = { 0 };
  int r = prof_otlp_decode_attribute (decoder, index, &key, &value, &unit);
  if (r == 0)
    r = prof_otlp_add_string (decoder, key.next, (size_t)(key.end - key.next), &ret->key);
  if (r == 0 && value.kind == PROF_OTLP_ANY_INT) {
    ret->number = (int64_t)value.number;
    return prof_otlp_get_string (decoder, unit, &ret->unit);
  }
  if (r == 0)
    r = prof_otlp_write_value (decoder, &value, &text);
  if (r == 0)
    r = prof_otlp_add_string (decoder, text.bytes.items, text.bytes.n, &ret->string);
  prof_vec_clear (&text.bytes);
  return r;
}

int
prof_otlp_get_attribute (ProfOtlpDecoder *decoder, uint32_t index, ProfLabel *ret)
{
  ProfWire wire;
  uint32_t row;
  int r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_ATTRIBUTE, index, &wire, &row);
  if (r == 0) {
    ProfLabel label = { 0 };
    row = (uint32_t)decoder->attributes.n;
    r = make_label (decoder, index, &label);
    if (r < 0 || prof_vec_push (&decoder->attributes, label) < 0)
      return r < 0 ? r : -ENOMEM;
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_ATTRIBUTE, index, row);
  }
  if (r >= 0)
    *ret = decoder->attributes.items[row];
  return r < 0 ? r : 0;
}

typedef struct {
  ProfWire trace_id, span_id;
} Link;

static int
take_link_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Link *link = row;
  switch (field->number) {
  case PROF_OTLP_LINK_TRACE_ID:
    return prof_otlp_take_bytes (decoder, field, &link->trace_id);
  case PROF_OTLP_LINK_SPAN_ID:
    return prof_otlp_take_bytes (decoder, field, &link->span_id);
  default:
    return 0;
  }
}

/* An ID of zeros is none. */
static int
make_id_label (ProfOtlpDecoder *decoder, const char *key, ProfWire id, size_t n, ProfLabel *ret)
{
  static const uint8_t none[16];
  char hex[2 * sizeof none + 1];
  size_t n_bytes = (size_t)(id.end - id.next);
  *ret = (ProfLabel){ 0 };
  if (n_bytes == 0 || (n_bytes == n && memcmp (id.next, none, n) == 0))
    return 0;
  if (n_bytes != n)
    return prof_otlp_fail_row (decoder, "has a %s of %zu bytes instead of %zu", key, n_bytes, n);
  prof_write_hex (id.next, n, hex);
  int r = prof_otlp_add_string (decoder, key, strlen (key), &ret->key);
  return r < 0 ? r : prof_otlp_add_string (decoder, hex, 2 * n, &ret->string);
}

static int
make_link (ProfOtlpDecoder *decoder, ProfWire wire, ProfLabel labels[2])
{
  Link link = { 0 };
  int r = prof_otlp_take_fields (decoder, wire, take_link_field, &link);
  if (r == 0)
    r = make_id_label (decoder, "trace_id", link.trace_id, 16, &labels[0]);
  if (r == 0)
    r = make_id_label (decoder, "span_id", link.span_id, 8, &labels[1]);
  return r;
}

int
prof_otlp_get_link (ProfOtlpDecoder *decoder, uint32_t index, ProfLabel ret[2])
{
  ProfWire wire;
  uint32_t row;
  if (index == 0)
    return 0;
  int r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_LINK, index, &wire, &row);
  if (r == 0) {
    ProfLabel labels[2];
    row = (uint32_t)decoder->attributes.n;
    r = make_link (decoder, wire, labels);
    if (r < 0 || prof_vec_append (&decoder->attributes, labels, 2) < 0)
      return r < 0 ? r : -ENOMEM;
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_LINK, index, row);
  }
  if (r < 0)
    return r;
  int n = 0;
  for (unsigned i = 0; i < 2; i++)
    if (decoder->attributes.items[row + i].key != 0)
      ret[n++] = decoder->attributes.items[row + i];
  return n;
}
