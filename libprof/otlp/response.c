/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/response.h"

#include <errno.h>
#include <string.h>

#include "otlp/retry-after.h"

static const uint64_t ns_per_s = 1000000000;

static bool
equals (ProfWire bytes, const char *text)
{
  size_t n = (size_t)(bytes.end - bytes.next);
  return n == strlen (text) && memcmp (bytes.next, text, n) == 0;
}

static int
end_message (ProfWireResult r)
{
  return r == PROF_WIRE_ENDED ? 0 : -EBADMSG;
}

/* google.protobuf.Duration; one of the past is none. */
static int
parse_duration (ProfWire wire, uint64_t *ret_ns)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  int64_t seconds = 0, ns = 0;
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    if (field.type == PROF_WIRE_VARINT && field.number == 1)
      seconds = (int64_t)field.value;
    else if (field.type == PROF_WIRE_VARINT && field.number == 2)
      ns = (int32_t)field.value;
  }
  if (seconds > prof_max_retry_after_s)
    seconds = prof_max_retry_after_s;
  *ret_ns = seconds < 0 || ns < 0 ? 0 : (uint64_t)seconds * ns_per_s + (uint64_t)ns;
  return end_message (r);
}

static int
parse_retry_info (ProfWire wire, ProfRpcStatus *status)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  status->has_retry_info = true;
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK)
    if (field.number == 1 && field.type == PROF_WIRE_BYTES
        && parse_duration (field.bytes, &status->retry_after_ns) < 0)
      return -EBADMSG;
  return end_message (r);
}

/* google.protobuf.Any. */
static int
parse_detail (ProfWire wire, ProfRpcStatus *status)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  ProfWire type = { 0 }, value = { 0 };
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    if (field.type == PROF_WIRE_BYTES && field.number == 1)
      type = field.bytes;
    else if (field.type == PROF_WIRE_BYTES && field.number == 2)
      value = field.bytes;
  }
  if (r != PROF_WIRE_ENDED)
    return -EBADMSG;
  return equals (type, "type.googleapis.com/google.rpc.RetryInfo")
             ? parse_retry_info (value, status)
             : 0;
}

int
prof_rpc_status_parse (ProfWire wire, ProfRpcStatus *ret)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  *ret = (ProfRpcStatus){ 0 };
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    if (field.type == PROF_WIRE_VARINT && field.number == 1)
      ret->code = (int32_t)field.value;
    else if (field.type == PROF_WIRE_BYTES && field.number == 2)
      ret->message = field.bytes;
    else if (field.type == PROF_WIRE_BYTES && field.number == 3
             && parse_detail (field.bytes, ret) < 0)
      return -EBADMSG;
  }
  return end_message (r);
}

static int
parse_contents (ProfWire wire, ProfPartialSuccess *ret)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    if (field.type == PROF_WIRE_VARINT && field.number == 1)
      ret->n_rejected = (int64_t)field.value;
    else if (field.type == PROF_WIRE_BYTES && field.number == 2)
      ret->message = field.bytes;
  }
  return end_message (r);
}

int
prof_partial_success_parse (ProfWire wire, ProfPartialSuccess *ret)
{
  ProfWireField field = { 0 };
  ProfWireResult r;
  *ret = (ProfPartialSuccess){ 0 };
  while ((r = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK)
    if (field.number == 1 && field.type == PROF_WIRE_BYTES && parse_contents (field.bytes, ret) < 0)
      return -EBADMSG;
  if (ret->n_rejected < 0)
    ret->n_rejected = 0;
  return end_message (r);
}
