/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Protobuf's wire format, reading: bytes that are not owned. */
typedef struct {
  const uint8_t *next, *end;
} ProfWire;

typedef enum {
  PROF_WIRE_VARINT = 0,
  PROF_WIRE_FIXED64 = 1,
  PROF_WIRE_BYTES = 2,
  PROF_WIRE_GROUP_START = 3,
  PROF_WIRE_GROUP_END = 4,
  PROF_WIRE_FIXED32 = 5,
} ProfWireType;

typedef struct {
  uint32_t number;
  ProfWireType type;
  uint64_t value;             /* of a varint; else not set */
  ProfWire bytes;             /* of PROF_WIRE_BYTES: the contents */
  const uint8_t *start, *end; /* of all: tag and value */
} ProfWireField;

typedef enum {
  PROF_WIRE_OK = 1,
  PROF_WIRE_ENDED = 0, /* no byte is left */
  PROF_WIRE_CUT = -1,  /* the field goes on behind the end */
  PROF_WIRE_BAD_VARINT = -2,
  PROF_WIRE_BAD_TAG = -3,
  PROF_WIRE_BAD_TYPE = -4, /* groups, and numbers that no type has */
} ProfWireResult;

/* A varint has at most ten bytes; bits beyond the 64th are dropped, as other readers do. */
static inline ProfWireResult
prof_wire_take_varint (ProfWire *wire, uint64_t *ret)
{
  const uint8_t *p = wire->next;
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (p == wire->end)
      return PROF_WIRE_CUT;
    value |= (uint64_t)(*p & 0x7f) << shift;
    if (*p++ < 0x80) {
      *ret = value;
      wire->next = p;
      return PROF_WIRE_OK;
    }
  }
  return PROF_WIRE_BAD_VARINT;
}

static inline ProfWireResult
prof_wire_take_bytes (ProfWire *wire, uint64_t n, ProfWire *ret)
{
  if (n > (uint64_t)(wire->end - wire->next))
    return PROF_WIRE_CUT;
  *ret = (ProfWire){ wire->next, wire->next + n };
  wire->next += n;
  return PROF_WIRE_OK;
}

static inline ProfWireResult
prof_wire_take_value (ProfWire *wire, ProfWireField *field)
{
  ProfWireResult r;
  switch (field->type) {
  case PROF_WIRE_VARINT:
    return prof_wire_take_varint (wire, &field->value);
  case PROF_WIRE_BYTES:
    r = prof_wire_take_varint (wire, &field->value);
    return r == PROF_WIRE_OK ? prof_wire_take_bytes (wire, field->value, &field->bytes) : r;
  case PROF_WIRE_FIXED64:
    return prof_wire_take_bytes (wire, 8, &field->bytes);
  case PROF_WIRE_FIXED32:
    return prof_wire_take_bytes (wire, 4, &field->bytes);
  default:
    return PROF_WIRE_BAD_TYPE;
  }
}

/* Takes a tag and its value; on failure `wire` is as it was, and after PROF_WIRE_CUT of a
 * PROF_WIRE_BYTES field, field->value is its length. */
static inline ProfWireResult
prof_wire_take_field (ProfWire *wire, ProfWireField *field)
{
  if (wire->next == wire->end)
    return PROF_WIRE_ENDED;
  ProfWire rest = *wire;
  uint64_t tag;
  field->start = rest.next;
  field->value = 0;
  ProfWireResult r = prof_wire_take_varint (&rest, &tag);
  if (r != PROF_WIRE_OK)
    return r;
  if (tag >> 3 == 0 || tag > UINT32_MAX)
    return PROF_WIRE_BAD_TAG;
  field->number = (uint32_t)tag >> 3;
  field->type = (ProfWireType)(tag & 7);
  r = prof_wire_take_value (&rest, field);
  if (r == PROF_WIRE_OK) {
    field->end = rest.next;
    *wire = rest;
  }
  return r;
}

/* Eight bytes, the least significant first. */
static inline uint64_t
prof_wire_get_fixed64 (const uint8_t *bytes)
{
  uint64_t value = 0;
  for (unsigned i = 0; i < 8; i++)
    value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

/* Goes on behind the next field of that number that has bytes, which are in `ret`. False: there is
 * none before the end, or before damage. */
static inline bool
prof_wire_find_message (ProfWire *wire, uint32_t number, ProfWire *ret)
{
  ProfWireField field;
  while (prof_wire_take_field (wire, &field) == PROF_WIRE_OK)
    if (field.number == number && field.type == PROF_WIRE_BYTES) {
      *ret = field.bytes;
      return true;
    }
  return false;
}
