/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "base/vec.h"
#include "base/wire-buffer.h"
#include "base/wire.h"
#include "otlp/layout.h"
#include "otlp/limits.h"
#include "otlp/samples.h"
#include "profile/profile-tables.h"

typedef PROF_VEC (uint32_t) ProfOtlpIndices;

/* Where a row of the dictionary is in the profile that is being made. */
typedef struct {
  uint32_t profile; /* the number of the profile that it was added to last; 0: none */
  uint32_t row;
} ProfOtlpPlace;

typedef struct {
  PROF_VEC (ProfWire) rows;
  ProfOtlpPlace *places; /* of each row */
} ProfOtlpRows;

/* Turns the messages of a dump into profiles. Rows of the dictionary become rows of a profile when
 * they are first asked for, so that each profile has what it needs. */
typedef struct {
  const ProfOtlpLimits *limits;
  size_t n_samples, n_values, n_labels, n_lines, n_frames; /* so far, in all profiles */
  uint64_t n_row_bytes;
  const uint8_t *start;              /* of the dump, for messages */
  PROF_VEC (ProfProfile *) profiles; /* done */

  /* Of the message at hand. */
  ProfOtlpRows tables[PROF_OTLP_N_TABLES];
  ProfOtlpLayout layout;
  ProfOtlpNumbers numbers;

  /* Of the profile that is being made. */
  ProfProfile *profile;
  uint32_t profile_number;
  PROF_VEC (ProfLabel) attributes; /* the places of attributes and links are rows here */
  PROF_VEC (ProfOtlpList) stacks;  /* of the profile's stack array */
  PROF_VEC (int64_t) values;       /* of the sample at hand; likewise the next */
  PROF_VEC (int64_t) times;

  const char *table; /* the row being decoded, for messages */
  size_t row;
  const uint8_t *place;
  char fault[256]; /* why a function failed */
} ProfOtlpDecoder;

extern const char *const prof_otlp_table_names[PROF_OTLP_N_TABLES];

/* All functions below return 0 or more, or -EBADMSG, -EFBIG, -ENOMEM. */

void prof_otlp_decoder_finish (ProfOtlpDecoder *decoder);
/* One request: its profiles are added to decoder->profiles. */
int prof_otlp_decode_request (ProfOtlpDecoder *decoder, ProfWire wire);

/* ---- the dictionary: rows of the profile that is being made ---- */

int prof_otlp_decode_dictionary (ProfOtlpDecoder *decoder, ProfWire wire);
/* Forgets it, before the next message. */
void prof_otlp_clear_dictionary (ProfOtlpDecoder *decoder);
/* Fails if the row that was entered names one that does not exist. */
int prof_otlp_check_index (ProfOtlpDecoder *decoder, ProfOtlpTable table, uint32_t index);
/* Looks up a row, which exists, and whether the profile has it: 1, and its number there; 0: then it
 * is entered, and the caller makes it of its bytes and says where it is. */
int prof_otlp_look_up (ProfOtlpDecoder *decoder,
                       ProfOtlpTable table,
                       uint32_t index,
                       ProfWire *ret_row,
                       uint32_t *ret);
void prof_otlp_set_place (ProfOtlpDecoder *decoder,
                          ProfOtlpTable table,
                          uint32_t index,
                          uint32_t row);
/* Counts the bytes of a row that is being decoded. */
int prof_otlp_charge_row (ProfOtlpDecoder *decoder, ProfWire row);
/* The bytes of a string of the dictionary. */
int prof_otlp_find_string (ProfOtlpDecoder *decoder, uint32_t index, ProfWire *ret);
int prof_otlp_get_string (ProfOtlpDecoder *decoder, uint32_t index, uint32_t *ret);
/* A list of the profile's stack array. */
int prof_otlp_get_stack (ProfOtlpDecoder *decoder, uint32_t index, ProfOtlpList *ret);
int prof_otlp_get_attribute (ProfOtlpDecoder *decoder, uint32_t index, ProfLabel *ret);
/* The labels trace_id and span_id: how many of them there are. */
int prof_otlp_get_link (ProfOtlpDecoder *decoder, uint32_t index, ProfLabel ret[2]);
/* Bytes that are not in the dictionary's strings. */
int prof_otlp_add_string (ProfOtlpDecoder *decoder, const void *bytes, size_t n, uint32_t *ret);
/* What adding a row to the profile gave. */
int prof_otlp_take_row (ProfOtlpDecoder *decoder, int added, uint32_t *ret);

/* ---- the messages Profile ---- */

/* A sample, or one time of a sample that has several. */
typedef struct {
  uint32_t stack, link; /* of the dictionary */
  uint32_t first_attribute, n_attributes;
  int64_t time_ns; /* 0: none */
  int64_t value;
} ProfOtlpSample;

typedef struct {
  ProfValueType sample_type, period_type; /* strings of the dictionary */
  int64_t period, time_ns, duration_ns;
  ProfOtlpIndices attributes, comments;
  PROF_VEC (ProfOtlpSample) samples;
  ProfOtlpIndices sample_attributes; /* of all samples */
} ProfOtlpMessage;

/* What the message InstrumentationScope says of its profiles. */
typedef struct {
  ProfWire default_type;
  PROF_VEC (uint64_t) order; /* the place of each profile among the sample types */
} ProfOtlpScope;

/* Attributes of a resource, as "key=value". */
typedef struct {
  PROF_VEC (ProfOtlpList) texts; /* of bytes */
  ProfWireBuffer bytes;
} ProfOtlpTexts;

/* Which layout the samples of a request have. */
int prof_otlp_find_layout (ProfOtlpDecoder *decoder, ProfWire request, ProfOtlpLayout *ret);
/* Adds the samples of a message Sample. */
int prof_otlp_decode_sample (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpMessage *message);
/* Makes a profile with a sample type for each message, which differ in their values alone, and adds
 * it to decoder->profiles. */
int prof_otlp_make_profile (ProfOtlpDecoder *decoder,
                            const ProfOtlpMessage *messages,
                            size_t n,
                            const ProfOtlpScope *scope,
                            const ProfOtlpTexts *resource);

/* ---- attributes ---- */

typedef struct {
  uint32_t kind; /* PROF_OTLP_ANY_…; 0: none. A string of the dictionary is PROF_OTLP_ANY_STRING */
  ProfWire bytes; /* of a string, bytes, an array, a list */
  uint64_t number;
} ProfOtlpValue;

/* Reads an AnyValue. */
int prof_otlp_decode_value (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpValue *ret);
/* Reads a KeyValue. */
int prof_otlp_decode_key_value (ProfOtlpDecoder *decoder,
                                ProfWire wire,
                                ProfWire *ret_key,
                                ProfOtlpValue *ret_value);
/* Reads a KeyValueAndUnit, whose key and unit are strings of the dictionary. */
int prof_otlp_decode_attribute (ProfOtlpDecoder *decoder,
                                uint32_t index,
                                ProfWire *ret_key,
                                ProfOtlpValue *ret_value,
                                uint32_t *ret_unit);
/* The next of an array's values. 0: there is none; 1. */
int prof_otlp_next_value (ProfOtlpDecoder *decoder, ProfWire *array, ProfOtlpValue *ret);

/* Appends it as text: lists as "a,b" and "key=value,key=value", bytes in hex. */
int prof_otlp_write_value (ProfOtlpDecoder *decoder,
                           const ProfOtlpValue *value,
                           ProfWireBuffer *text);

/* ---- steps of decoding a message ---- */

/* Phrases decoder->fault and returns `code`. */
int prof_otlp_fail (ProfOtlpDecoder *decoder, int code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Likewise with -EBADMSG, after the name of the row: "sample 17 at byte 812 …". */
int prof_otlp_fail_row (ProfOtlpDecoder *decoder, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* The number of a row that has none. */
#define PROF_OTLP_NO_NUMBER SIZE_MAX

/* Notes which row is being decoded. */
static inline void
prof_otlp_enter_row (ProfOtlpDecoder *decoder, const char *table, size_t row, const uint8_t *place)
{
  decoder->table = table;
  decoder->row = row;
  decoder->place = place;
}

bool prof_otlp_is_text (ProfWire bytes, const char *text);

/* Puts one field of a message into the row that is being made of it. */
typedef int (*ProfOtlpTake) (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row);

/* All fields of a message. */
int prof_otlp_take_fields (ProfOtlpDecoder *decoder, ProfWire wire, ProfOtlpTake take, void *row);

/* These fail if the field has another wire type. */
int prof_otlp_take_bytes (ProfOtlpDecoder *decoder, const ProfWireField *field, ProfWire *ret);
int prof_otlp_take_number (ProfOtlpDecoder *decoder, const ProfWireField *field, uint64_t *ret);
int prof_otlp_take_fixed64 (ProfOtlpDecoder *decoder, const ProfWireField *field, uint64_t *ret);
/* Of a table; whether it exists is not checked. */
int prof_otlp_take_index (ProfOtlpDecoder *decoder, const ProfWireField *field, uint32_t *ret);
/* Packed or one by one: added to `indices`. */
int prof_otlp_take_indices (ProfOtlpDecoder *decoder,
                            const ProfWireField *field,
                            ProfOtlpTable table,
                            ProfOtlpIndices *indices);

/* Counts n more of something, up to max. */
int prof_otlp_count (
    ProfOtlpDecoder *decoder, size_t *count, size_t n, size_t max, const char *what);
