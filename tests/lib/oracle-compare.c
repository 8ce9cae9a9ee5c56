/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>

#include "oracle.h"
#include "profile/profile-tables.h"
#include "tests.h"

typedef Prof__Oracle__Profile Message;

/* The row of an id; 0 if there is none. */
#define ROW_OF(message, table, wanted_id)                                                          \
  __extension__({                                                                                  \
    uint32_t row_ = 0;                                                                             \
    for (size_t i_ = 0; i_ < (message)->n_##table; i_++)                                           \
      if ((message)->table[i_]->id == (wanted_id))                                                 \
        row_ = (uint32_t)i_ + 1;                                                                   \
    row_;                                                                                          \
  })

/* Compares also how many bytes of unknown fields a row has. */
static void
compare_unknown (const ProfProfile *p,
                 ProfTableKind table,
                 size_t row,
                 const ProtobufCMessage *base)
{
  size_t n_known_to_us = 0;
  prof_vec_foreach (field, &p->unknown_fields)
    n_known_to_us += field->table == table && field->row == row;
  assert_int_equal (n_known_to_us, base->n_unknown_fields);
}

static void
compare_strings (const ProfProfile *p, const Message *message)
{
  assert_int_equal (prof_profile_get_n_strings (p), message->n_string_table);
  for (size_t i = 0; i < message->n_string_table; i++) {
    const ProtobufCBinaryData *string = &message->string_table[i];
    assert_int_equal (prof_profile_get_string_size (p, (uint32_t)i), string->len);
    if (string->len > 0)
      assert_memory_equal (prof_profile_get_string (p, (uint32_t)i), string->data, string->len);
  }
}

static void
compare_labels (const ProfProfile *p, const ProfSample *sample, const Prof__Oracle__Sample *wanted)
{
  assert_int_equal (sample->n_labels, wanted->n_label);
  for (size_t i = 0; i < wanted->n_label; i++) {
    const ProfLabel *label = &p->labels.items[sample->first_label + i];
    assert_int_equal (label->key, wanted->label[i]->key_index);
    assert_int_equal (label->string, wanted->label[i]->string_index);
    assert_int_equal (label->number, wanted->label[i]->number);
    assert_int_equal (label->unit, wanted->label[i]->number_unit_index);
    compare_unknown (p, PROF_TABLE_LABEL, sample->first_label + i, &wanted->label[i]->base);
  }
}

static void
compare_samples (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->samples.n, message->n_sample);
  for (size_t i = 0; i < message->n_sample; i++) {
    const ProfSample *sample = &p->samples.items[i];
    const Prof__Oracle__Sample *wanted = message->sample[i];
    assert_int_equal (sample->n_locations, wanted->n_location_id);
    for (size_t j = 0; j < wanted->n_location_id; j++)
      assert_int_equal (p->stacks.items[sample->first_location + j],
                        ROW_OF (message, location, wanted->location_id[j]));
    assert_int_equal (p->value_types.n, wanted->n_value);
    assert_memory_equal (&p->values.items[i * wanted->n_value], wanted->value,
                         wanted->n_value * sizeof *wanted->value);
    compare_labels (p, sample, wanted);
    compare_unknown (p, PROF_TABLE_SAMPLE, i, &wanted->base);
  }
}

static void
compare_lines (const ProfProfile *p,
               const ProfLocation *location,
               const Message *message,
               const Prof__Oracle__Location *wanted)
{
  assert_int_equal (location->n_lines, wanted->n_line);
  for (size_t i = 0; i < wanted->n_line; i++) {
    const ProfLine *line = &p->lines.items[location->first_line + i];
    assert_int_equal (line->function, ROW_OF (message, function, wanted->line[i]->function_id));
    assert_int_equal (line->line, wanted->line[i]->line);
    assert_int_equal (line->column, wanted->line[i]->column);
    compare_unknown (p, PROF_TABLE_LINE, location->first_line + i, &wanted->line[i]->base);
  }
}

static void
compare_locations (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->locations.n, message->n_location + 1);
  for (size_t i = 0; i < message->n_location; i++) {
    const ProfLocation *location = &p->locations.items[i + 1];
    const Prof__Oracle__Location *wanted = message->location[i];
    assert_int_equal (location->mapping, ROW_OF (message, mapping, wanted->mapping_id));
    assert_int_equal (location->address, wanted->address);
    assert_int_equal (location->is_folded, wanted->is_folded);
    compare_lines (p, location, message, wanted);
    compare_unknown (p, PROF_TABLE_LOCATION, i + 1, &wanted->base);
  }
}

static void
compare_functions (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->functions.n, message->n_function + 1);
  for (size_t i = 0; i < message->n_function; i++) {
    const ProfFunction *function = &p->functions.items[i + 1];
    const Prof__Oracle__Function *wanted = message->function[i];
    assert_int_equal (function->name, wanted->name_index);
    assert_int_equal (function->system_name, wanted->system_name_index);
    assert_int_equal (function->filename, wanted->filename_index);
    assert_int_equal (function->start_line, wanted->start_line);
    compare_unknown (p, PROF_TABLE_FUNCTION, i + 1, &wanted->base);
  }
}

static void
compare_mappings (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->mappings.n, message->n_mapping + 1);
  for (size_t i = 0; i < message->n_mapping; i++) {
    const ProfMapping *mapping = &p->mappings.items[i + 1];
    const Prof__Oracle__Mapping *wanted = message->mapping[i];
    assert_int_equal (mapping->start, wanted->memory_start);
    assert_int_equal (mapping->limit, wanted->memory_limit);
    assert_int_equal (mapping->offset, wanted->file_offset);
    assert_int_equal (mapping->filename, wanted->filename_index);
    assert_int_equal (mapping->build_id, wanted->build_id_index);
    assert_int_equal (mapping->has_functions, wanted->has_functions);
    assert_int_equal (mapping->has_filenames, wanted->has_filenames);
    assert_int_equal (mapping->has_line_numbers, wanted->has_line_numbers);
    assert_int_equal (mapping->has_inline_frames, wanted->has_inline_frames);
    compare_unknown (p, PROF_TABLE_MAPPING, i + 1, &wanted->base);
  }
}

static void
compare_value_types (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->value_types.n, message->n_sample_type);
  for (size_t i = 0; i < message->n_sample_type; i++) {
    assert_int_equal (p->value_types.items[i].type, message->sample_type[i]->type_index);
    assert_int_equal (p->value_types.items[i].unit, message->sample_type[i]->unit_index);
    compare_unknown (p, PROF_TABLE_VALUE_TYPE, i, &message->sample_type[i]->base);
  }
  const Prof__Oracle__ValueType *period = message->period_type;
  assert_int_equal (p->period_type.type, period != NULL ? period->type_index : 0);
  assert_int_equal (p->period_type.unit, period != NULL ? period->unit_index : 0);
  if (period != NULL)
    compare_unknown (p, PROF_TABLE_VALUE_TYPE, message->n_sample_type, &period->base);
}

static void
compare_header (const ProfProfile *p, const Message *message)
{
  assert_int_equal (p->drop_frames, message->drop_frames_index);
  assert_int_equal (p->keep_frames, message->keep_frames_index);
  assert_int_equal (p->time_ns, message->time_nanos);
  assert_int_equal (p->duration_ns, message->duration_nanos);
  assert_int_equal (p->period, message->period);
  assert_int_equal (p->default_sample_type, message->default_sample_type_index);
  assert_int_equal (p->doc_url, message->doc_url_index);
  assert_int_equal (p->comments.n, message->n_comment_index);
  for (size_t i = 0; i < message->n_comment_index; i++)
    assert_int_equal (p->comments.items[i], message->comment_index[i]);
  assert_int_equal (p->sessions.n, message->n_session);
  for (size_t i = 0; i < message->n_session; i++)
    assert_int_equal (p->sessions.items[i].n_bytes, message->session[i].len);
  compare_unknown (p, PROF_TABLE_PROFILE, 0, &message->base);
}

void
oracle_compare (const ProfProfile *p, const Message *message)
{
  compare_strings (p, message);
  compare_value_types (p, message);
  compare_samples (p, message);
  compare_locations (p, message);
  compare_functions (p, message);
  compare_mappings (p, message);
  compare_header (p, message);
}
