/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/process-context.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  const uint8_t *data;
  size_t size;
} Memory;

static int
read_memory (void *user_data, uint64_t address, void *bytes, size_t n)
{
  const Memory *memory = user_data;
  if (address > memory->size || n > memory->size - address)
    return -EFAULT;
  memcpy (bytes, memory->data + address, n);
  return 0;
}

static void
decode (const uint8_t *bytes, size_t n)
{
  ProfContextAttributes attributes = { 0 };
  if (prof_process_context_decode (bytes, n, &attributes) == 0) {
    if (attributes.n > PROF_CONTEXT_MAX_ATTRIBUTES)
      abort ();
    prof_vec_foreach (attribute, &attributes) {
      if (attribute->key[0] == '\0' || strlen (attribute->value) > n + 64)
        abort ();
    }
  }
  prof_context_attributes_finish (&attributes);
}

/* As the memory of a process whose header is at its start, and as a payload alone. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Memory memory = { data, size };
  ProfContextBytes payload = { 0 };
  if (prof_process_context_fetch (read_memory, &memory, 0, &payload) == 0)
    decode (payload.items, payload.n);
  prof_vec_clear (&payload);
  decode (data, size);
  return 0;
}
