/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/gzip.h"
#include "base/wire-buffer.h"
#include "pprof/pprof-decoder.h"
#include "pprof/unknown-fields.h"
#include "profile/profile-tables.h"

enum { FLUSH_BYTES = 64 << 10 };

typedef struct {
  const ProfProfile *profile;
  ProfUnknownFields unknown;
  ProfWireBuffer buffer;
  ProfGzip gzip;
  int result; /* of the descriptor: the first failure */
} Writer;

static int
init (Writer *writer, const ProfProfile *profile, int fd)
{
  *writer = (Writer){ .profile = profile };
  int r = prof_unknown_fields_init (&writer->unknown, profile);
  return r < 0 ? r : prof_gzip_init (&writer->gzip, fd, PROF_GZIP_LEVEL);
}

static void
writer_finish_p (Writer *writer)
{
  prof_unknown_fields_finish (&writer->unknown);
  prof_gzip_finish (&writer->gzip);
  prof_vec_clear (&writer->buffer.bytes);
}

static void
flush (Writer *writer)
{
  if (writer->result == 0)
    writer->result
        = prof_gzip_write (&writer->gzip, writer->buffer.bytes.items, writer->buffer.bytes.n);
  writer->buffer.bytes.n = 0;
}

/* Ends a row of a table. */
static void
end_row (Writer *writer, size_t start, ProfTableKind table, size_t row)
{
  prof_unknown_fields_put (&writer->unknown, table, (uint32_t)row, &writer->buffer);
  prof_wire_end (&writer->buffer, start);
}

/* Likewise at the top, where the buffer may be emptied. */
static void
end_top_row (Writer *writer, size_t start, ProfTableKind table, size_t row)
{
  end_row (writer, start, table, row);
  if (writer->buffer.bytes.n >= FLUSH_BYTES)
    flush (writer);
}

static void
put_value_type (Writer *writer, uint32_t field, const ProfValueType *value_type, size_t row)
{
  size_t start = prof_wire_begin (&writer->buffer, field);
  prof_wire_put_number (&writer->buffer, 1, value_type->type);
  prof_wire_put_number (&writer->buffer, 2, value_type->unit);
  end_top_row (writer, start, PROF_TABLE_VALUE_TYPE, row);
}

static void
put_stack (ProfWireBuffer *buffer, const ProfProfile *profile, const ProfSample *sample)
{
  size_t n = sample->n_locations;
  if (n == 0)
    return;
  const uint32_t *locations = profile->stacks.items + sample->first_location;
  size_t start = prof_wire_begin (buffer, 1);
  if (!prof_wire_reserve (buffer, n * PROF_WIRE_MAX_VARINT_BYTES))
    return;
  uint8_t *end = buffer->bytes.items + buffer->bytes.n;
  for (size_t i = 0; i < n; i++)
    end = prof_wire_write_varint (end, locations[i]);
  buffer->bytes.n = (size_t)(end - buffer->bytes.items);
  prof_wire_end (buffer, start);
}

static void
put_label (Writer *writer, size_t row)
{
  const ProfLabel *label = &writer->profile->labels.items[row];
  size_t start = prof_wire_begin (&writer->buffer, 3);
  prof_wire_put_number (&writer->buffer, 1, label->key);
  prof_wire_put_number (&writer->buffer, 2, label->string);
  prof_wire_put_number (&writer->buffer, 3, (uint64_t)label->number);
  prof_wire_put_number (&writer->buffer, 4, label->unit);
  end_row (writer, start, PROF_TABLE_LABEL, row);
}

static void
put_sample (Writer *writer, size_t row)
{
  const ProfProfile *profile = writer->profile;
  const ProfSample *sample = &profile->samples.items[row];
  size_t n_values = profile->value_types.n;
  size_t start = prof_wire_begin (&writer->buffer, PROF_FIELD_SAMPLE);
  put_stack (&writer->buffer, profile, sample);
  size_t values = prof_wire_begin (&writer->buffer, 2);
  for (size_t i = 0; i < n_values; i++)
    prof_wire_put_varint (&writer->buffer, (uint64_t)profile->values.items[row * n_values + i]);
  prof_wire_end (&writer->buffer, values);
  for (size_t i = 0; i < sample->n_labels; i++)
    put_label (writer, sample->first_label + i);
  end_top_row (writer, start, PROF_TABLE_SAMPLE, row);
}

static void
put_mapping (Writer *writer, size_t row)
{
  const ProfMapping *mapping = &writer->profile->mappings.items[row];
  ProfWireBuffer *buffer = &writer->buffer;
  size_t start = prof_wire_begin (buffer, PROF_FIELD_MAPPING);
  prof_wire_put_number (buffer, 1, row);
  prof_wire_put_number (buffer, 2, mapping->start);
  prof_wire_put_number (buffer, 3, mapping->limit);
  prof_wire_put_number (buffer, 4, mapping->offset);
  prof_wire_put_number (buffer, 5, mapping->filename);
  prof_wire_put_number (buffer, 6, mapping->build_id);
  prof_wire_put_number (buffer, 7, mapping->has_functions);
  prof_wire_put_number (buffer, 8, mapping->has_filenames);
  prof_wire_put_number (buffer, 9, mapping->has_line_numbers);
  prof_wire_put_number (buffer, 10, mapping->has_inline_frames);
  end_top_row (writer, start, PROF_TABLE_MAPPING, row);
}

static void
put_line (Writer *writer, size_t row)
{
  const ProfLine *line = &writer->profile->lines.items[row];
  size_t start = prof_wire_begin (&writer->buffer, 4);
  prof_wire_put_number (&writer->buffer, 1, line->function);
  prof_wire_put_number (&writer->buffer, 2, (uint64_t)line->line);
  prof_wire_put_number (&writer->buffer, 3, (uint64_t)line->column);
  end_row (writer, start, PROF_TABLE_LINE, row);
}

static void
put_location (Writer *writer, size_t row)
{
  const ProfLocation *location = &writer->profile->locations.items[row];
  size_t start = prof_wire_begin (&writer->buffer, PROF_FIELD_LOCATION);
  prof_wire_put_number (&writer->buffer, 1, row);
  prof_wire_put_number (&writer->buffer, 2, location->mapping);
  prof_wire_put_number (&writer->buffer, 3, location->address);
  for (size_t i = 0; i < location->n_lines; i++)
    put_line (writer, location->first_line + i);
  prof_wire_put_number (&writer->buffer, 5, location->is_folded);
  end_top_row (writer, start, PROF_TABLE_LOCATION, row);
}

static void
put_function (Writer *writer, size_t row)
{
  const ProfFunction *function = &writer->profile->functions.items[row];
  size_t start = prof_wire_begin (&writer->buffer, PROF_FIELD_FUNCTION);
  prof_wire_put_number (&writer->buffer, 1, row);
  prof_wire_put_number (&writer->buffer, 2, function->name);
  prof_wire_put_number (&writer->buffer, 3, function->system_name);
  prof_wire_put_number (&writer->buffer, 4, function->filename);
  prof_wire_put_number (&writer->buffer, 5, (uint64_t)function->start_line);
  end_top_row (writer, start, PROF_TABLE_FUNCTION, row);
}

static void
put_string (Writer *writer, size_t row)
{
  const ProfStringTable *strings = &writer->profile->strings;
  prof_wire_put_bytes (&writer->buffer, PROF_FIELD_STRING,
                       prof_string_table_get (strings, (uint32_t)row),
                       prof_string_table_size (strings, (uint32_t)row));
  if (writer->buffer.bytes.n >= FLUSH_BYTES)
    flush (writer);
}

static void
put_tables (Writer *writer)
{
  const ProfProfile *profile = writer->profile;
  for (size_t i = 0; i < profile->value_types.n; i++)
    put_value_type (writer, PROF_FIELD_SAMPLE_TYPE, &profile->value_types.items[i], i);
  for (size_t i = 0; i < profile->samples.n && writer->result == 0; i++)
    put_sample (writer, i);
  for (size_t i = 1; i < profile->mappings.n; i++)
    put_mapping (writer, i);
  for (size_t i = 1; i < profile->locations.n; i++)
    put_location (writer, i);
  for (size_t i = 1; i < profile->functions.n; i++)
    put_function (writer, i);
  for (size_t i = 0; i < prof_string_table_count (&profile->strings); i++)
    put_string (writer, i);
}

static void
put_comments (Writer *writer)
{
  const ProfProfile *profile = writer->profile;
  if (profile->comments.n == 0)
    return;
  size_t start = prof_wire_begin (&writer->buffer, PROF_FIELD_COMMENT);
  prof_vec_foreach (comment, &profile->comments)
    prof_wire_put_varint (&writer->buffer, *comment);
  prof_wire_end (&writer->buffer, start);
}

static void
put_sessions (Writer *writer)
{
  const ProfProfile *profile = writer->profile;
  prof_vec_foreach (session, &profile->sessions) {
    size_t start = prof_wire_begin (&writer->buffer, PROF_FIELD_SESSION);
    if (session->n_bytes > 0)
      prof_wire_put_raw (&writer->buffer, profile->session_bytes.items + session->start,
                         session->n_bytes);
    prof_wire_end (&writer->buffer, start);
  }
}

/* An empty message would say no more than none. */
static void
put_period_type (Writer *writer)
{
  size_t start = writer->buffer.bytes.n;
  put_value_type (writer, PROF_FIELD_PERIOD_TYPE, &writer->profile->period_type,
                  writer->profile->value_types.n);
  if (writer->buffer.bytes.n == start + 2)
    writer->buffer.bytes.n = start;
}

static void
put_header (Writer *writer)
{
  const ProfProfile *profile = writer->profile;
  ProfWireBuffer *buffer = &writer->buffer;
  prof_wire_put_number (buffer, PROF_FIELD_DROP_FRAMES, profile->drop_frames);
  prof_wire_put_number (buffer, PROF_FIELD_KEEP_FRAMES, profile->keep_frames);
  prof_wire_put_number (buffer, PROF_FIELD_TIME, (uint64_t)profile->time_ns);
  prof_wire_put_number (buffer, PROF_FIELD_DURATION, (uint64_t)profile->duration_ns);
  put_period_type (writer);
  prof_wire_put_number (buffer, PROF_FIELD_PERIOD, (uint64_t)profile->period);
  put_comments (writer);
  prof_wire_put_number (buffer, PROF_FIELD_DEFAULT_SAMPLE_TYPE, profile->default_sample_type);
  prof_wire_put_number (buffer, PROF_FIELD_DOC_URL, profile->doc_url);
  put_sessions (writer);
  prof_unknown_fields_put (&writer->unknown, PROF_TABLE_PROFILE, 0, buffer);
}

static int
write_all (Writer *writer)
{
  put_tables (writer);
  put_header (writer);
  flush (writer);
  if (writer->buffer.is_failed)
    return -ENOMEM;
  return writer->result < 0 ? writer->result : prof_gzip_end (&writer->gzip);
}

int
prof_pprof_write (const ProfProfile *profile, int fd, ProfError *reterr)
{
  if (profile == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_pprof_write: profile is NULL.");
  cleanup (writer_finish) Writer writer;
  int r = init (&writer, profile, fd);
  if (r == 0)
    r = write_all (&writer);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't write the profile: %s.", strerror (-r));
  return 0;
}
