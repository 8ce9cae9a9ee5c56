/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/vec.h"
#include "base/wire.h"

/* Protobuf's wire format, writing. Once memory is short, everything is dropped and is_failed set:
 * ask at the end. */
typedef struct {
  PROF_VEC (uint8_t) bytes;
  bool is_failed;
} ProfWireBuffer;

enum { PROF_WIRE_MAX_VARINT_BYTES = 10 };

__attribute__ ((cold)) static inline bool
prof_wire_grow (ProfWireBuffer *buffer, size_t n)
{
  buffer->is_failed |= prof_vec_reserve (&buffer->bytes, n) < 0;
  return !buffer->is_failed;
}

/* Room is there nearly always: the rest stays out of the way. */
static inline bool
prof_wire_reserve (ProfWireBuffer *buffer, size_t n)
{
  if (!buffer->is_failed && buffer->bytes.n_allocated - buffer->bytes.n >= n)
    return true;
  return prof_wire_grow (buffer, n);
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

static inline size_t
prof_wire_get_varint_size (uint64_t value)
{
  return 1 + (63 - (unsigned)__builtin_clzll (value | 1)) / 7;
}

/* As prof_wire_write_varint, without branches: lengths come in no order that a processor could
 * learn. Eight bytes are written, of which those behind the end do not count. */
static inline uint8_t *
prof_wire_write_varint32 (uint8_t *p, uint32_t value)
{
  uint64_t v = value;
  unsigned n = (unsigned)prof_wire_get_varint_size (v);
  uint64_t bytes = (v & 0x7f) | (v << 1 & 0x7f00) | (v << 2 & 0x7f0000) | (v << 3 & 0x7f000000)
                   | (v << 4 & 0x7f00000000);
  bytes = htole64 (bytes | (0x80808080 & ((UINT64_C (1) << (8 * (n - 1))) - 1)));
  memcpy (p, &bytes, sizeof bytes);
  return p + n;
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
  if (value == 0 || !prof_wire_reserve (buffer, 2 * PROF_WIRE_MAX_VARINT_BYTES))
    return;
  uint8_t *p = buffer->bytes.items + buffer->bytes.n;
  p = prof_wire_write_varint (p, (uint64_t)field << 3 | PROF_WIRE_VARINT);
  p = prof_wire_write_varint (p, value);
  buffer->bytes.n = (size_t)(p - buffer->bytes.items);
}

static inline void
prof_wire_put_raw (ProfWireBuffer *buffer, const void *bytes, size_t n)
{
  if (n == 0 || !prof_wire_reserve (buffer, n))
    return;
  memcpy (buffer->bytes.items + buffer->bytes.n, bytes, n);
  buffer->bytes.n += n;
}

/* Eight bytes, the least significant first; without a tag. */
static inline void
prof_wire_put_fixed64 (ProfWireBuffer *buffer, uint64_t value)
{
  uint8_t bytes[8];
  for (unsigned i = 0; i < 8; i++)
    bytes[i] = (uint8_t)(value >> (8 * i));
  prof_wire_put_raw (buffer, bytes, sizeof bytes);
}

static inline void
prof_wire_put_bytes (ProfWireBuffer *buffer, uint32_t field, const void *bytes, size_t n)
{
  prof_wire_put_tag (buffer, field, PROF_WIRE_BYTES);
  prof_wire_put_varint (buffer, n);
  prof_wire_put_raw (buffer, bytes, n);
}

/* Starts a message or packed numbers; give what it returns to prof_wire_end after the contents. A
 * byte is kept for the length: most contents are shorter than 128 bytes. */
static inline size_t
prof_wire_begin (ProfWireBuffer *buffer, uint32_t field)
{
  if (!prof_wire_reserve (buffer, PROF_WIRE_MAX_VARINT_BYTES))
    return 0;
  uint8_t *p = buffer->bytes.items + buffer->bytes.n;
  p = prof_wire_write_varint (p, (uint64_t)field << 3 | PROF_WIRE_BYTES);
  *p++ = 0;
  return buffer->bytes.n = (size_t)(p - buffer->bytes.items);
}

/* Puts the length before the contents. */
static inline void
prof_wire_end (ProfWireBuffer *buffer, size_t start)
{
  size_t n_contents = buffer->bytes.n - start;
  size_t n_more = prof_wire_get_varint_size (n_contents) - 1;
  if (!prof_wire_reserve (buffer, n_more))
    return;
  uint8_t *contents = buffer->bytes.items + start;
  if (n_more > 0)
    memmove (contents + n_more, contents, n_contents);
  prof_wire_write_varint (contents - 1, n_contents);
  buffer->bytes.n += n_more;
}

/* Packed numbers. */
static inline void
prof_wire_put_packed (ProfWireBuffer *buffer, uint32_t field, const uint32_t *numbers, size_t n)
{
  size_t start = prof_wire_begin (buffer, field);
  if (!prof_wire_reserve (buffer, PROF_WIRE_MAX_VARINT_BYTES * (n + 1)))
    return;
  uint8_t *p = buffer->bytes.items + buffer->bytes.n;
  for (size_t i = 0; i < n; i++)
    p = prof_wire_write_varint32 (p, numbers[i]);
  buffer->bytes.n = (size_t)(p - buffer->bytes.items);
  prof_wire_end (buffer, start);
}
