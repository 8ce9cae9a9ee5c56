/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "pprof/pprof-decoder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

int
prof_pprof_decoder_init (ProfPprofDecoder *decoder, const ProfPprofLimits *limits)
{
  *decoder = (ProfPprofDecoder){
    .limits = *limits,
    .latest_stacks = calloc (PROF_PPROF_N_LATEST_STACKS, sizeof *decoder->latest_stacks),
  };
  return decoder->latest_stacks == NULL ? -ENOMEM : prof_profile_new (&decoder->profile);
}

void
prof_pprof_decoder_finish (ProfPprofDecoder *decoder)
{
  prof_profile_unref (decoder->profile);
  free (decoder->latest_stacks);
  prof_id_map_finish (&decoder->location_ids);
  prof_id_map_finish (&decoder->function_ids);
  prof_id_map_finish (&decoder->mapping_ids);
}

int
prof_pprof_fail (ProfPprofDecoder *decoder, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (decoder->fault, sizeof decoder->fault, _ (format), args);
  va_end (args);
  return code;
}

int
prof_pprof_fail_row (ProfPprofDecoder *decoder, const char *format, ...)
{
  char what[sizeof decoder->fault / 2];
  va_list args;
  va_start (args, format);
  vsnprintf (what, sizeof what, _ (format), args);
  va_end (args);
  if (decoder->table == NULL)
    return prof_pprof_fail (decoder, -EBADMSG, "it is not in pprof's format, or damaged: it %s",
                            what);
  return prof_pprof_fail (decoder, -EBADMSG, "%s %zu %s", _ (decoder->table), decoder->row, what);
}

static int
fail_wire (ProfPprofDecoder *decoder, ProfWireResult result)
{
  switch (result) {
  case PROF_WIRE_CUT:
    return prof_pprof_fail_row (decoder, "ends in the middle of a field");
  case PROF_WIRE_BAD_VARINT:
    return prof_pprof_fail_row (decoder, "has a number of more than ten bytes");
  case PROF_WIRE_BAD_TAG:
    return prof_pprof_fail_row (decoder, "has a field with an impossible number");
  default:
    return prof_pprof_fail_row (decoder, "has a field of an unknown wire type");
  }
}

int
prof_pprof_take_fields (ProfPprofDecoder *decoder, ProfWire wire, ProfPprofTake take, void *row)
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

int
prof_pprof_check_type (ProfPprofDecoder *decoder, const ProfWireField *field, ProfWireType type)
{
  if (field->type == type)
    return 0;
  return prof_pprof_fail_row (decoder, "has wire type %u instead of %u in field %u",
                              (unsigned)field->type, (unsigned)type, field->number);
}

int
prof_pprof_take_number (ProfPprofDecoder *decoder, const ProfWireField *field, uint64_t *ret)
{
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_VARINT);
  if (r == 0)
    *ret = field->value;
  return r;
}

int
prof_pprof_take_signed (ProfPprofDecoder *decoder, const ProfWireField *field, int64_t *ret)
{
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_VARINT);
  if (r == 0)
    *ret = (int64_t)field->value;
  return r;
}

int
prof_pprof_take_bool (ProfPprofDecoder *decoder, const ProfWireField *field, bool *ret)
{
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_VARINT);
  if (r == 0)
    *ret = field->value != 0;
  return r;
}

int
prof_pprof_take_string (ProfPprofDecoder *decoder, const ProfWireField *field, uint32_t *ret)
{
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_VARINT);
  if (r < 0)
    return r;
  if (field->value > INT32_MAX)
    return prof_pprof_fail_row (decoder, "names string %" PRIi64 ", which does not exist",
                                (int64_t)field->value);
  *ret = (uint32_t)field->value;
  return 0;
}

int
prof_pprof_check_room (ProfPprofDecoder *decoder, size_t n, size_t max, const char *what)
{
  if (n < max)
    return 0;
  return prof_pprof_fail (decoder, -EFBIG, "it has more than %zu %s", max, _ (what));
}

int
prof_pprof_keep_field (ProfPprofDecoder *decoder,
                       ProfTableKind table,
                       size_t row,
                       const ProfWireField *field)
{
  ProfProfile *profile = decoder->profile;
  int r = prof_pprof_check_room (decoder, profile->unknown_fields.n, decoder->limits.unknown_fields,
                                 "unknown fields");
  if (r < 0)
    return r;
  size_t n_bytes = (size_t)(field->end - field->start);
  ProfUnknownField unknown = { table, (uint32_t)row, profile->unknown_bytes.n, n_bytes };
  r = prof_vec_append (&profile->unknown_bytes, field->start, n_bytes);
  return r < 0 ? r : prof_vec_push (&profile->unknown_fields, unknown);
}
