/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>

#include "pprof/pprof-decoder.h"

typedef struct {
  ProfValueType *value_type;
  uint32_t row;
} ValueType;

static int
take_value_type_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  ValueType *value_type = row;
  switch (field->number) {
  case 1:
    return prof_pprof_take_string (decoder, field, &value_type->value_type->type);
  case 2:
    return prof_pprof_take_string (decoder, field, &value_type->value_type->unit);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_VALUE_TYPE, value_type->row, field);
  }
}

static int
decode_sample_type (ProfPprofDecoder *decoder, ProfWire wire)
{
  ProfProfile *profile = decoder->profile;
  size_t n = profile->value_types.n;
  ProfValueType value_type = { 0 };
  ValueType row = { &value_type, (uint32_t)n };
  prof_pprof_enter_row (decoder, "sample type", n);
  int r = prof_pprof_check_room (decoder, n, decoder->limits.value_types, "sample types");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, wire, take_value_type_field, &row);
  return r < 0 ? r : prof_vec_push (&profile->value_types, value_type);
}

/* A second one is merged into the first, as protobuf does with single messages. */
static int
decode_period_type (ProfPprofDecoder *decoder, ProfWire wire)
{
  ValueType row = { &decoder->profile->period_type, PROF_PPROF_PERIOD_TYPE_ROW };
  prof_pprof_enter_row (decoder, "period type", 0);
  return prof_pprof_take_fields (decoder, wire, take_value_type_field, &row);
}

static int
decode_string (ProfPprofDecoder *decoder, ProfWire bytes)
{
  ProfStringTable *strings = &decoder->profile->strings;
  size_t n_bytes = (size_t)(bytes.end - bytes.next);
  if (!decoder->has_strings) {
    decoder->has_strings = true;
    return n_bytes == 0 ? 0 : prof_pprof_fail (decoder, -EBADMSG, "string 0 is not empty");
  }
  int r = prof_pprof_check_room (decoder, prof_string_table_count (strings),
                                 decoder->limits.strings, "strings");
  if (r == 0)
    r = prof_string_table_append (strings, (const char *)bytes.next, n_bytes);
  if (r == -EOVERFLOW)
    return prof_pprof_fail (decoder, -EFBIG, "it has more than 4 GiB of strings");
  return r < 0 ? r : 0;
}

static int
add_comment (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  ProfProfile *profile = decoder->profile;
  size_t n = profile->comments.n;
  uint32_t comment;
  prof_pprof_enter_row (decoder, "comment", n);
  int r = prof_pprof_check_room (decoder, n, decoder->limits.comments, "comments");
  if (r == 0)
    r = prof_pprof_take_string (decoder, field, &comment);
  return r < 0 ? r : prof_vec_push (&profile->comments, comment);
}

static int
decode_comments (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  if (field->type == PROF_WIRE_VARINT)
    return add_comment (decoder, field);
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  if (r < 0)
    return r;
  ProfWire wire = field->bytes;
  while (wire.next < wire.end) {
    ProfWireField number = { .type = PROF_WIRE_VARINT };
    if (prof_wire_take_varint (&wire, &number.value) != PROF_WIRE_OK)
      return prof_pprof_fail_row (decoder, "has damaged comments");
    r = add_comment (decoder, &number);
    if (r < 0)
      return r;
  }
  return 0;
}

/* A file that was made by appending one profile to another has two times. */
static int
decode_time (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  if (decoder->has_time)
    return prof_pprof_fail (decoder, -EBADMSG,
                            "it has two times, so it is concatenated profiles: merge the profiles "
                            "instead of appending one file to another");
  decoder->has_time = true;
  return prof_pprof_take_signed (decoder, field, &decoder->profile->time_ns);
}

static int
decode_number (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  ProfProfile *profile = decoder->profile;
  switch (field->number) {
  case PROF_FIELD_DROP_FRAMES:
    return prof_pprof_take_string (decoder, field, &profile->drop_frames);
  case PROF_FIELD_KEEP_FRAMES:
    return prof_pprof_take_string (decoder, field, &profile->keep_frames);
  case PROF_FIELD_TIME:
    return decode_time (decoder, field);
  case PROF_FIELD_DURATION:
    return prof_pprof_take_signed (decoder, field, &profile->duration_ns);
  case PROF_FIELD_PERIOD:
    return prof_pprof_take_signed (decoder, field, &profile->period);
  case PROF_FIELD_COMMENT:
    return decode_comments (decoder, field);
  case PROF_FIELD_DEFAULT_SAMPLE_TYPE:
    return prof_pprof_take_string (decoder, field, &profile->default_sample_type);
  case PROF_FIELD_DOC_URL:
    return prof_pprof_take_string (decoder, field, &profile->doc_url);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_PROFILE, 0, field);
  }
}

static int
decode_message (ProfPprofDecoder *decoder, uint32_t number, ProfWire bytes)
{
  switch (number) {
  case PROF_FIELD_SAMPLE_TYPE:
    return decode_sample_type (decoder, bytes);
  case PROF_FIELD_SAMPLE:
    return prof_pprof_decode_sample (decoder, bytes);
  case PROF_FIELD_MAPPING:
    return prof_pprof_decode_mapping (decoder, bytes);
  case PROF_FIELD_LOCATION:
    return prof_pprof_decode_location (decoder, bytes);
  case PROF_FIELD_FUNCTION:
    return prof_pprof_decode_function (decoder, bytes);
  case PROF_FIELD_STRING:
    return decode_string (decoder, bytes);
  case PROF_FIELD_PERIOD_TYPE:
    return decode_period_type (decoder, bytes);
  default:
    return prof_profile_append_session_bytes (decoder->profile, bytes.next,
                                              (size_t)(bytes.end - bytes.next));
  }
}

static bool
is_message (uint32_t number)
{
  return number <= PROF_FIELD_STRING || number == PROF_FIELD_PERIOD_TYPE
         || number == PROF_FIELD_SESSION;
}

int
prof_pprof_decode_field (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  prof_pprof_enter_row (decoder, NULL, 0);
  if (!is_message (field->number))
    return decode_number (decoder, field);
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  return r < 0 ? r : decode_message (decoder, field->number, field->bytes);
}
