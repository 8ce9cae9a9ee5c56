/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>

#include "base/hash.h"
#include "otlp/dictionary-private.h"
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

uint32_t
prof_otlp_dictionary_get_text (ProfOtlpDictionary *dictionary, ProfOtlpText text)
{
  if (dictionary->texts[text] == 0)
    dictionary->texts[text]
        = prof_otlp_dictionary_add_string (dictionary, texts[text], strlen (texts[text]));
  return dictionary->texts[text];
}

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
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  if (label->string != 0)
    put_text_value (dictionary, buffer, label->string);
  else
    put_number_value (buffer, PROF_OTLP_ANY_INT, (uint64_t)label->number);
  prof_wire_end (buffer, value);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_UNIT, unit);
  return dictionary->attributes[attribute]
         = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
}

uint32_t
prof_otlp_dictionary_get_flag (ProfOtlpDictionary *dictionary, ProfOtlpText text, bool is_true)
{
  uint32_t *number = &dictionary->flags[2 * text + is_true];
  if (*number != 0)
    return *number;
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key = prof_otlp_dictionary_get_text (dictionary, text);
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
  prof_wire_put_number (buffer, PROF_OTLP_ATTRIBUTE_KEY, key);
  size_t value = prof_wire_begin (buffer, PROF_OTLP_ATTRIBUTE_VALUE);
  put_number_value (buffer, PROF_OTLP_ANY_BOOL, is_true);
  prof_wire_end (buffer, value);
  return *number = prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
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

uint32_t
prof_otlp_dictionary_get_bytes_attribute (ProfOtlpDictionary *dictionary,
                                          ProfOtlpText key,
                                          const char *bytes,
                                          size_t n)
{
  ProfWireBuffer *buffer = &dictionary->tables[PROF_OTLP_TABLE_ATTRIBUTE];
  uint32_t key_number = prof_otlp_dictionary_get_text (dictionary, key);
  size_t start = buffer->bytes.n;
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
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
  return prof_otlp_dictionary_get_bytes_attribute (dictionary, key,
                                                   prof_profile_get_string (profile, string),
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
  size_t row = prof_otlp_dictionary_begin_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE);
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
  return prof_otlp_dictionary_end_row (dictionary, PROF_OTLP_TABLE_ATTRIBUTE, row);
}
