/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/dictionary-private.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "otlp/layout.h"
#include "otlp/put-text.h"
#include "profile/profile-tables.h"

/* By ProfOtlpTable. */
static const uint32_t fields[PROF_OTLP_N_TABLES] = {
  PROF_OTLP_DICTIONARY_MAPPING, PROF_OTLP_DICTIONARY_LOCATION, PROF_OTLP_DICTIONARY_FUNCTION,
  PROF_OTLP_DICTIONARY_LINK,    PROF_OTLP_DICTIONARY_STRING,   PROF_OTLP_DICTIONARY_ATTRIBUTE,
  PROF_OTLP_DICTIONARY_STACK,
};

/* ---- rows ---- */

size_t
prof_otlp_dictionary_begin_row (ProfOtlpDictionary *dictionary, ProfOtlpTable table)
{
  return prof_wire_begin (&dictionary->tables[table], fields[table]);
}

uint32_t
prof_otlp_dictionary_end_row (ProfOtlpDictionary *dictionary, ProfOtlpTable table, size_t start)
{
  prof_wire_end (&dictionary->tables[table], start);
  return dictionary->n_rows[table]++;
}

uint32_t
prof_otlp_dictionary_add_string (ProfOtlpDictionary *dictionary, const char *bytes, size_t n)
{
  prof_otlp_put_text (&dictionary->tables[PROF_OTLP_TABLE_STRING], PROF_OTLP_DICTIONARY_STRING,
                      bytes, n);
  return dictionary->n_rows[PROF_OTLP_TABLE_STRING]++;
}

uint32_t
prof_otlp_dictionary_get_string (ProfOtlpDictionary *dictionary, uint32_t string)
{
  const ProfStringTable *strings = &dictionary->samples->profile->strings;
  uint32_t *number = &dictionary->strings[string];
  size_t n = *number == 0 ? prof_string_table_size (strings, string) : 0;
  if (n > 0)
    *number
        = prof_otlp_dictionary_add_string (dictionary, prof_string_table_get (strings, string), n);
  return *number;
}

/* ---- mappings, functions, locations ---- */

/* Semantic conventions: a mapping MUST have one of them. The empty one says that there is none,
 * where the mapping is worth sending for its file's name. */
static uint32_t
add_build_ids (ProfOtlpDictionary *dictionary, uint32_t mapping, uint32_t *ret)
{
  size_t n_mappings;
  const ProfProfile *profile = dictionary->samples->profile;
  uint32_t build_id = prof_profile_get_mappings (profile, &n_mappings)[mapping].build_id, n = 0;
  const char *hash = dictionary->file_hashes != NULL ? dictionary->file_hashes[mapping] : NULL;
  if (build_id != 0 || hash == NULL)
    ret[n++] = prof_otlp_dictionary_get_text_attribute (dictionary, PROF_OTLP_TEXT_GNU_BUILD_ID,
                                                        build_id);
  if (hash != NULL)
    ret[n++] = prof_otlp_dictionary_get_bytes_attribute (dictionary, PROF_OTLP_TEXT_FILE_HASH, hash,
                                                         strlen (hash));
  return n;
}

static uint32_t
get_mapping (ProfOtlpDictionary *dictionary, uint32_t number)
{
  if (number == 0 || dictionary->mappings[number] != 0)
    return number == 0 ? 0 : dictionary->mappings[number];
  const ProfMapping *mapping = &dictionary->samples->profile->mappings.items[number];
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_MAPPING];
  uint32_t filename = prof_otlp_dictionary_get_string (dictionary, mapping->filename);
  uint32_t attributes[6], n_attributes = add_build_ids (dictionary, number, attributes);
  const bool flags[] = { mapping->has_functions, mapping->has_filenames, mapping->has_line_numbers,
                         mapping->has_inline_frames };
  for (unsigned i = 0; i < 4; i++)
    attributes[n_attributes++]
        = prof_otlp_dictionary_get_flag (dictionary, PROF_OTLP_TEXT_HAS_FUNCTIONS + i, flags[i]);
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_MAPPING);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_START, mapping->start);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_LIMIT, mapping->limit);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_OFFSET, mapping->offset);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_FILENAME, filename);
  prof_wire_put_packed (buffer, PROF_OTLP_MAPPING_ATTRIBUTES, attributes, n_attributes);
  return dictionary->mappings[number]
         = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_MAPPING, row);
}

static uint32_t
get_function (ProfOtlpDictionary *dictionary, uint32_t number)
{
  if (number == 0 || dictionary->functions[number] != 0)
    return number == 0 ? 0 : dictionary->functions[number];
  const ProfFunction *function = &dictionary->samples->profile->functions.items[number];
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_FUNCTION];
  uint32_t name = prof_otlp_dictionary_get_string (dictionary, function->name);
  uint32_t system_name = prof_otlp_dictionary_get_string (dictionary, function->system_name);
  uint32_t filename = prof_otlp_dictionary_get_string (dictionary, function->filename);
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_FUNCTION);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_NAME, name);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_SYSTEM_NAME, system_name);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_FILENAME, filename);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_START_LINE, (uint64_t)function->start_line);
  return dictionary->functions[number]
         = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_FUNCTION, row);
}

static void
put_line (ProfOtlpDictionary *dictionary, const ProfLine *line)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_LOCATION];
  size_t start = prof_wire_begin (buffer, PROF_OTLP_LOCATION_LINE);
  prof_wire_put_number (buffer, PROF_OTLP_LINE_FUNCTION, get_function (dictionary, line->function));
  prof_wire_put_number (buffer, PROF_OTLP_LINE_LINE, (uint64_t)line->line);
  prof_wire_put_number (buffer, PROF_OTLP_LINE_COLUMN, (uint64_t)line->column);
  prof_wire_end (buffer, start);
}

static uint32_t
add_location (ProfOtlpDictionary *dictionary, const ProfLocation *location)
{
  const ProfLine *lines = dictionary->samples->profile->lines.items;
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_LOCATION];
  uint32_t mapping = get_mapping (dictionary, location->mapping);
  uint32_t folded = location->is_folded
                        ? prof_otlp_dictionary_get_flag (dictionary, PROF_OTLP_TEXT_IS_FOLDED, true)
                        : 0;
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_LOCATION);
  prof_wire_put_number (buffer, PROF_OTLP_LOCATION_MAPPING, mapping);
  prof_wire_put_number (buffer, PROF_OTLP_LOCATION_ADDRESS, location->address);
  for (uint32_t i = 0; i < location->n_lines; i++)
    put_line (dictionary, &lines[location->first_line + i]);
  if (folded != 0)
    prof_wire_put_packed (buffer, PROF_OTLP_LOCATION_ATTRIBUTES, &folded, 1);
  return prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_LOCATION, row);
}

/* ---- stacks and links ---- */

enum { VARINT_LENGTH_SHIFT = 56 };

static uint64_t
add_location_varint (ProfOtlpDictionary *dictionary, uint32_t row)
{
  const ProfLocation *location = &dictionary->samples->profile->locations.items[row];
  uint8_t bytes[8] = { 0 };
  uint64_t varint;
  uint8_t *end = prof_wire_write_varint (bytes, row == 0 ? 0 : add_location (dictionary, location));
  memcpy (&varint, bytes, sizeof varint);
  varint = le64toh (varint) | (uint64_t)(end - bytes) << VARINT_LENGTH_SHIFT;
  return dictionary->locations[row] = varint;
}

static void
put_locations (ProfOtlpDictionary *dictionary, const uint32_t *locations, uint32_t n)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_STACK];
  if (!prof_wire_reserve (buffer, sizeof (uint64_t) * (n + 1)))
    return;
  uint8_t *p = buffer->bytes.items + buffer->bytes.n;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t varint = dictionary->locations[locations[i]];
    if (varint == 0)
      varint = add_location_varint (dictionary, locations[i]);
    uint64_t bytes = htole64 (varint);
    memcpy (p, &bytes, sizeof bytes);
    p += varint >> VARINT_LENGTH_SHIFT;
  }
  buffer->bytes.n = (size_t)(p - buffer->bytes.items);
}

uint32_t
prof_otlp_dictionary_get_stack (ProfOtlpDictionary *dictionary, uint32_t stack)
{
  if (stack == 0 || dictionary->stacks[stack] != 0)
    return stack == 0 ? 0 : dictionary->stacks[stack];
  const ProfOtlpList *list = &dictionary->samples->stacks.items[stack];
  const uint32_t *locations = dictionary->samples->profile->stacks.items + list->first;
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_STACK];
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_STACK);
  size_t packed = prof_wire_begin (buffer, PROF_OTLP_STACK_LOCATIONS);
  put_locations (dictionary, locations, list->n);
  prof_wire_end (buffer, packed);
  return dictionary->stacks[stack]
         = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_STACK, row);
}

uint32_t
prof_otlp_dictionary_get_link (ProfOtlpDictionary *dictionary, uint32_t link)
{
  if (link == 0 || dictionary->links[link] != 0)
    return link == 0 ? 0 : dictionary->links[link];
  const ProfOtlpLink *ids = &dictionary->samples->links.items[link];
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_LINK];
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_LINK);
  prof_wire_put_bytes (buffer, PROF_OTLP_LINK_TRACE_ID, ids->trace_id, sizeof ids->trace_id);
  prof_wire_put_bytes (buffer, PROF_OTLP_LINK_SPAN_ID, ids->span_id, sizeof ids->span_id);
  return dictionary->links[link]
         = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_LINK, row);
}

/* ---- the whole ---- */

/* By the number of rows that they are of. */
static size_t
get_n_rows (const ProfOtlpSamples *samples, ProfOtlpTable table)
{
  size_t n = 0;
  switch (table) {
  case PROF_OTLP_TABLE_MAPPING:
    prof_profile_get_mappings (samples->profile, &n);
    break;
  case PROF_OTLP_TABLE_LOCATION:
    prof_profile_get_locations (samples->profile, &n);
    break;
  case PROF_OTLP_TABLE_FUNCTION:
    prof_profile_get_functions (samples->profile, &n);
    break;
  case PROF_OTLP_TABLE_LINK:
    return samples->links.n;
  case PROF_OTLP_TABLE_STRING:
    return prof_profile_get_n_strings (samples->profile);
  case PROF_OTLP_TABLE_ATTRIBUTE:
    return samples->attributes.n;
  case PROF_OTLP_TABLE_STACK:
    return samples->stacks.n;
  case PROF_OTLP_N_TABLES:
    break;
  }
  return n;
}

/* NULL: the locations, whose numbers are of another kind. */
static uint32_t **
get_numbers (ProfOtlpDictionary *dictionary, ProfOtlpTable table)
{
  uint32_t **const numbers[PROF_OTLP_N_TABLES] = { &dictionary->mappings,  NULL,
                                                   &dictionary->functions, &dictionary->links,
                                                   &dictionary->strings,   &dictionary->attributes,
                                                   &dictionary->stacks };
  return numbers[table];
}

void
prof_otlp_dictionary_reset (ProfOtlpDictionary *dictionary)
{
  for (unsigned table = 0; table < PROF_OTLP_N_TABLES; table++) {
    uint32_t **numbers = get_numbers (dictionary, table);
    size_t n = get_n_rows (dictionary->samples, table);
    dictionary->tables[table].bytes.n = 0;
    dictionary->n_rows[table] = 0;
    if (numbers != NULL)
      memset (*numbers, 0, n * sizeof **numbers);
    else
      memset (dictionary->locations, 0, n * sizeof *dictionary->locations);
    prof_otlp_dictionary_end_row (dictionary, table,
                                  prof_otlp_dictionary_begin_row (dictionary, table));
  }
  dictionary->text_rows.n = 0;
  prof_hash_index_reset (&dictionary->text_row_index);
  memset (dictionary->texts, 0, sizeof dictionary->texts);
  memset (dictionary->flags, 0, sizeof dictionary->flags);
}

int
prof_otlp_dictionary_init (ProfOtlpDictionary *dictionary, const ProfOtlpSamples *samples)
{
  *dictionary = (ProfOtlpDictionary){ .samples = samples };
  dictionary->locations
      = calloc (get_n_rows (samples, PROF_OTLP_TABLE_LOCATION) + 1, sizeof *dictionary->locations);
  if (dictionary->locations == NULL)
    return -ENOMEM;
  for (unsigned table = 0; table < PROF_OTLP_N_TABLES; table++) {
    uint32_t **numbers = get_numbers (dictionary, table);
    if (numbers == NULL)
      continue;
    *numbers = calloc (get_n_rows (samples, table) + 1, sizeof **numbers);
    if (*numbers == NULL)
      return -ENOMEM;
  }
  prof_otlp_dictionary_reset (dictionary);
  return 0;
}

void
prof_otlp_dictionary_finish (ProfOtlpDictionary *dictionary)
{
  for (unsigned table = 0; table < PROF_OTLP_N_TABLES; table++) {
    uint32_t **numbers = get_numbers (dictionary, table);
    prof_vec_clear (&dictionary->tables[table].bytes);
    if (numbers != NULL)
      free (steal (numbers));
  }
  free (steal (&dictionary->locations));
  prof_vec_clear (&dictionary->text_rows);
  prof_hash_index_clear (&dictionary->text_row_index);
}

size_t
prof_otlp_dictionary_get_n_bytes (const ProfOtlpDictionary *dictionary)
{
  size_t n = 0;
  for (unsigned table = 0; table < PROF_OTLP_N_TABLES; table++)
    n += dictionary->tables[table].bytes.n;
  return n;
}

void
prof_otlp_dictionary_write (const ProfOtlpDictionary *dictionary, ProfWireBuffer *buffer)
{
  for (unsigned table = 0; table < PROF_OTLP_N_TABLES; table++) {
    const ProfWireBuffer *rows = &dictionary->tables[table];
    prof_wire_put_raw (buffer, rows->bytes.items, rows->bytes.n);
    buffer->is_failed |= rows->is_failed;
  }
}
