/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "base/wire.h"

/* Protobuf's wire format, writing. Once memory is short, everything is dropped and is_failed set:
 * ask at the end. */
typedef struct {
  PROF_VEC (uint8_t) bytes;
  bool is_failed;
} ProfWireBuffer;

enum { PROF_WIRE_MAX_VARINT_BYTES = 10 };

static inline bool
prof_wire_reserve (ProfWireBuffer *buffer, size_t n)
{
  buffer->is_failed |= prof_vec_reserve (&buffer->bytes, n) < 0;
  return !buffer->is_failed;
}

/* Writes a varint and returns where it ends. */
static inline uint8_t *
prof_wire_write_varint (uint8_t *p, uint64_t value)
{
  for (; value >= 0x80; value >>= 7)
    *p++ = (uint8_t)(value | 0x80);
  *p++ = (uint8_t)value;
  return p;
}

static inline void
prof_wire_put_varint (ProfWireBuffer *buffer, uint64_t value)
{
  if (!prof_wire_reserve (buffer, PROF_WIRE_MAX_VARINT_BYTES))
    return;
  uint8_t *end = prof_wire_write_varint (buffer->bytes.items + buffer->bytes.n, value);
  buffer->bytes.n = (size_t)(end - buffer->bytes.items);
}

static inline void
prof_wire_put_tag (ProfWireBuffer *buffer, uint32_t field, ProfWireType type)
{
  prof_wire_put_varint (buffer, (uint64_t)field << 3 | type);
}

/* A number that is not 0: 0 is what a reader takes for an absent field. */
static inline void
prof_wire_put_number (ProfWireBuffer *buffer, uint32_t field, uint64_t value)
{
  if (value == 0)
    return;
  prof_wire_put_tag (buffer, field, PROF_WIRE_VARINT);
  prof_wire_put_varint (buffer, value);
}

static inline void
prof_wire_put_raw (ProfWireBuffer *buffer, const void *bytes, size_t n)
{
  buffer->is_failed |= prof_vec_append (&buffer->bytes, (const uint8_t *)bytes, n) < 0;
}

static inline void
prof_wire_put_bytes (ProfWireBuffer *buffer, uint32_t field, const void *bytes, size_t n)
{
  prof_wire_put_tag (buffer, field, PROF_WIRE_BYTES);
  prof_wire_put_varint (buffer, n);
  prof_wire_put_raw (buffer, bytes, n);
}

/* Starts a message or packed numbers; give what it returns to prof_wire_end after the contents. */
static inline size_t
prof_wire_begin (ProfWireBuffer *buffer, uint32_t field)
{
  prof_wire_put_tag (buffer, field, PROF_WIRE_BYTES);
  return buffer->bytes.n;
}

/* Puts the length before the contents. */
static inline void
prof_wire_end (ProfWireBuffer *buffer, size_t start)
{
  uint8_t length[PROF_WIRE_MAX_VARINT_BYTES];
  size_t n_contents = buffer->bytes.n - start;
  size_t n_length = (size_t)(prof_wire_write_varint (length, n_contents) - length);
  if (!prof_wire_reserve (buffer, n_length))
    return;
  uint8_t *contents = buffer->bytes.items + start;
  memmove (contents + n_length, contents, n_contents);
  memcpy (contents, length, n_length);
  buffer->bytes.n += n_length;
}
