/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/decoder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void
prof_otlp_decoder_finish (ProfOtlpDecoder *decoder)
{
  prof_otlp_clear_dictionary (decoder);
  prof_profiles_free (decoder->profiles.items, decoder->profiles.n);
  prof_profile_unref (decoder->profile);
  prof_vec_clear (&decoder->attributes);
  prof_vec_clear (&decoder->stacks);
  prof_vec_clear (&decoder->values);
  prof_vec_clear (&decoder->times);
}

int
prof_otlp_fail (ProfOtlpDecoder *decoder, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (decoder->fault, sizeof decoder->fault, _ (format), args);
  va_end (args);
  return code;
}

int
prof_otlp_fail_row (ProfOtlpDecoder *decoder, const char *format, ...)
{
  char what[sizeof decoder->fault / 2];
  va_list args;
  va_start (args, format);
  vsnprintf (what, sizeof what, _ (format), args);
  va_end (args);
  char number[24] = "";
  if (decoder->row != PROF_OTLP_NO_NUMBER)
    snprintf (number, sizeof number, " %zu", decoder->row);
  return prof_otlp_fail (decoder, -EBADMSG, "%s%s at byte %td %s", _ (decoder->table), number,
                         decoder->place - decoder->start, what);
}

static int
fail_wire (ProfOtlpDecoder *decoder, ProfWireResult result)
{
  switch (result) {
  case PROF_WIRE_CUT:
    return prof_otlp_fail_row (decoder, "ends in the middle of a field");
  case PROF_WIRE_BAD_VARINT:
    return prof_otlp_fail_row (decoder, "has a number of more than ten bytes");
  case PROF_WIRE_BAD_TAG:
    return prof_otlp_fail_row (decoder, "has a field with an impossible number");
  default:
    return prof_otlp_fail_row (decoder, "has a field of an unknown wire type");
  }
}

bool
prof_otlp_is_text (ProfWire bytes, const char *text)
{
  size_t n = (size_t)(bytes.end - bytes.next);
  return n == strlen (text) && (n == 0 || memcmp (bytes.next, text, n) == 0);
}

int
prof_otlp_take_fields (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpTake take, void *row)
{
  ProfWireField field;
  ProfWireResult result;
  while ((result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    int r = take (decoder, &field, row);
    if (r < 0)
      return r;
  }
  return result == PROF_WIRE_ENDED ? 0 : fail_wire (decoder, result);
}

static int
check_type (ProfOtlpDecoder *decoder, const ProfWireField *field, ProfWireType type)
{
  if (field->type == type)
    return 0;
  return prof_otlp_fail_row (decoder, "has wire type %u instead of %u in field %u",
                             (unsigned)field->type, (unsigned)type, field->number);
}

int
prof_otlp_take_bytes (ProfOtlpDecoder *decoder, const ProfWireField *field, ProfWire *ret)
{
  int r = check_type (decoder, field, PROF_WIRE_BYTES);
  if (r == 0)
    *ret = field->bytes;
  return r;
}

int
prof_otlp_take_number (ProfOtlpDecoder *decoder, const ProfWireField *field, uint64_t *ret)
{
  int r = check_type (decoder, field, PROF_WIRE_VARINT);
  if (r == 0)
    *ret = field->value;
  return r;
}

int
prof_otlp_take_fixed64 (ProfOtlpDecoder *decoder, const ProfWireField *field, uint64_t *ret)
{
  int r = check_type (decoder, field, PROF_WIRE_FIXED64);
  if (r == 0)
    *ret = prof_wire_get_fixed64 (field->bytes.next);
  return r;
}

static int
take_index_value (ProfOtlpDecoder *decoder, uint64_t value, uint32_t *ret)
{
  if (value > INT32_MAX)
    return prof_otlp_fail_row (decoder, "has the index %" PRId64 ", which no table has",
                               (int64_t)value);
  *ret = (uint32_t)value;
  return 0;
}

int
prof_otlp_take_index (ProfOtlpDecoder *decoder, const ProfWireField *field, uint32_t *ret)
{
  int r = check_type (decoder, field, PROF_WIRE_VARINT);
  return r < 0 ? r : take_index_value (decoder, field->value, ret);
}

static int
add_index (ProfOtlpDecoder *decoder, uint64_t value, ProfOtlpTable table, ProfOtlpIndices *indices)
{
  uint32_t index = 0;
  int r = take_index_value (decoder, value, &index);
  if (r == 0)
    r = prof_otlp_check_index (decoder, table, index);
  return r < 0 ? r : prof_vec_push (indices, index);
}

int
prof_otlp_take_indices (ProfOtlpDecoder *decoder,
                        const ProfWireField *field,
                        ProfOtlpTable table,
                        ProfOtlpIndices *indices)
{
  if (field->type == PROF_WIRE_VARINT)
    return add_index (decoder, field->value, table, indices);
  int r = check_type (decoder, field, PROF_WIRE_BYTES);
  ProfWire wire = field->bytes;
  while (r == 0 && wire.next < wire.end) {
    uint64_t value;
    if (prof_wire_take_varint (&wire, &value) != PROF_WIRE_OK)
      return prof_otlp_fail_row (decoder, "has damaged numbers in field %u", field->number);
    r = add_index (decoder, value, table, indices);
  }
  return r;
}

int
prof_otlp_count (ProfOtlpDecoder *decoder, size_t *count, size_t n, size_t max, const char *what)
{
  if (n > max || *count > max - n)
    return prof_otlp_fail (decoder, -EFBIG, "it has more than %zu %s", max, what);
  *count += n;
  return 0;
}
