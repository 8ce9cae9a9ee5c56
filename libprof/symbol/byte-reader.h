/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Reads little-endian numbers off bytes. Past the end every read gives 0 and has_failed is set. */
typedef struct {
  const uint8_t *at, *end;
  bool has_failed;
} ProfByteReader;

static inline size_t
prof_byte_reader_n_left (const ProfByteReader *reader)
{
  return (size_t)(reader->end - reader->at);
}

static inline void
prof_byte_reader_fail (ProfByteReader *reader)
{
  reader->at = reader->end;
  reader->has_failed = true;
}

static inline void
prof_byte_reader_skip (ProfByteReader *reader, uint64_t n)
{
  if (n <= prof_byte_reader_n_left (reader))
    reader->at += n;
  else
    prof_byte_reader_fail (reader);
}

/* `n`: 1 to 8 bytes. */
static inline uint64_t
prof_byte_reader_number (ProfByteReader *reader, size_t n)
{
  uint64_t number = 0;
  if (n > sizeof number || n > prof_byte_reader_n_left (reader)) {
    prof_byte_reader_fail (reader);
    return 0;
  }
  memcpy (&number, reader->at, n);
  reader->at += n;
  return number;
}

/* Bits past the 64th are dropped. */
static inline uint64_t
prof_byte_reader_uleb128 (ProfByteReader *reader)
{
  uint64_t number = 0;
  for (unsigned shift = 0; reader->at < reader->end; shift += 7) {
    uint8_t byte = *reader->at++;
    if (shift < 64)
      number |= (uint64_t)(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0)
      return number;
  }
  prof_byte_reader_fail (reader);
  return 0;
}

static inline int64_t
prof_byte_reader_sleb128 (ProfByteReader *reader)
{
  uint64_t number = 0;
  for (unsigned shift = 0; reader->at < reader->end;) {
    uint8_t byte = *reader->at++;
    if (shift < 64)
      number |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) == 0)
      return (int64_t)((byte & 0x40) != 0 && shift < 64 ? number | ~UINT64_C (0) << shift : number);
  }
  prof_byte_reader_fail (reader);
  return 0;
}

/* Goes behind the NUL. "" past the end. */
static inline const char *
prof_byte_reader_string (ProfByteReader *reader)
{
  const char *string = (const char *)reader->at;
  const uint8_t *nul = memchr (reader->at, '\0', prof_byte_reader_n_left (reader));
  if (nul == NULL) {
    prof_byte_reader_fail (reader);
    return "";
  }
  reader->at = nul + 1;
  return string;
}

/* The length of a DWARF unit: 4 bytes, or a mark and 8, which also makes its offsets 8 bytes long
 * (DWARF 5, 7.4). Ends the reader where the unit ends. */
static inline uint8_t
prof_byte_reader_enter_unit (ProfByteReader *reader)
{
  uint8_t offset_size = 4;
  uint64_t length = prof_byte_reader_number (reader, 4);
  if (length == 0xffffffff) {
    offset_size = 8;
    length = prof_byte_reader_number (reader, 8);
  }
  if (length <= prof_byte_reader_n_left (reader))
    reader->end = reader->at + length;
  else
    prof_byte_reader_fail (reader);
  return offset_size;
}
