/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>

#include "oracle.h"
#include "tests.h"

typedef Prof__Oracle__Profile Message;

static void *
make (OracleMaker *maker, size_t n, size_t size)
{
  void *block = calloc (n + 1, size);
  assert_non_null (block);
  assert_true (maker->n_blocks < sizeof maker->blocks / sizeof *maker->blocks);
  return maker->blocks[maker->n_blocks++] = block;
}

static uint64_t
below (OracleMaker *maker, uint64_t n)
{
  return prof_prng_next (&maker->prng) % n;
}

/* Of any magnitude, also negative. */
static int64_t
any_number (OracleMaker *maker)
{
  uint64_t shift = below (maker, 64);
  uint64_t number = prof_prng_next (&maker->prng) >> shift;
  return (int64_t)(below (maker, 4) == 0 ? -number : number);
}

static int64_t
any_string (OracleMaker *maker)
{
  return (int64_t)below (maker, maker->message->n_string_table);
}

/* 1, 2, … or sparse or huge; always different. */
static uint64_t
id_of (uint64_t row, uint64_t kind)
{
  switch (kind) {
  case 0:
    return row + 1;
  case 1:
    return 3000000 * (row + 1);
  case 2:
    return UINT64_MAX - row * row;
  default:
    return 1000 - row;
  }
}

/* A field that no reader knows, sometimes. */
static void
make_unknown (OracleMaker *maker, ProtobufCMessage *base)
{
  if (below (maker, 4) != 0)
    return;
  base->n_unknown_fields = 1 + (unsigned)below (maker, 2);
  base->unknown_fields = make (maker, base->n_unknown_fields, sizeof *base->unknown_fields);
  for (unsigned i = 0; i < base->n_unknown_fields; i++) {
    uint8_t *bytes = make (maker, 1, 1);
    bytes[0] = (uint8_t)below (maker, 128);
    base->unknown_fields[i] = (ProtobufCMessageUnknownField){
      .tag = 100 + i, .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT, .len = 1, .data = bytes
    };
  }
}

/* `n` messages of a repeated field. */
#define MAKE_ROWS(maker, type, init, n, rows)                                                      \
  type **rows = make (maker, n, sizeof *rows);                                                     \
  for (size_t i_ = 0; i_ < (n); i_++) {                                                            \
    rows[i_] = make (maker, 1, sizeof **rows);                                                     \
    init (rows[i_]);                                                                               \
    make_unknown (maker, &rows[i_]->base);                                                         \
  }

static void
make_strings (OracleMaker *maker)
{
  Message *message = maker->message;
  message->n_string_table = 1 + below (maker, 20);
  message->string_table = make (maker, message->n_string_table, sizeof *message->string_table);
  for (size_t i = 1; i < message->n_string_table; i++) {
    size_t n = below (maker, 200);
    message->string_table[i].len = n;
    message->string_table[i].data = make (maker, n, 1);
    for (size_t j = 0; j < n; j++)
      message->string_table[i].data[j] = (uint8_t)below (maker, 256);
  }
}

static void
make_value_types (OracleMaker *maker)
{
  Message *message = maker->message;
  message->n_sample_type = 1 + below (maker, 3);
  MAKE_ROWS (maker, Prof__Oracle__ValueType, prof__oracle__value_type__init,
             message->n_sample_type + 1, rows);
  for (size_t i = 0; i <= message->n_sample_type; i++) {
    rows[i]->type_index = any_string (maker);
    rows[i]->unit_index = any_string (maker);
  }
  message->sample_type = rows;
  if (below (maker, 2) == 0)
    message->period_type = rows[message->n_sample_type];
}

static void
make_mappings (OracleMaker *maker, uint64_t id_kind)
{
  Message *message = maker->message;
  message->n_mapping = below (maker, 4);
  MAKE_ROWS (maker, Prof__Oracle__Mapping, prof__oracle__mapping__init, message->n_mapping, rows);
  for (size_t i = 0; i < message->n_mapping; i++) {
    rows[i]->id = id_of (i, id_kind);
    rows[i]->memory_start = (uint64_t)any_number (maker);
    rows[i]->memory_limit = (uint64_t)any_number (maker);
    rows[i]->file_offset = (uint64_t)any_number (maker);
    rows[i]->filename_index = any_string (maker);
    rows[i]->build_id_index = any_string (maker);
    rows[i]->has_functions = below (maker, 2) != 0;
    rows[i]->has_filenames = below (maker, 2) != 0;
    rows[i]->has_line_numbers = below (maker, 2) != 0;
    rows[i]->has_inline_frames = below (maker, 2) != 0;
  }
  message->mapping = rows;
}

static void
make_functions (OracleMaker *maker, uint64_t id_kind)
{
  Message *message = maker->message;
  message->n_function = 1 + below (maker, 10);
  MAKE_ROWS (maker, Prof__Oracle__Function, prof__oracle__function__init, message->n_function,
             rows);
  for (size_t i = 0; i < message->n_function; i++) {
    rows[i]->id = id_of (i, id_kind);
    rows[i]->name_index = any_string (maker);
    rows[i]->system_name_index = any_string (maker);
    rows[i]->filename_index = any_string (maker);
    rows[i]->start_line = any_number (maker);
  }
  message->function = rows;
}

static void
make_lines (OracleMaker *maker, Prof__Oracle__Location *location)
{
  location->n_line = below (maker, 4);
  MAKE_ROWS (maker, Prof__Oracle__Line, prof__oracle__line__init, location->n_line, rows);
  for (size_t i = 0; i < location->n_line; i++) {
    rows[i]->function_id = maker->message->function[below (maker, maker->message->n_function)]->id;
    rows[i]->line = any_number (maker);
    rows[i]->column = any_number (maker);
  }
  location->line = rows;
}

static void
make_locations (OracleMaker *maker, uint64_t id_kind)
{
  Message *message = maker->message;
  message->n_location = 1 + below (maker, 10);
  MAKE_ROWS (maker, Prof__Oracle__Location, prof__oracle__location__init, message->n_location,
             rows);
  for (size_t i = 0; i < message->n_location; i++) {
    rows[i]->id = id_of (i, id_kind);
    if (message->n_mapping > 0 && below (maker, 3) > 0)
      rows[i]->mapping_id = message->mapping[below (maker, message->n_mapping)]->id;
    rows[i]->address = (uint64_t)any_number (maker);
    rows[i]->is_folded = below (maker, 2) != 0;
    make_lines (maker, rows[i]);
  }
  message->location = rows;
}

static void
make_labels (OracleMaker *maker, Prof__Oracle__Sample *sample)
{
  sample->n_label = below (maker, 4);
  MAKE_ROWS (maker, Prof__Oracle__Label, prof__oracle__label__init, sample->n_label, rows);
  for (size_t i = 0; i < sample->n_label; i++) {
    rows[i]->key_index = any_string (maker);
    if (below (maker, 2) == 0) {
      rows[i]->string_index = any_string (maker);
    } else {
      rows[i]->number = any_number (maker);
      rows[i]->number_unit_index = any_string (maker);
    }
  }
  sample->label = rows;
}

static void
make_samples (OracleMaker *maker)
{
  Message *message = maker->message;
  message->n_sample = below (maker, 30);
  MAKE_ROWS (maker, Prof__Oracle__Sample, prof__oracle__sample__init, message->n_sample, rows);
  for (size_t i = 0; i < message->n_sample; i++) {
    Prof__Oracle__Sample *sample = rows[i];
    sample->n_location_id = below (maker, 12);
    sample->location_id = make (maker, sample->n_location_id, sizeof *sample->location_id);
    for (size_t j = 0; j < sample->n_location_id; j++)
      sample->location_id[j] = message->location[below (maker, message->n_location)]->id;
    sample->n_value = message->n_sample_type;
    sample->value = make (maker, sample->n_value, sizeof *sample->value);
    for (size_t j = 0; j < sample->n_value; j++)
      sample->value[j] = any_number (maker);
    make_labels (maker, sample);
  }
  message->sample = rows;
}

static void
make_header (OracleMaker *maker)
{
  Message *message = maker->message;
  message->drop_frames_index = any_string (maker);
  message->keep_frames_index = any_string (maker);
  message->time_nanos = any_number (maker);
  message->duration_nanos = any_number (maker);
  message->period = any_number (maker);
  message->default_sample_type_index = any_string (maker);
  message->doc_url_index = any_string (maker);
  message->n_comment_index = below (maker, 4);
  message->comment_index = make (maker, message->n_comment_index, sizeof (int64_t));
  for (size_t i = 0; i < message->n_comment_index; i++)
    message->comment_index[i] = any_string (maker);
  message->n_session = below (maker, 3);
  message->session = make (maker, message->n_session, sizeof *message->session);
  for (size_t i = 0; i < message->n_session; i++) {
    message->session[i].len = i;
    message->session[i].data = make (maker, i, 1);
  }
  make_unknown (maker, &message->base);
}

void
oracle_make (OracleMaker *maker)
{
  maker->message = make (maker, 1, sizeof *maker->message);
  prof__oracle__profile__init (maker->message);
  make_strings (maker);
  make_value_types (maker);
  make_mappings (maker, below (maker, 4));
  make_functions (maker, below (maker, 4));
  make_locations (maker, below (maker, 4));
  make_samples (maker);
  make_header (maker);
}

void
oracle_free (OracleMaker *maker)
{
  while (maker->n_blocks > 0)
    free (maker->blocks[--maker->n_blocks]);
}
