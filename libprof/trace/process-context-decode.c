/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/process-context.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

void
prof_context_attributes_finish (ProfContextAttributes *attributes)
{
  prof_vec_foreach (attribute, attributes) {
    free ((char *)(uintptr_t)attribute->key);
    free ((char *)(uintptr_t)attribute->value);
  }
  prof_vec_clear (attributes);
}

/* ---- text ---- */

/* How many bytes the character at `p` has; 0: it is none (RFC 3629). */
static size_t
measure_character (const uint8_t *p, const uint8_t *end)
{
  static const uint32_t first[] = { 0, 1, 0x80, 0x800, 0x10000 }; /* by length; NUL is none */
  size_t n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
  if (n == 0 || n > (size_t)(end - p))
    return 0;
  uint32_t code = n == 1 ? *p : *p & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if (p[i] >> 6 != 2)
      return 0;
    code = code << 6 | (p[i] & 0x3f);
  }
  bool is_surrogate = code >= 0xd800 && code < 0xe000;
  return code < first[n] || is_surrogate || code > 0x10ffff ? 0 : n;
}

static bool
is_text (ProfWire wire)
{
  while (wire.next < wire.end) {
    size_t n = measure_character (wire.next, wire.end);
    if (n == 0)
      return false;
    wire.next += n;
  }
  return true;
}

/* ---- values ---- */

/* Of which there may be none: *ret stays NULL. */
static int
take_value (ProfWire wire, char **ret)
{
  ProfWireField field = { 0 };
  ProfWireResult result;
  int n = 0;
  while (n >= 0 && (result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    char *text = NULL;
    double number;
    if (field.number == PROF_CONTEXT_VALUE_STRING && field.type == PROF_WIRE_BYTES
        && is_text (field.bytes))
      n = asprintf (&text, "%.*s", (int)(field.bytes.end - field.bytes.next),
                    (const char *)field.bytes.next);
    else if (field.number == PROF_CONTEXT_VALUE_BOOL && field.type == PROF_WIRE_VARINT)
      n = asprintf (&text, "%s", field.value != 0 ? "true" : "false");
    else if (field.number == PROF_CONTEXT_VALUE_INT && field.type == PROF_WIRE_VARINT)
      n = asprintf (&text, "%" PRId64, (int64_t)field.value);
    else if (field.number == PROF_CONTEXT_VALUE_DOUBLE && field.type == PROF_WIRE_FIXED64)
      n = asprintf (&text, "%.17g", (memcpy (&number, field.bytes.next, 8), number));
    else
      continue;
    free (*ret);
    *ret = n < 0 ? NULL : text;
  }
  return n < 0 ? -ENOMEM : result == PROF_WIRE_ENDED ? 0 : -EBADMSG;
}

static bool
has_key (const ProfContextAttributes *attributes, const char *key)
{
  prof_vec_foreach (attribute, attributes) {
    if (strcmp (attribute->key, key) == 0)
      return true;
  }
  return false;
}

static int
add_attribute (ProfContextAttributes *attributes, ProfWire key, char **value)
{
  size_t n = (size_t)(key.end - key.next);
  if (n == 0 || *value == NULL || !is_text (key) || attributes->n == PROF_CONTEXT_MAX_ATTRIBUTES)
    return 0;
  cleanup (prof_free) char *name = strndup ((const char *)key.next, n);
  if (name == NULL || prof_vec_reserve (attributes, 1) < 0)
    return -ENOMEM;
  if (!has_key (attributes, name))
    attributes->items[attributes->n++]
        = (ProfSessionAttribute){ .key = steal (&name), .value = steal (value) };
  return 0;
}

/* ---- messages ---- */

static int
take_attribute (ProfContextAttributes *attributes, ProfWire wire)
{
  ProfWireField field = { 0 };
  ProfWireResult result;
  ProfWire key = { NULL, NULL };
  cleanup (prof_free) char *value = NULL;
  int r = 0;
  while (r == 0 && (result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    if (field.type != PROF_WIRE_BYTES)
      continue;
    if (field.number == PROF_CONTEXT_KEY_VALUE_KEY)
      key = field.bytes;
    else if (field.number == PROF_CONTEXT_KEY_VALUE_VALUE)
      r = take_value (field.bytes, &value);
  }
  if (r < 0)
    return r;
  return result == PROF_WIRE_ENDED ? add_attribute (attributes, key, &value) : -EBADMSG;
}

static int
take_resource (ProfContextAttributes *attributes, ProfWire wire)
{
  ProfWireField field = { 0 };
  ProfWireResult result;
  int r = 0;
  while (r == 0 && (result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK)
    if (field.number == PROF_CONTEXT_RESOURCE_ATTRIBUTES && field.type == PROF_WIRE_BYTES)
      r = take_attribute (attributes, field.bytes);
  return r < 0 ? r : result == PROF_WIRE_ENDED ? 0 : -EBADMSG;
}

int
prof_process_context_decode (const uint8_t *bytes, size_t n, ProfContextAttributes *ret)
{
  ProfContextAttributes attributes = { 0 };
  ProfWire wire = { bytes, n > 0 ? bytes + n : bytes };
  ProfWireField field = { 0 };
  ProfWireResult result;
  int r = 0;
  while (r == 0 && (result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK)
    if (field.number == PROF_CONTEXT_RESOURCE && field.type == PROF_WIRE_BYTES)
      r = take_resource (&attributes, field.bytes);
  if (r == 0 && result != PROF_WIRE_ENDED)
    r = -EBADMSG;
  if (r == 0)
    *ret = attributes;
  else
    prof_context_attributes_finish (&attributes);
  return r;
}
