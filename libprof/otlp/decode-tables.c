/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <string.h>

#include "otlp/decoder.h"

/* Of the row that was entered: numbers of the dictionary's strings become those of the profile's.
 */
static int
get_strings (ProfOtlpDecoder *decoder, uint32_t *const strings[], size_t n)
{
  int r = 0;
  for (size_t i = 0; r == 0 && i < n; i++)
    r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_STRING, *strings[i]);
  for (size_t i = 0; r == 0 && i < n; i++)
    r = prof_otlp_get_string (decoder, *strings[i], strings[i]);
  return r;
}

/* ---- mappings ---- */

typedef struct {
  ProfMapping row;
  ProfOtlpIndices attributes;
} Mapping;

static int
take_mapping_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Mapping *mapping = row;
  switch (field->number) {
  case PROF_OTLP_MAPPING_START:
    return prof_otlp_take_number (decoder, field, &mapping->row.start);
  case PROF_OTLP_MAPPING_LIMIT:
    return prof_otlp_take_number (decoder, field, &mapping->row.limit);
  case PROF_OTLP_MAPPING_OFFSET:
    return prof_otlp_take_number (decoder, field, &mapping->row.offset);
  case PROF_OTLP_MAPPING_FILENAME:
    return prof_otlp_take_index (decoder, field, &mapping->row.filename);
  case PROF_OTLP_MAPPING_ATTRIBUTES:
    return prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_ATTRIBUTE, &mapping->attributes);
  default:
    return 0;
  }
}

/* The better known build ID counts; "profiling" is what "htlhash" was called before. */
static const char *const build_id_keys[] = {
  "process.executable.build_id.gnu",
  "process.executable.build_id.htlhash",
  "process.executable.build_id.profiling",
  "process.executable.build_id.go",
};

enum { N_BUILD_IDS = sizeof build_id_keys / sizeof *build_id_keys };

static void
take_mapping_attribute (ProfMapping *mapping,
                        ProfWire build_ids[N_BUILD_IDS],
                        ProfWire key,
                        const ProfOtlpValue *value)
{
  for (unsigned i = 0; i < N_BUILD_IDS; i++)
    if (value->kind == PROF_OTLP_ANY_STRING && prof_otlp_is_text (key, build_id_keys[i]))
      build_ids[i] = value->bytes;
  if (value->kind != PROF_OTLP_ANY_BOOL || value->number == 0)
    return;
  mapping->has_functions |= prof_otlp_is_text (key, "pprof.mapping.has_functions");
  mapping->has_filenames |= prof_otlp_is_text (key, "pprof.mapping.has_filenames");
  mapping->has_line_numbers |= prof_otlp_is_text (key, "pprof.mapping.has_line_numbers");
  mapping->has_inline_frames |= prof_otlp_is_text (key, "pprof.mapping.has_inline_frames");
}

static int
take_mapping_attributes (ProfOtlpDecoder *decoder, Mapping *mapping)
{
  ProfWire build_ids[N_BUILD_IDS] = { 0 }, key = { 0 };
  ProfOtlpValue value;
  uint32_t unit;
  prof_vec_foreach (index, &mapping->attributes) {
    int r = prof_otlp_decode_attribute (decoder, *index, &key, &value, &unit);
    if (r < 0)
      return r;
    take_mapping_attribute (&mapping->row, build_ids, key, &value);
  }
  for (unsigned i = 0; i < N_BUILD_IDS; i++)
    if (build_ids[i].next != build_ids[i].end)
      return prof_otlp_add_string (decoder, build_ids[i].next,
                                   (size_t)(build_ids[i].end - build_ids[i].next),
                                   &mapping->row.build_id);
  return 0;
}

static int
get_mapping (ProfOtlpDecoder *decoder, uint32_t index, uint32_t *ret)
{
  ProfWire wire;
  Mapping mapping = { 0 };
  *ret = 0;
  int r = index == 0 ? 1 : prof_otlp_look_up (decoder, PROF_OTLP_TABLE_MAPPING, index, &wire, ret);
  if (r != 0)
    return r < 0 ? r : 0;
  r = prof_otlp_take_fields (decoder, wire, take_mapping_field, &mapping);
  if (r == 0)
    r = get_strings (decoder, (uint32_t *[]){ &mapping.row.filename }, 1);
  if (r == 0)
    r = take_mapping_attributes (decoder, &mapping);
  prof_vec_clear (&mapping.attributes);
  if (r == 0)
    r = prof_otlp_take_row (decoder, prof_profile_add_mapping (decoder->profile, &mapping.row),
                            ret);
  if (r == 0)
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_MAPPING, index, *ret);
  return r;
}

/* ---- functions ---- */

static int
take_function_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfFunction *function = row;
  uint64_t number;
  int r;
  switch (field->number) {
  case PROF_OTLP_FUNCTION_NAME:
    return prof_otlp_take_index (decoder, field, &function->name);
  case PROF_OTLP_FUNCTION_SYSTEM_NAME:
    return prof_otlp_take_index (decoder, field, &function->system_name);
  case PROF_OTLP_FUNCTION_FILENAME:
    return prof_otlp_take_index (decoder, field, &function->filename);
  case PROF_OTLP_FUNCTION_START_LINE:
    r = prof_otlp_take_number (decoder, field, &number);
    function->start_line = (int64_t)number;
    return r;
  default:
    return 0;
  }
}

static int
get_function (ProfOtlpDecoder *decoder, uint32_t index, uint32_t *ret)
{
  ProfWire wire;
  ProfFunction function = { 0 };
  int r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_FUNCTION, index, &wire, ret);
  if (r != 0)
    return r < 0 ? r : 0;
  r = prof_otlp_take_fields (decoder, wire, take_function_field, &function);
  if (r == 0)
    r = get_strings (decoder,
                     (uint32_t *[]){ &function.name, &function.system_name, &function.filename },
                     3);
  if (r == 0)
    r = prof_otlp_take_row (decoder, prof_profile_add_function (decoder->profile, &function), ret);
  if (r == 0)
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_FUNCTION, index, *ret);
  return r;
}

/* ---- locations ---- */

typedef struct {
  ProfLocation row;
  PROF_VEC (ProfLine) lines;
  ProfOtlpIndices attributes;
} Location;

static int
take_line_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfLine *line = row;
  uint64_t number = 0;
  int r = 0;
  switch (field->number) {
  case PROF_OTLP_LINE_FUNCTION:
    return prof_otlp_take_index (decoder, field, &line->function);
  case PROF_OTLP_LINE_LINE:
    r = prof_otlp_take_number (decoder, field, &number);
    line->line = (int64_t)number;
    return r;
  case PROF_OTLP_LINE_COLUMN:
    r = prof_otlp_take_number (decoder, field, &number);
    line->column = (int64_t)number;
    return r;
  default:
    return 0;
  }
}

/* A line of no function says nothing. */
static int
take_line (ProfOtlpDecoder *decoder, const ProfWireField *field, Location *location)
{
  ProfWire wire;
  ProfLine line = { 0 };
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r == 0)
    r = prof_otlp_take_fields (decoder, wire, take_line_field, &line);
  if (r < 0 || line.function == 0)
    return r;
  r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_FUNCTION, line.function);
  if (r == 0)
    r = prof_otlp_count (decoder, &decoder->n_lines, 1, decoder->limits->lines, "lines");
  return r < 0 ? r : prof_vec_push (&location->lines, line);
}

static int
take_location_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  Location *location = row;
  switch (field->number) {
  case PROF_OTLP_LOCATION_MAPPING:
    return prof_otlp_take_index (decoder, field, &location->row.mapping);
  case PROF_OTLP_LOCATION_ADDRESS:
    return prof_otlp_take_number (decoder, field, &location->row.address);
  case PROF_OTLP_LOCATION_LINE:
    return take_line (decoder, field, location);
  case PROF_OTLP_LOCATION_ATTRIBUTES:
    return prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_ATTRIBUTE,
                                   &location->attributes);
  default:
    return 0;
  }
}

static int
take_location_attributes (ProfOtlpDecoder *decoder, Location *location)
{
  ProfWire key = { 0 };
  ProfOtlpValue value;
  uint32_t unit;
  prof_vec_foreach (index, &location->attributes) {
    int r = prof_otlp_decode_attribute (decoder, *index, &key, &value, &unit);
    if (r < 0)
      return r;
    location->row.is_folded |= value.kind == PROF_OTLP_ANY_BOOL && value.number != 0
                               && prof_otlp_is_text (key, "pprof.location.is_folded");
  }
  return 0;
}

/* Numbers of the dictionary become those of the profile. */
static int
resolve_location (ProfOtlpDecoder *decoder, Location *location)
{
  int r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_MAPPING, location->row.mapping);
  if (r == 0)
    r = take_location_attributes (decoder, location);
  if (r == 0)
    r = get_mapping (decoder, location->row.mapping, &location->row.mapping);
  for (size_t i = 0; r == 0 && i < location->lines.n; i++)
    r = get_function (decoder, location->lines.items[i].function,
                      &location->lines.items[i].function);
  return r;
}

static int
get_location (ProfOtlpDecoder *decoder, uint32_t index, uint32_t *ret)
{
  ProfWire wire;
  Location location = { 0 };
  int r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_LOCATION, index, &wire, ret);
  if (r != 0)
    return r < 0 ? r : 0;
  r = prof_otlp_take_fields (decoder, wire, take_location_field, &location);
  if (r == 0)
    r = resolve_location (decoder, &location);
  if (r == 0)
    r = prof_otlp_take_row (decoder,
                            prof_profile_add_location (decoder->profile, &location.row,
                                                       location.lines.items, location.lines.n),
                            ret);
  if (r == 0)
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_LOCATION, index, *ret);
  prof_vec_clear (&location.lines);
  prof_vec_clear (&location.attributes);
  return r;
}

/* ---- stacks ---- */

static int
take_stack_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  return field->number == PROF_OTLP_STACK_LOCATIONS
             ? prof_otlp_take_indices (decoder, field, PROF_OTLP_TABLE_LOCATION, row)
             : 0;
}

static int
check_stack (ProfOtlpDecoder *decoder, const ProfOtlpIndices *locations)
{
  const ProfOtlpLimits *limits = decoder->limits;
  if (locations->n > limits->frames_per_stack)
    return prof_otlp_fail (decoder, -EFBIG, "stack %zu has %zu frames, and at most %zu are read",
                           decoder->row, locations->n, limits->frames_per_stack);
  return prof_otlp_count (decoder, &decoder->n_frames, locations->n, limits->frames, "frames");
}

static int
make_stack (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpIndices *locations)
{
  int r = prof_otlp_take_fields (decoder, wire, take_stack_field, locations);
  if (r == 0)
    r = check_stack (decoder, locations);
  for (size_t i = 0; r == 0 && i < locations->n; i++)
    r = get_location (decoder, locations->items[i], &locations->items[i]);
  return r < 0 ? r : prof_vec_append (&decoder->profile->stacks, locations->items, locations->n);
}

int
prof_otlp_get_stack (ProfOtlpDecoder *decoder, uint32_t index, ProfOtlpList *ret)
{
  ProfWire wire;
  uint32_t row;
  int r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_STACK, index, &wire, &row);
  if (r == 0) {
    ProfOtlpIndices locations = { 0 };
    ProfOtlpList list = { .first = (uint32_t)decoder->profile->stacks.n };
    row = (uint32_t)decoder->stacks.n;
    r = make_stack (decoder, wire, &locations);
    list.n = (uint32_t)locations.n;
    prof_vec_clear (&locations);
    if (r < 0 || prof_vec_push (&decoder->stacks, list) < 0)
      return r < 0 ? r : -ENOMEM;
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_STACK, index, row);
  }
  if (r >= 0)
    *ret = decoder->stacks.items[row];
  return r < 0 ? r : 0;
}
