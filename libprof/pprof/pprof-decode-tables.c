/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <inttypes.h>

#include "pprof/pprof-decoder.h"

/* Says that an id names the row that is about to be appended to a table of n_rows. */
static int
define_id (ProfPprofDecoder *decoder, ProfIdMap *ids, uint64_t id, size_t n_rows)
{
  if (id == 0)
    return prof_pprof_fail_row (decoder, "has the ID 0, which means none");
  int r = prof_id_map_define (ids, id, (uint32_t)n_rows);
  if (r == -EEXIST)
    return prof_pprof_fail_row (decoder, "has the ID %" PRIu64 " that another one has already", id);
  return r;
}

static int
take_id_key (ProfPprofDecoder *decoder, ProfIdMap *ids, const ProfWireField *field, uint32_t *ret)
{
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_VARINT);
  return r < 0 ? r : prof_id_map_get_key (ids, field->value, ret);
}

typedef struct {
  ProfMapping row;
  uint64_t id;
} Mapping;

static int
take_mapping_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  Mapping *mapping = row;
  switch (field->number) {
  case 1:
    return prof_pprof_take_number (decoder, field, &mapping->id);
  case 2:
    return prof_pprof_take_number (decoder, field, &mapping->row.start);
  case 3:
    return prof_pprof_take_number (decoder, field, &mapping->row.limit);
  case 4:
    return prof_pprof_take_number (decoder, field, &mapping->row.offset);
  case 5:
    return prof_pprof_take_string (decoder, field, &mapping->row.filename);
  case 6:
    return prof_pprof_take_string (decoder, field, &mapping->row.build_id);
  case 7:
    return prof_pprof_take_bool (decoder, field, &mapping->row.has_functions);
  case 8:
    return prof_pprof_take_bool (decoder, field, &mapping->row.has_filenames);
  case 9:
    return prof_pprof_take_bool (decoder, field, &mapping->row.has_line_numbers);
  case 10:
    return prof_pprof_take_bool (decoder, field, &mapping->row.has_inline_frames);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_MAPPING, decoder->profile->mappings.n, field);
  }
}

int
prof_pprof_decode_mapping (ProfPprofDecoder *decoder, ProfWire wire)
{
  ProfProfile *profile = decoder->profile;
  Mapping mapping = { .id = 0 };
  size_t n = profile->mappings.n;
  prof_pprof_enter_row (decoder, "mapping", n - 1);
  int r = prof_pprof_check_room (decoder, n - 1, decoder->limits.mappings, "mappings");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, wire, take_mapping_field, &mapping);
  if (r == 0)
    r = define_id (decoder, &decoder->mapping_ids, mapping.id, n);
  return r < 0 ? r : prof_vec_push (&profile->mappings, mapping.row);
}

typedef struct {
  ProfFunction row;
  uint64_t id;
} Function;

static int
take_function_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  Function *function = row;
  switch (field->number) {
  case 1:
    return prof_pprof_take_number (decoder, field, &function->id);
  case 2:
    return prof_pprof_take_string (decoder, field, &function->row.name);
  case 3:
    return prof_pprof_take_string (decoder, field, &function->row.system_name);
  case 4:
    return prof_pprof_take_string (decoder, field, &function->row.filename);
  case 5:
    return prof_pprof_take_signed (decoder, field, &function->row.start_line);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_FUNCTION, decoder->profile->functions.n,
                                  field);
  }
}

int
prof_pprof_decode_function (ProfPprofDecoder *decoder, ProfWire wire)
{
  ProfProfile *profile = decoder->profile;
  Function function = { .id = 0 };
  size_t n = profile->functions.n;
  prof_pprof_enter_row (decoder, "function", n - 1);
  int r = prof_pprof_check_room (decoder, n - 1, decoder->limits.functions, "functions");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, wire, take_function_field, &function);
  if (r == 0)
    r = define_id (decoder, &decoder->function_ids, function.id, n);
  return r < 0 ? r : prof_vec_push (&profile->functions, function.row);
}

static int
take_line_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  ProfLine *line = row;
  switch (field->number) {
  case 1:
    return take_id_key (decoder, &decoder->function_ids, field, &line->function);
  case 2:
    return prof_pprof_take_signed (decoder, field, &line->line);
  case 3:
    return prof_pprof_take_signed (decoder, field, &line->column);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_LINE, decoder->profile->lines.n, field);
  }
}

static int
take_line (ProfPprofDecoder *decoder, const ProfWireField *field)
{
  ProfProfile *profile = decoder->profile;
  ProfLine line = { 0 };
  int r = prof_pprof_check_type (decoder, field, PROF_WIRE_BYTES);
  if (r == 0)
    r = prof_pprof_check_room (decoder, profile->lines.n, decoder->limits.lines, "lines");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, field->bytes, take_line_field, &line);
  return r < 0 ? r : prof_vec_push (&profile->lines, line);
}

typedef struct {
  ProfLocation row;
  uint64_t id;
} Location;

static int
take_location_field (ProfPprofDecoder *decoder, const ProfWireField *field, void *row)
{
  Location *location = row;
  switch (field->number) {
  case 1:
    return prof_pprof_take_number (decoder, field, &location->id);
  case 2:
    return take_id_key (decoder, &decoder->mapping_ids, field, &location->row.mapping);
  case 3:
    return prof_pprof_take_number (decoder, field, &location->row.address);
  case 4:
    return take_line (decoder, field);
  case 5:
    return prof_pprof_take_bool (decoder, field, &location->row.is_folded);
  default:
    return prof_pprof_keep_field (decoder, PROF_TABLE_LOCATION, decoder->profile->locations.n,
                                  field);
  }
}

int
prof_pprof_decode_location (ProfPprofDecoder *decoder, ProfWire wire)
{
  ProfProfile *profile = decoder->profile;
  Location location = { .row.first_line = (uint32_t)profile->lines.n };
  size_t n = profile->locations.n;
  prof_pprof_enter_row (decoder, "location", n - 1);
  int r = prof_pprof_check_room (decoder, n - 1, decoder->limits.locations, "locations");
  if (r == 0)
    r = prof_pprof_take_fields (decoder, wire, take_location_field, &location);
  if (r == 0)
    r = define_id (decoder, &decoder->location_ids, location.id, n);
  location.row.n_lines = (uint32_t)profile->lines.n - location.row.first_line;
  return r < 0 ? r : prof_vec_push (&profile->locations, location.row);
}
