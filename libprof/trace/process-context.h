/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/otlp.h>
#include <prof/session.h>

#include "base/vec.h"
#include "base/wire-buffer.h"

/* OTEP 4719: what a process says of itself, in a mapping of its own with that name. It begins with
 * this header; the payload, a message ProcessContext (opentelemetry-proto,
 * processcontext.v1development), is anywhere in the process. */
#define PROF_CONTEXT_NAME "OTEL_CTX"

typedef struct {
  char signature[8];
  uint32_t version;
  uint32_t n_payload_bytes;
  _Atomic uint64_t published_ns; /* CLOCK_BOOTTIME; 0: it is being changed */
  uint64_t payload;              /* an address */
} ProfContextHeader;

_Static_assert(sizeof (ProfContextHeader) == 32, "as published");

enum {
  PROF_CONTEXT_VERSION = 2,
  PROF_CONTEXT_MAX_BYTES = 65536,
  PROF_CONTEXT_MAX_ATTRIBUTES = 128
};

/* Fields of ProcessContext, Resource, KeyValue and AnyValue. */
enum { PROF_CONTEXT_RESOURCE = 1, PROF_CONTEXT_ATTRIBUTES = 2 };
enum { PROF_CONTEXT_RESOURCE_ATTRIBUTES = 1 };
enum { PROF_CONTEXT_KEY_VALUE_KEY = 1, PROF_CONTEXT_KEY_VALUE_VALUE = 2 };
enum {
  PROF_CONTEXT_VALUE_STRING = 1,
  PROF_CONTEXT_VALUE_BOOL = 2,
  PROF_CONTEXT_VALUE_INT = 3,
  PROF_CONTEXT_VALUE_DOUBLE = 4,
  PROF_CONTEXT_VALUE_ARRAY = 5,
};

/* ---- writing ---- */

/* The payload: a resource of these attributes, and what readers of otel_thread_ctx_v1 must know. */
void prof_process_context_encode (const ProfOtlpAttribute *attributes,
                                  size_t n_attributes,
                                  ProfWireBuffer *buffer);

/* ---- reading: foreign bytes ---- */

typedef PROF_VEC (uint8_t) ProfContextBytes;

/* Reads n bytes at an address of the process: 0, or a negative errno. */
typedef int (*ProfContextMemory) (void *user_data, uint64_t address, void *bytes, size_t n);

/* Copies the payload whose header is at an address. -ENOENT: there is none, -EAGAIN: it keeps on
 * changing, -EMSGSIZE, -ENOMEM, or what `memory` returned. */
int prof_process_context_fetch (ProfContextMemory memory,
                                void *user_data,
                                uint64_t address,
                                ProfContextBytes *ret);

typedef PROF_VEC (ProfSessionAttribute) ProfContextAttributes;

/* The resource's attributes as text; those that are lists, bytes or no UTF-8 are left out, and of
 * two of the same key the latter. -EBADMSG: it is no such message; -ENOMEM. */
int prof_process_context_decode (const uint8_t *bytes, size_t n, ProfContextAttributes *ret);
void prof_context_attributes_finish (ProfContextAttributes *attributes);
