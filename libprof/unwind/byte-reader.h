/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Takes little-endian values from the front of some bytes. Past the end all are 0 and is_bad is
 * set, so that one look at the end of a structure will do. */
typedef struct {
  const uint8_t *next, *end;
  bool is_bad;
} ProfByteReader;

static inline void
prof_reader_skip (ProfByteReader *reader, uint64_t n)
{
  if (n > (uint64_t)(reader->end - reader->next)) {
    reader->is_bad = true;
    reader->next = reader->end;
    return;
  }
  reader->next += n;
}

static inline uint64_t
prof_reader_take (ProfByteReader *reader, size_t n)
{
  const uint8_t *bytes = reader->next;
  uint64_t value = 0;
  prof_reader_skip (reader, n);
  if (!reader->is_bad)
    memcpy (&value, bytes, n);
  return value;
}

static inline uint8_t
prof_reader_u8 (ProfByteReader *reader)
{
  return (uint8_t)prof_reader_take (reader, 1);
}

static inline uint32_t
prof_reader_u32 (ProfByteReader *reader)
{
  return (uint32_t)prof_reader_take (reader, 4);
}

/* A LEB128 of more than 64 bits is bad; for a signed one only its being whole counts. */
static inline uint64_t
prof_reader_uleb (ProfByteReader *reader)
{
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    uint8_t byte = prof_reader_u8 (reader);
    value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
    if (byte < 0x80)
      return value;
  }
  reader->is_bad = true;
  return 0;
}
