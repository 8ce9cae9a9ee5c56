/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One mapped ring of perf: the kernel writes, one thread reads. */
typedef struct {
  void *map; /* the control page, then the data */
  const uint8_t *data;
  size_t data_bytes;
  bool is_mapped;   /* by prof_perf_ring_map */
  uint64_t tail;    /* next byte to read */
  uint64_t head;    /* end of what prof_perf_ring_refresh saw */
  uint8_t *wrapped; /* 64 KiB: a record that wraps is copied here */
} ProfPerfRing;

/* Maps a ring of data_bytes (a power of two of pages) on an event's descriptor. -EPERM: over the
 * memory lock limit. */
int prof_perf_ring_map (ProfPerfRing *ring, int fd, size_t data_bytes);
/* A ring over memory of the caller's, laid out as the kernel's (a page of struct
 * perf_event_mmap_page, then the data): for tests and fuzzing. */
int prof_perf_ring_init (ProfPerfRing *ring, void *map, size_t data_bytes);
void prof_perf_ring_finish (ProfPerfRing *ring);

/* Sees what the kernel has written up to now. */
void prof_perf_ring_refresh (ProfPerfRing *ring);
/* The next whole record, good until prof_perf_ring_consume; NULL when there is none. A record that
 * is damaged empties the ring. */
const void *prof_perf_ring_peek (ProfPerfRing *ring, size_t *ret_size);
/* Steps over the record that was peeked. Its bytes are the kernel's again after …_release. */
/* Asks the memory for the beginning of the record behind the first `skipped` bytes. */
void prof_perf_ring_prefetch (const ProfPerfRing *ring, size_t skipped);

void prof_perf_ring_consume (ProfPerfRing *ring, size_t size);
void prof_perf_ring_release (ProfPerfRing *ring);
