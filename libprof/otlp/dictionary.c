/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/dictionary.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "otlp/layout.h"
#include "otlp/put-text.h"
#include "profile/profile-tables.h"

/* Semantic conventions 1.44: process.executable.*, pprof.*. */
static const char *const texts[PROF_OTLP_N_TEXTS] = {
  [PROF_OTLP_TEXT_GNU_BUILD_ID] = "process.executable.build_id.gnu",
  [PROF_OTLP_TEXT_FILE_HASH] = "process.executable.build_id.htlhash",
  [PROF_OTLP_TEXT_COMMENT] = "pprof.profile.comment",
  [PROF_OTLP_TEXT_DROP_FRAMES] = "pprof.profile.drop_frames",
  [PROF_OTLP_TEXT_KEEP_FRAMES] = "pprof.profile.keep_frames",
  [PROF_OTLP_TEXT_DOC_URL] = "pprof.profile.doc_url",
  [PROF_OTLP_TEXT_HAS_FUNCTIONS] = "pprof.mapping.has_functions",
  [PROF_OTLP_TEXT_HAS_FILENAMES] = "pprof.mapping.has_filenames",
  [PROF_OTLP_TEXT_HAS_LINE_NUMBERS] = "pprof.mapping.has_line_numbers",
  [PROF_OTLP_TEXT_HAS_INLINE_FRAMES] = "pprof.mapping.has_inline_frames",
  [PROF_OTLP_TEXT_IS_FOLDED] = "pprof.location.is_folded",
};

/* By ProfOtlpTable. */
static const uint32_t fields[PROF_OTLP_N_TABLES] = {
  PROF_OTLP_DICTIONARY_MAPPING, PROF_OTLP_DICTIONARY_LOCATION, PROF_OTLP_DICTIONARY_FUNCTION,
  PROF_OTLP_DICTIONARY_LINK,    PROF_OTLP_DICTIONARY_STRING,   PROF_OTLP_DICTIONARY_ATTRIBUTE,
  PROF_OTLP_DICTIONARY_STACK,
};

/* ---- rows ---- */

static size_t
begin_row (ProfOtlpDictionary *dictionary, ProfOtlpTable table)
{
  return prof_wire_begin (&dictionary->tables[table], fields[table]);
}

static uint32_t
end_row (ProfOtlpDictionary *dictionary, ProfOtlpTable table, size_t start)
{
  prof_wire_end (&dictionary->tables[table], start);
  return dictionary->n_rows[table]++;
}

static uint32_t
add_string (ProfOtlpDictionary *dictionary, const char *bytes, size_t n)
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
    *number = add_string (dictionary, prof_string_table_get (strings, string), n);
  return *number;
}

uint32_t
prof_otlp_dictionary_get_text (ProfOtlpDictionary *dictionary, ProfOtlpText text)
{
  if (dictionary->texts[text] == 0)
    dictionary->texts[text] = add_string (dictionary, texts[text], strlen (texts[text]));
  return dictionary->texts[text];
}

/* ---- attributes ---- */

static void
put_text_value (const ProfOtlpDictionary *dictionary, ProfWireBuffer *buffer, uint32_t string)
{
  const ProfProfile *profile = dictionary->samples->profile;
  prof_otlp_put_text (buffer, PROF_OTLP_ANY_STRING, prof_profile_get_string (profile, string),
                      prof_profile_get_string_size (profile, string));
}

/* A oneof says which one it is, also where it is 0. */
static void
put_number_value (ProfWireBuffer *buffer, uint32_t field, uint64_t number)
{
  prof_wire_put_tag (buffer, field, PROF_WIRE_VARINT);
  prof_wire_put_varint (buffer, number);
}

uint32_t
prof_otlp_dictionary_get_attribute (ProfOtlpDictionary *dictionary, uint32_t attribute)
{
  if (attribute == 0 || dictionary->attributes[attribute] != 0)
    return attribute == 0 ? 0 : dictionary->attributes[attribute];
  const ProfLabel *label = &dictionary->samples->attributes.items[attribute];
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key = prof_otlp_dictionary_get_string (dictionary, label->key);
  uint32_t unit = prof_otlp_dictionary_get_string (dictionary, label->unit);
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  if (label->string != 0)
    put_text_value (dictionary, buffer, label->string);
  else
    put_number_value (buffer, PROF_OTLP_ANY_INT, (uint64_t)label->number);
  prof_wire_end (buffer, value);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_UNIT, unit);
  return dictionary->attributes[attribute] = end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
}

static uint32_t
get_flag (ProfOtlpDictionary *dictionary, ProfOtlpText text, bool is_true)
{
  uint32_t *number = &dictionary->flags[2 * text + is_true];
  if (*number != 0)
    return *number;
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key = prof_otlp_dictionary_get_text (dictionary, text);
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  put_number_value (buffer, PROF_OTLP_ANY_BOOL, is_true);
  prof_wire_end (buffer, value);
  return *number = end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
}

static bool
is_text_row (const void *table, uint32_t row, const void *key)
{
  const ProfOtlpDictionary *dictionary = table;
  const ProfOtlpTextRow *a = &dictionary->text_rows.items[row], *b = key;
  const uint8_t *bytes = dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE].bytes.items;
  return a->n == b->n && memcmp (bytes + a->start, bytes + b->start, a->n) == 0;
}

/* The number of the row that was just written from `start` on; if it is there already, the new one
 * is taken back. */
static uint32_t
unify_text_row (ProfOtlpDictionary *dictionary, size_t start)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  if (buffer->is_failed)
    return 0;
  const ProfOtlpTextRow row
      = { start, buffer->bytes.n - start, dictionary->n_rows[PROF_OTLP_TABLE_ATTRIBUTE] };
  uint64_t hash = prof_hash_bytes (0, buffer->bytes.items + start, row.n);
  uint32_t found
      = prof_hash_index_find (&dictionary->text_row_index, hash, is_text_row, dictionary, &row);
  if (found != PROF_HASH_INDEX_NONE) {
    buffer->bytes.n = start;
    return dictionary->text_rows.items[found].number;
  }
  buffer->is_failed = prof_vec_push (&dictionary->text_rows, row) < 0
                      || prof_hash_index_add (&dictionary->text_row_index, hash,
                                              (uint32_t)dictionary->text_rows.n - 1)
                             < 0;
  return dictionary->n_rows[PROF_OTLP_TABLE_ATTRIBUTE]++;
}

static uint32_t
get_text_attribute (ProfOtlpDictionary *dictionary, ProfOtlpText key, const char *bytes, size_t n)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key_number = prof_otlp_dictionary_get_text (dictionary, key);
  size_t start = buffer->bytes.n;
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key_number);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  prof_otlp_put_text (buffer, PROF_OTLP_ANY_STRING, bytes, n);
  prof_wire_end (buffer, value);
  prof_wire_end (buffer, row);
  return unify_text_row (dictionary, start);
}

uint32_t
prof_otlp_dictionary_get_text_attribute (ProfOtlpDictionary *dictionary,
                                         ProfOtlpText key,
                                         uint32_t string)
{
  const ProfProfile *profile = dictionary->samples->profile;
  return get_text_attribute (dictionary, key, prof_profile_get_string (profile, string),
                             prof_profile_get_string_size (profile, string));
}

uint32_t
prof_otlp_dictionary_add_array_attribute (ProfOtlpDictionary *dictionary,
                                          ProfOtlpText key,
                                          const uint32_t *strings,
                                          size_t n)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key_number = prof_otlp_dictionary_get_text (dictionary, key);
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key_number);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  size_t array = prof_wire_begin (buffer, PROF_OTLP_ANY_ARRAY);
  for (size_t i = 0; i < n; i++) {
    size_t item = prof_wire_begin (buffer, PROF_OTLP_ARRAY_VALUE);
    put_text_value (dictionary, buffer, strings[i]);
    prof_wire_end (buffer, item);
  }
  prof_wire_end (buffer, array);
  prof_wire_end (buffer, value);
  return end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
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
    ret[n++] = get_text_attribute (dictionary, PROF_OTLP_TEXT_FILE_HASH, hash, strlen (hash));
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
    attributes[n_attributes++] = get_flag (dictionary, PROF_OTLP_TEXT_HAS_FUNCTIONS + i, flags[i]);
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_MAPPING);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_START, mapping->start);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_LIMIT, mapping->limit);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_OFFSET, mapping->offset);
  prof_wire_put_number (buffer, PROF_OTLP_MAPPING_FILENAME, filename);
  prof_wire_put_packed (buffer, PROF_OTLP_MAPPING_ATTRIBUTES, attributes, n_attributes);
  return dictionary->mappings[number] = end_row (dictionary, PROF_OTLP_TABLE_MAPPING, row);
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
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_FUNCTION);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_NAME, name);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_SYSTEM_NAME, system_name);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_FILENAME, filename);
  prof_wire_put_number (buffer, PROF_OTLP_FUNCTION_START_LINE, (uint64_t)function->start_line);
  return dictionary->functions[number] = end_row (dictionary, PROF_OTLP_TABLE_FUNCTION, row);
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
  uint32_t folded = location->is_folded ? get_flag (dictionary, PROF_OTLP_TEXT_IS_FOLDED, true) : 0;
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_LOCATION);
  prof_wire_put_number (buffer, PROF_OTLP_LOCATION_MAPPING, mapping);
  prof_wire_put_number (buffer, PROF_OTLP_LOCATION_ADDRESS, location->address);
  for (uint32_t i = 0; i < location->n_lines; i++)
    put_line (dictionary, &lines[location->first_line + i]);
  if (folded != 0)
    prof_wire_put_packed (buffer, PROF_OTLP_LOCATION_ATTRIBUTES, &folded, 1);
  return end_row (dictionary, PROF_OTLP_TABLE_LOCATION, row);
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
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_STACK);
  size_t packed = prof_wire_begin (buffer, PROF_OTLP_STACK_LOCATIONS);
  put_locations (dictionary, locations, list->n);
  prof_wire_end (buffer, packed);
  return dictionary->stacks[stack] = end_row (dictionary, PROF_OTLP_TABLE_STACK, row);
}

/* ---- what the next stacks need ---- */

static void
fetch_locations (ProfOtlpDictionary *dictionary, uint32_t stack, ProfOtlpAhead *ahead)
{
  ahead->n = 0;
  if (stack == 0 || dictionary->stacks[stack] != 0)
    return;
  const ProfProfile *profile = dictionary->samples->profile;
  const ProfOtlpList *list = &dictionary->samples->stacks.items[stack];
  const uint32_t *locations = profile->stacks.items + list->first;
  for (uint32_t i = 0; i < list->n && ahead->n < PROF_OTLP_MAX_AHEAD; i++)
    if (dictionary->locations[locations[i]] == 0) {
      ahead->locations[ahead->n] = &profile->locations.items[locations[i]];
      __builtin_prefetch (ahead->locations[ahead->n++]);
    }
}

static void
fetch_lines (const ProfOtlpDictionary *dictionary, const ProfOtlpAhead *ahead)
{
  const ProfLine *lines = dictionary->samples->profile->lines.items;
  for (uint32_t i = 0; i < ahead->n; i++)
    if (ahead->locations[i]->n_lines > 0)
      __builtin_prefetch (&lines[ahead->locations[i]->first_line]);
}

static void
fetch_functions (const ProfOtlpDictionary *dictionary, const ProfOtlpAhead *ahead)
{
  const ProfProfile *profile = dictionary->samples->profile;
  for (uint32_t i = 0; i < ahead->n; i++) {
    const ProfLocation *location = ahead->locations[i];
    if (location->n_lines == 0)
      continue;
    uint32_t function = profile->lines.items[location->first_line].function;
    __builtin_prefetch (&dictionary->functions[function]);
    __builtin_prefetch (&profile->functions.items[function]);
  }
}

void
prof_otlp_dictionary_fetch (ProfOtlpDictionary *dictionary, uint32_t stack)
{
  unsigned turn = dictionary->turn++;
  fetch_locations (dictionary, stack, &dictionary->ahead[turn % PROF_OTLP_N_AHEAD]);
  fetch_lines (dictionary, &dictionary->ahead[(turn - 2) % PROF_OTLP_N_AHEAD]);
  fetch_functions (dictionary, &dictionary->ahead[(turn - 4) % PROF_OTLP_N_AHEAD]);
}

uint32_t
prof_otlp_dictionary_get_link (ProfOtlpDictionary *dictionary, uint32_t link)
{
  if (link == 0 || dictionary->links[link] != 0)
    return link == 0 ? 0 : dictionary->links[link];
  const ProfOtlpLink *ids = &dictionary->samples->links.items[link];
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_LINK];
  size_t row = begin_row (dictionary, PROF_OTLP_TABLE_LINK);
  prof_wire_put_bytes (buffer, PROF_OTLP_LINK_TRACE_ID, ids->trace_id, sizeof ids->trace_id);
  prof_wire_put_bytes (buffer, PROF_OTLP_LINK_SPAN_ID, ids->span_id, sizeof ids->span_id);
  return dictionary->links[link] = end_row (dictionary, PROF_OTLP_TABLE_LINK, row);
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
    end_row (dictionary, table, begin_row (dictionary, table));
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
