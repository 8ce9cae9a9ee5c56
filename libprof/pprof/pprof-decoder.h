/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "base/wire.h"
#include "pprof/id-map.h"
#include "pprof/pprof-limits.h"
#include "profile/profile-tables.h"

/* The field numbers of pprof's messages: Profile. */
enum {
  PROF_FIELD_SAMPLE_TYPE = 1,
  PROF_FIELD_SAMPLE = 2,
  PROF_FIELD_MAPPING = 3,
  PROF_FIELD_LOCATION = 4,
  PROF_FIELD_FUNCTION = 5,
  PROF_FIELD_STRING = 6,
  PROF_FIELD_DROP_FRAMES = 7,
  PROF_FIELD_KEEP_FRAMES = 8,
  PROF_FIELD_TIME = 9,
  PROF_FIELD_DURATION = 10,
  PROF_FIELD_PERIOD_TYPE = 11,
  PROF_FIELD_PERIOD = 12,
  PROF_FIELD_COMMENT = 13,
  PROF_FIELD_DEFAULT_SAMPLE_TYPE = 14,
  PROF_FIELD_DOC_URL = 15,
  PROF_FIELD_SESSION = 1000,
};

/* Fills the columns of a profile field by field. The columns hold keys of ids until
 * prof_pprof_resolve: locations in stacks, functions in lines, mappings in locations. */
typedef struct {
  ProfProfile *profile; /* owned until the caller takes it */
  ProfPprofLimits limits;
  ProfIdMap location_ids, function_ids, mapping_ids;
  size_t n_values;          /* of each sample, if there is one */
  size_t n_frames;          /* of all samples, shared or not */
  ProfStack *latest_stacks; /* by hash: PROF_PPROF_N_LATEST_STACKS */
  bool has_time, has_strings;
  const char *table; /* the row being decoded, for messages; NULL: the profile itself */
  size_t row;
  char fault[256]; /* why a function failed */
} ProfPprofDecoder;

enum { PROF_PPROF_N_LATEST_STACKS = 1 << 17 };

/* The row that the unknown fields of the period type have while the sample types are counted. */
#define PROF_PPROF_PERIOD_TYPE_ROW UINT32_MAX

int prof_pprof_decoder_init (ProfPprofDecoder *decoder, const ProfPprofLimits *limits);
void prof_pprof_decoder_finish (ProfPprofDecoder *decoder);

/* One field of Profile. 0, -ENOMEM, -EBADMSG, -EFBIG. */
int prof_pprof_decode_field (ProfPprofDecoder *decoder, const ProfWireField *field);

/* The messages of the tables, likewise. */
int prof_pprof_decode_sample (ProfPprofDecoder *decoder, ProfWire wire);
int prof_pprof_decode_mapping (ProfPprofDecoder *decoder, ProfWire wire);
int prof_pprof_decode_location (ProfPprofDecoder *decoder, ProfWire wire);
int prof_pprof_decode_function (ProfPprofDecoder *decoder, ProfWire wire);

/* After the last field: checks what the tables say of each other and turns keys into rows. */
int prof_pprof_resolve (ProfPprofDecoder *decoder);

/* ---- steps of decoding a message ---- */

/* Phrases decoder->fault and returns `code`. */
int prof_pprof_fail (ProfPprofDecoder *decoder, int code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Likewise with -EBADMSG, after the name of the row: "sample 17 …". */
int prof_pprof_fail_row (ProfPprofDecoder *decoder, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* Notes which row is being decoded. */
static inline void
prof_pprof_enter_row (ProfPprofDecoder *decoder, const char *table, size_t row)
{
  decoder->table = table;
  decoder->row = row;
}

/* Puts one field of a message into the row that is being made of it. */
typedef int (*ProfPprofTake) (ProfPprofDecoder *decoder, const ProfWireField *field, void *row);

/* All fields of a message. */
int prof_pprof_take_fields (ProfPprofDecoder *decoder,
                            ProfWire wire,
                            ProfPprofTake take,
                            void *row);

/* These fail if the field has another wire type. */
int prof_pprof_check_type (ProfPprofDecoder *decoder,
                           const ProfWireField *field,
                           ProfWireType type);
int prof_pprof_take_number (ProfPprofDecoder *decoder, const ProfWireField *field, uint64_t *ret);
int prof_pprof_take_signed (ProfPprofDecoder *decoder, const ProfWireField *field, int64_t *ret);
int prof_pprof_take_bool (ProfPprofDecoder *decoder, const ProfWireField *field, bool *ret);
int prof_pprof_take_string (ProfPprofDecoder *decoder, const ProfWireField *field, uint32_t *ret);

/* Keeps the bytes of a field for the writer. */
int prof_pprof_keep_field (ProfPprofDecoder *decoder,
                           ProfTableKind table,
                           size_t row,
                           const ProfWireField *field);

/* -EFBIG if a table of n rows may have no more. */
int prof_pprof_check_room (ProfPprofDecoder *decoder, size_t n, size_t max, const char *what);
