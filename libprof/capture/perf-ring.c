/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/perf_event.h>
#include <sys/mman.h>

enum { MAX_RECORD_BYTES = 1 << 16 }; /* perf_event_header.size has 16 bits */
/* The fields of a sample, and of its stack what most walks read. */
enum { PREFETCH_BYTES = 3072, CACHE_LINE_BYTES = 64 };

static size_t
page_bytes (void)
{
  return (size_t)sysconf (_SC_PAGESIZE);
}

int
prof_perf_ring_init (ProfPerfRing *ring, void *map, size_t data_bytes)
{
  const struct perf_event_mmap_page *page = map;
  *ring = (ProfPerfRing){
    .map = map,
    .data = (const uint8_t *)map + page_bytes (),
    .data_bytes = data_bytes,
    .tail = page->data_tail,
    .head = page->data_tail,
    .wrapped = malloc (MAX_RECORD_BYTES),
  };
  return ring->wrapped != NULL ? 0 : -ENOMEM;
}

int
prof_perf_ring_map (ProfPerfRing *ring, int fd, size_t data_bytes)
{
  size_t map_bytes = page_bytes () + data_bytes;
  void *map = mmap (NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED)
    return -errno;
  int r = prof_perf_ring_init (ring, map, data_bytes);
  if (r < 0) {
    munmap (map, map_bytes);
    return r;
  }
  ring->is_mapped = true;
  return 0;
}

void
prof_perf_ring_finish (ProfPerfRing *ring)
{
  if (ring->is_mapped)
    munmap (ring->map, page_bytes () + ring->data_bytes);
  free (ring->wrapped);
  *ring = (ProfPerfRing){ 0 };
}

void
prof_perf_ring_refresh (ProfPerfRing *ring)
{
  /* Acquire: the records' bytes are written before the head. */
  const struct perf_event_mmap_page *page = ring->map;
  ring->head = __atomic_load_n (&page->data_head, __ATOMIC_ACQUIRE);
  if (ring->head - ring->tail > ring->data_bytes)
    ring->tail = ring->head;
}

static bool
is_whole (const ProfPerfRing *ring, const struct perf_event_header *header)
{
  return header->size >= sizeof *header && header->size % 8 == 0
         && header->size <= ring->head - ring->tail;
}

const void *
prof_perf_ring_peek (ProfPerfRing *ring, size_t *ret_size)
{
  struct perf_event_header header;
  if (ring->head == ring->tail)
    return NULL;
  /* The kernel keeps records 8-aligned, so that a header never wraps. */
  size_t offset = ring->tail & (ring->data_bytes - 1);
  if (ring->tail % 8 == 0)
    memcpy (&header, ring->data + offset, sizeof header);
  if (ring->tail % 8 != 0 || !is_whole (ring, &header)) {
    ring->tail = ring->head;
    return NULL;
  }
  *ret_size = header.size;
  size_t n_before_end = ring->data_bytes - offset;
  if (header.size <= n_before_end)
    return ring->data + offset;
  memcpy (ring->wrapped, ring->data + offset, n_before_end);
  memcpy (ring->wrapped + n_before_end, ring->data, header.size - n_before_end);
  return ring->wrapped;
}

void
prof_perf_ring_prefetch (const ProfPerfRing *ring, size_t skipped)
{
  size_t n_left = ring->head - ring->tail - skipped;
  size_t offset = (ring->tail + skipped) & (ring->data_bytes - 1);
  size_t end = offset + (n_left < PREFETCH_BYTES ? n_left : PREFETCH_BYTES);
  for (; offset < end && offset < ring->data_bytes; offset += CACHE_LINE_BYTES)
    __builtin_prefetch (ring->data + offset);
}

void
prof_perf_ring_consume (ProfPerfRing *ring, size_t size)
{
  ring->tail += size;
}

void
prof_perf_ring_release (ProfPerfRing *ring)
{
  /* Release: the kernel may overwrite what lies before the tail. */
  struct perf_event_mmap_page *page = ring->map;
  __atomic_store_n (&page->data_tail, ring->tail, __ATOMIC_RELEASE);
}
