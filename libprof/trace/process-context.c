/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/process-context.h"

#include <errno.h>
#include <stdlib.h>

enum { N_TRIES = 3 };

/* ---- writing ---- */

static void
put_text (ProfWireBuffer *buffer, uint32_t field, const char *text)
{
  prof_wire_put_bytes (buffer, field, text, strlen (text));
}

static size_t
begin_attribute (ProfWireBuffer *buffer, uint32_t field, const char *key, size_t *ret_value)
{
  size_t attribute = prof_wire_begin (buffer, field);
  put_text (buffer, PROF_CONTEXT_KEY_VALUE_KEY, key);
  *ret_value = prof_wire_begin (buffer, PROF_CONTEXT_KEY_VALUE_VALUE);
  return attribute;
}

static void
end_attribute (ProfWireBuffer *buffer, size_t attribute, size_t value)
{
  prof_wire_end (buffer, value);
  prof_wire_end (buffer, attribute);
}

/* A value of 0 is written too: it is a choice of several fields. */
static void
put_value (ProfWireBuffer *buffer, const ProfOtlpAttribute *attribute)
{
  if (attribute->value != NULL) {
    put_text (buffer, PROF_CONTEXT_VALUE_STRING, attribute->value);
    return;
  }
  prof_wire_put_tag (buffer, PROF_CONTEXT_VALUE_INT, PROF_WIRE_VARINT);
  prof_wire_put_varint (buffer, (uint64_t)attribute->number);
}

void
prof_process_context_encode (const ProfOtlpAttribute *attributes,
                             size_t n_attributes,
                             ProfWireBuffer *buffer)
{
  size_t value, attribute, resource = prof_wire_begin (buffer, PROF_CONTEXT_RESOURCE);
  for (size_t i = 0; i < n_attributes; i++) {
    attribute
        = begin_attribute (buffer, PROF_CONTEXT_RESOURCE_ATTRIBUTES, attributes[i].key, &value);
    put_value (buffer, &attributes[i]);
    end_attribute (buffer, attribute, value);
  }
  prof_wire_end (buffer, resource);
  attribute
      = begin_attribute (buffer, PROF_CONTEXT_ATTRIBUTES, "threadlocal.schema_version", &value);
  put_text (buffer, PROF_CONTEXT_VALUE_STRING, "tlsdesc_v1_dev");
  end_attribute (buffer, attribute, value);
  /* Records have no attributes: the list of their keys is empty. */
  attribute
      = begin_attribute (buffer, PROF_CONTEXT_ATTRIBUTES, "threadlocal.attribute_key_map", &value);
  prof_wire_put_bytes (buffer, PROF_CONTEXT_VALUE_ARRAY, "", 0);
  end_attribute (buffer, attribute, value);
}

/* ---- fetching ---- */

static bool
is_header (const ProfContextHeader *header)
{
  return memcmp (header->signature, PROF_CONTEXT_NAME, sizeof header->signature) == 0
         && header->version == PROF_CONTEXT_VERSION;
}

static int
read_payload (ProfContextMemory memory,
              void *user_data,
              const ProfContextHeader *header,
              ProfContextBytes *ret)
{
  ret->n = 0;
  if (header->n_payload_bytes > PROF_CONTEXT_MAX_BYTES)
    return -EMSGSIZE;
  if (prof_vec_reserve (ret, header->n_payload_bytes) < 0)
    return -ENOMEM;
  int r = header->n_payload_bytes == 0
              ? 0
              : memory (user_data, header->payload, ret->items, header->n_payload_bytes);
  if (r == 0)
    ret->n = header->n_payload_bytes;
  return r;
}

int
prof_process_context_fetch (ProfContextMemory memory,
                            void *user_data,
                            uint64_t address,
                            ProfContextBytes *ret)
{
  ProfContextBytes bytes = { 0 };
  int r = -EAGAIN;
  for (int i = 0; i < N_TRIES && r == -EAGAIN; i++) {
    ProfContextHeader before, after;
    r = memory (user_data, address, &before, sizeof before);
    if (r == 0 && !is_header (&before))
      r = -ENOENT;
    if (r == 0 && before.published_ns == 0)
      r = -EAGAIN;
    if (r < 0)
      continue;
    int of_payload = read_payload (memory, user_data, &before, &bytes);
    r = memory (user_data, address, &after, sizeof after);
    if (r == 0)
      r = after.published_ns == before.published_ns ? of_payload : -EAGAIN;
  }
  if (r == 0)
    *ret = bytes;
  else
    prof_vec_clear (&bytes);
  return r;
}
