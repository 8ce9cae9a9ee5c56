/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>

#include "base/saturate.h"
#include "otlp/decoder.h"

typedef struct {
  ProfOtlpSample row;
  ProfOtlpMessage *message;
} Sample;

static int
take_values (ProfOtlpDecoder *decoder, const ProfWireField *field)
{
  ProfWire wire;
  uint64_t value;
  if (field->type == PROF_WIRE_VARINT)
    return prof_vec_push (&decoder->values, (int64_t)field->value);
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  while (r == 0 && wire.next < wire.end) {
    if (prof_wire_take_varint (&wire, &value) != PROF_WIRE_OK)
      return prof_otlp_fail_row (decoder, "has damaged values");
    r = prof_vec_push (&decoder->values, (int64_t)value);
  }
  return r;
}

static int
take_times (ProfOtlpDecoder *decoder, const ProfWireField *field)
{
  ProfWire wire;
  uint64_t time_ns;
  if (field->type == PROF_WIRE_FIXED64) {
    prof_otlp_take_fixed64 (decoder, field, &time_ns);
    return prof_vec_push (&decoder->times, (int64_t)time_ns);
  }
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r == 0 && (wire.end - wire.next) % 8 != 0)
    return prof_otlp_fail_row (decoder, "has damaged times");
  for (; r == 0 && wire.next < wire.end; wire.next += 8)
    r = prof_vec_push (&decoder->times, (int64_t)prof_wire_get_fixed64 (wire.next));
  return r;
}

static int
take_row_index (ProfOtlpDecoder *decoder,
                const ProfWireField *field,
                ProfOtlpTable table,
                uint32_t *ret)
{
  int r = prof_otlp_take_index (decoder, field, ret);
  return r < 0 ? r : prof_otlp_check_index (decoder, table, *ret);
}

static int
take_sample_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Sample *sample = row;
  if (field->number == PROF_OTLP_SAMPLE_STACK)
    return take_row_index (decoder, field, PROF_OTLP_TABLE_STACK, &sample->row.stack);
  if (field->number == PROF_OTLP_SAMPLE_TIMESTAMPS)
    return take_times (decoder, field);
  if (field->number == decoder->numbers.sample_values)
    return take_values (decoder, field);
  if (field->number == decoder->numbers.sample_attributes)
    return prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_ATTRIBUTE,
                                   &sample->message->sample_attributes);
  if (field->number == decoder->numbers.sample_link)
    return take_row_index (decoder, field, PROF_OTLP_TABLE_LINK, &sample->row.link);
  return 0;
}

/* Several values without times are one value that was not summed up. */
static int
add_sum (ProfOtlpDecoder *decoder, Sample *sample)
{
  if (decoder->values.n == 0)
    return prof_otlp_fail_row (decoder, "has neither a value nor a time");
  prof_vec_foreach (value, &decoder->values)
    sample->row.value = prof_add_saturated (sample->row.value, *value);
  return prof_vec_push (&sample->message->samples, sample->row);
}

/* Each time has a value, or counts 1. */
static int
add_moments (ProfOtlpDecoder *decoder, Sample *sample)
{
  size_t n = decoder->times.n;
  if (decoder->values.n != 0 && decoder->values.n != n)
    return prof_otlp_fail_row (decoder, "has %zu values for %zu times", decoder->values.n, n);
  for (size_t i = 0; i < n; i++) {
    sample->row.time_ns = decoder->times.items[i];
    sample->row.value = decoder->values.n == 0 ? 1 : decoder->values.items[i];
    if (prof_vec_push (&sample->message->samples, sample->row) < 0)
      return -ENOMEM;
  }
  return 0;
}

int
prof_otlp_decode_sample (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpMessage *message)
{
  Sample sample = { .message = message };
  sample.row.first_attribute = (uint32_t)message->sample_attributes.n;
  decoder->values.n = decoder->times.n = 0;
  int r = prof_otlp_take_fields (decoder, wire, take_sample_field, &sample);
  if (r < 0)
    return r;
  size_t n_attributes = message->sample_attributes.n - sample.row.first_attribute;
  size_t n_rows = decoder->times.n > 0 ? decoder->times.n : 1;
  sample.row.n_attributes = (uint32_t)n_attributes;
  r = prof_otlp_count (decoder, &decoder->n_samples, n_rows, decoder->limits->samples, "samples");
  if (r == 0)
    r = prof_otlp_count (decoder, &decoder->n_labels, n_rows * (n_attributes + 3),
                         decoder->limits->labels, "attributes of samples");
  if (r < 0)
    return r;
  return decoder->times.n > 0 ? add_moments (decoder, &sample) : add_sum (decoder, &sample);
}
