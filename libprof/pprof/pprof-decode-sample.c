/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>

#include "base/hash.h"
#include "pprof/pprof-decoder.h"

static int
add_location_id (ProfPprofDecoder *decoder, uint64_t id)
{
  if (id == 0)
    return prof_pprof_fail_row (decoder, "names location 0, which means none");
  uint32_t key;
  int r = prof_id_map_get_key (&decoder->location_ids, id, &key);
  return r < 0 ? r : prof_vec_push (&decoder->profile->stacks, key);
}

/* Most bytes of a profile are here. */
static int
add_packed_location_ids (ProfPprofDecoder *decoder, ProfWire ids)
{
  ProfProfile *profile = decoder->profile;
  if (prof_vec_reserve (&profile->stacks, (size_t)(ids.end - ids.next)) < 0)
    return -ENOMEM;
  while (ids.next < ids.end) {
    uint64_t id;
    if (prof_wire_take_varint (&ids, &id) != PROF_WIRE_OK)
      return prof_pprof_fail_row (decoder, "has damaged location IDs");
    if (id != 0 && id < PROF_ID_MAP_N_SMALL) {
      profile->stacks.items[profile->stacks.n++] = (uint32_t)id;
      continue;
    }
    int r = add_location_id (decoder, id);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
take_location_ids (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  if (field->type == PROF_WIRE_VARINT)
    return add_location_id (decoder, field->value);
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  return r < 0 ? r : add_packed_location_ids (decoder, field->bytes);
}

static int
take_values (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  if (field->type == PROF_WIRE_VARINT)
    return prof_vec_push (&decoder->profile->values, (int64_t)field->value);
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  if (r < 0)
    return r;
  ProfWire values = field->bytes;
  while (values.next < values.end) {
    uint64_t value;
    if (prof_wire_take_varint (&values, &value) != PROF_WIRE_OK)
      return prof_pprof_fail_row (decoder, "has damaged values");
    if (prof_vec_push (&decoder->profile->values, (int64_t)value) < 0)
      return -ENOMEM;
  }
  return 0;
}

static int
take_label_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfLabel *label = row;
  switch (field->number) {
  case 1:
    return prof_pprof_take_string (decoder, field, &label->key);
  case 2:
    return prof_pprof_take_string (decoder, field, &label->string);
  case 3:
    return prof_pprof_take_signed (decoder, field, &label->number);
  case 4:
    return prof_pprof_take_string (decoder, field, &label->unit);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_LABEL, decoder->profile->labels.n, field);
  }
}

static int
take_label (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  ProfProfile *profile = decoder->profile;
  ProfLabel label = { 0 };
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  if (r == 0)
    r = prof_pprof_check_room (decoder, profile->labels.n, decoder->limits.labels, "labels");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, field->bytes, take_label_field, &label);
  return r < 0 ? r : prof_vec_push (&profile->labels, label);
}

static int
take_sample_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  (void)row;
  switch (field->number) {
  case 1:
    return take_location_ids (decoder, field);
  case 2:
    return take_values (decoder, field);
  case 3:
    return take_label (decoder, field);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_SAMPLE, decoder->row, field);
  }
}

/* The sample types may come later, so samples are compared with the first one. */
static int
check_values (ProfPprofDecoder *decoder, size_t n_values)
{
  if (decoder->row == 0)
    decoder->n_values = n_values;
  if (n_values != decoder->n_values)
    return prof_pprof_fail_row (decoder, "has %zu values where sample 0 has %zu", n_values,
                                decoder->n_values);
  if (decoder->profile->values.n > decoder->limits.values)
    return prof_pprof_fail (decoder, -EFBIG, "it has more than %zu values", decoder->limits.values);
  return 0;
}

static int
check_stack (ProfPprofDecoder *decoder, size_t n_frames)
{
  if (n_frames > decoder->limits.frames_per_sample)
    return prof_pprof_fail (decoder, -EFBIG, "sample %zu has %zu frames, and at most %zu are read",
                            decoder->row, n_frames, decoder->limits.frames_per_sample);
  decoder->n_frames += n_frames;
  if (decoder->n_frames > decoder->limits.frames)
    return prof_pprof_fail (decoder, -EFBIG, "it has more than %zu frames", decoder->limits.frames);
  return 0;
}

/* Most programs come by the same stacks again and again: a sample uses the entries of an earlier
 * one with an equal stack, if that was the latest with such a hash. */
static void
share_stack (ProfPprofDecoder *decoder, ProfSample *sample)
{
  ProfProfile *profile = decoder->profile;
  const uint32_t *stack = profile->stacks.items + sample->first_location;
  size_t n_bytes = sample->n_locations * sizeof *stack;
  if (n_bytes == 0)
    return;
  uint64_t hash = prof_hash_bytes (0, stack, n_bytes);
  ProfStack *latest = &decoder->latest_stacks[hash % PROF_PPROF_N_LATEST_STACKS];
  if (latest->n_locations == sample->n_locations
      && memcmp (profile->stacks.items + latest->first_location, stack, n_bytes) == 0) {
    profile->stacks.n = sample->first_location;
    sample->first_location = latest->first_location;
    return;
  }
  *latest = (ProfStack){ sample->first_location, sample->n_locations };
}

int
prof_pprof_decode_sample (ProfPprofDecoder *decoder, ProfWire wire)
{
  ProfProfile *profile = decoder->profile;
  size_t n_stacks = profile->stacks.n, n_labels = profile->labels.n, n_values = profile->values.n;
  prof_pprof_enter_row (decoder, "sample", profile->samples.n);
  int r = prof_pprof_check_room (decoder, profile->samples.n, decoder->limits.samples, "samples");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, wire, take_sample_field, NULL);
  if (r == 0)
    r = check_values (decoder, profile->values.n - n_values);
  if (r == 0)
    r = check_stack (decoder, profile->stacks.n - n_stacks);
  if (r < 0)
    return r;
  ProfSample sample = {
    .first_location = (uint32_t)n_stacks,
    .n_locations = (uint32_t)(profile->stacks.n - n_stacks),
    .first_label = (uint32_t)n_labels,
    .n_labels = (uint32_t)(profile->labels.n - n_labels),
  };
  share_stack (decoder, &sample);
  return prof_vec_push (&profile->samples, sample);
}
