/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "capture/perf-ring.h"
#include "tests.h"

enum { MEMORY_RING_BYTES = 4096 };

/* A ring without a kernel: the test writes records as the kernel would. */
typedef struct {
  struct perf_event_mmap_page *page;
  uint8_t *data;
} MemoryRing;

static inline MemoryRing
memory_ring_new (uint64_t first_byte)
{
  size_t page_bytes = (size_t)sysconf (_SC_PAGESIZE);
  MemoryRing memory = { .page = aligned_alloc (page_bytes, page_bytes + MEMORY_RING_BYTES) };
  assert_non_null (memory.page);
  memset (memory.page, 0, page_bytes + MEMORY_RING_BYTES);
  memory.data = (uint8_t *)memory.page + page_bytes;
  memory.page->data_head = memory.page->data_tail = first_byte;
  return memory;
}

static inline void
memory_ring_write (MemoryRing *memory, const void *bytes, size_t n_bytes)
{
  const uint8_t *byte = bytes;
  for (size_t i = 0; i < n_bytes; i++)
    memory->data[memory->page->data_head++ % MEMORY_RING_BYTES] = byte[i];
}
