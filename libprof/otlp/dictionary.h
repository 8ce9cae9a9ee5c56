/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/wire-buffer.h"
#include "otlp/layout.h"
#include "otlp/samples.h"

/* Texts that are in no profile. */
typedef enum {
  PROF_OTLP_TEXT_GNU_BUILD_ID,
  PROF_OTLP_TEXT_FILE_HASH,
  PROF_OTLP_TEXT_COMMENT,
  PROF_OTLP_TEXT_DROP_FRAMES,
  PROF_OTLP_TEXT_KEEP_FRAMES,
  PROF_OTLP_TEXT_DOC_URL,
  PROF_OTLP_TEXT_HAS_FUNCTIONS,
  PROF_OTLP_TEXT_HAS_FILENAMES,
  PROF_OTLP_TEXT_HAS_LINE_NUMBERS,
  PROF_OTLP_TEXT_HAS_INLINE_FRAMES,
  PROF_OTLP_TEXT_IS_FOLDED,
  PROF_OTLP_N_TEXTS,
} ProfOtlpText;

/* An attribute that is a text: where its bytes are in the table. */
typedef struct {
  size_t start, n;
  uint32_t number;
} ProfOtlpTextRow;

/* Locations that a stack needs and the dictionary lacks. */
enum { PROF_OTLP_N_AHEAD = 8, PROF_OTLP_MAX_AHEAD = 31 };

typedef struct {
  const ProfLocation *locations[PROF_OTLP_MAX_AHEAD];
  uint32_t n;
} ProfOtlpAhead;

/* The tables of one request (ProfilesDictionary): rows are encoded when they are first asked for,
 * so that nothing is in them twice or for nothing. Element 0 of each table is the empty one. */
typedef struct {
  const ProfOtlpSamples *samples; /* borrowed */
  const char *const *file_hashes; /* of mappings, by their rows; borrowed. NULL: none */
  ProfWireBuffer tables[PROF_OTLP_N_TABLES];
  uint32_t n_rows[PROF_OTLP_N_TABLES];
  /* Numbers in this dictionary by row of the profile or of the samples; 0: not yet there. */
  uint32_t *mappings, *functions, *strings, *links, *attributes, *stacks;
  uint64_t *locations; /* their varints, to be copied into stacks, and the length in the top byte */
  PROF_VEC (ProfOtlpTextRow) text_rows;
  ProfHashIndex text_row_index;
  ProfOtlpAhead ahead[PROF_OTLP_N_AHEAD]; /* of the stacks that come next */
  unsigned turn;
  uint32_t texts[PROF_OTLP_N_TEXTS];
  uint32_t flags[2 * PROF_OTLP_N_TEXTS]; /* attributes that are true or false */
} ProfOtlpDictionary;

/* 0 or -ENOMEM. */
int prof_otlp_dictionary_init (ProfOtlpDictionary *dictionary, const ProfOtlpSamples *samples);
void prof_otlp_dictionary_finish (ProfOtlpDictionary *dictionary);
/* Empties it for the next request. */
void prof_otlp_dictionary_reset (ProfOtlpDictionary *dictionary);

/* The numbers of rows, which are added where they lack. Memory that is short shows at the end, in
 * …_write. */
uint32_t prof_otlp_dictionary_get_string (ProfOtlpDictionary *dictionary, uint32_t string);
uint32_t prof_otlp_dictionary_get_text (ProfOtlpDictionary *dictionary, ProfOtlpText text);
uint32_t prof_otlp_dictionary_get_stack (ProfOtlpDictionary *dictionary, uint32_t stack);
uint32_t prof_otlp_dictionary_get_attribute (ProfOtlpDictionary *dictionary, uint32_t attribute);
uint32_t prof_otlp_dictionary_get_link (ProfOtlpDictionary *dictionary, uint32_t link);
/* Fetches the rows of a stack that is asked for six calls later: those of a big profile are in no
 * cache. */
void prof_otlp_dictionary_fetch (ProfOtlpDictionary *dictionary, uint32_t stack);
/* An attribute of the profile whose value is one of its strings. */
uint32_t prof_otlp_dictionary_get_text_attribute (ProfOtlpDictionary *dictionary,
                                                  ProfOtlpText key,
                                                  uint32_t string);
/* … or several. */
uint32_t prof_otlp_dictionary_add_array_attribute (ProfOtlpDictionary *dictionary,
                                                   ProfOtlpText key,
                                                   const uint32_t *strings,
                                                   size_t n);

/* Bytes so far. */
size_t prof_otlp_dictionary_get_n_bytes (const ProfOtlpDictionary *dictionary);
/* Writes the contents of the message. */
void prof_otlp_dictionary_write (const ProfOtlpDictionary *dictionary, ProfWireBuffer *buffer);
